package net.mailagent.store.search;

import java.util.ArrayList;
import java.util.List;
import net.mailagent.mime.Normalized;
import org.bson.BsonRegularExpression;

/**
 * A text that is searched for, normalised as what it is searched in. Immutable.
 *
 * @param text normalised
 */
record Needle(String text) {
  static Needle of(String raw) {
    return new Needle(Normalized.forSearch(raw));
  }

  /** Whether it is made of letters and digits only. */
  boolean isWord() {
    return Normalized.isWord(text);
  }

  /** Whether a pattern of that many characters holds all of it. */
  boolean fits(int regexLength) {
    return text.length() <= regexLength;
  }

  /** A pattern that finds its beginning, and all of it when it fits. */
  BsonRegularExpression pattern(int regexLength) {
    return new BsonRegularExpression(quote(cut(text, regexLength)));
  }

  /** As {@link #pattern}, within a stored header line of that name. */
  BsonRegularExpression patternInHeader(String name, int regexLength) {
    return new BsonRegularExpression(
        "^" + quote(name) + ": " + (text.isEmpty() ? "" : ".*" + quote(cut(text, regexLength))),
        "s");
  }

  /**
   * Patterns that all occur in the words of every text that holds this needle: its words, the inner
   * ones whole, the first and last as the end and the beginning of a word.
   */
  List<BsonRegularExpression> wordPatterns(int regexLength, int most) {
    List<BsonRegularExpression> patterns = new ArrayList<>();
    int i = 0;
    while (i < text.length() && patterns.size() < most) {
      int begin = i;
      while (i < text.length() && Normalized.isWord(character(i))) {
        i += character(i).length();
      }
      if (i > begin) {
        boolean long_ = i - begin > regexLength;
        String word = cut(text.substring(begin, i), regexLength);
        patterns.add(
            new BsonRegularExpression(
                (begin > 0 ? " " : "") + quote(word) + (i < text.length() && !long_ ? " " : "")));
      } else {
        i += character(i).length();
      }
    }
    return patterns;
  }

  private String character(int at) {
    return text.substring(at, at + Character.charCount(text.codePointAt(at)));
  }

  private static String cut(String text, int most) {
    if (text.length() <= most) {
      return text;
    }
    return text.substring(0, Character.isHighSurrogate(text.charAt(most - 1)) ? most - 1 : most);
  }

  /** A pattern that means exactly this text, in PCRE as in Java. */
  static String quote(String text) {
    StringBuilder quoted = new StringBuilder(text.length() + 16);
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c < ' ' || c == 0x7f) {
        quoted.append(String.format("\\x%02x", (int) c)); // BSON patterns cannot hold a NUL
      } else {
        boolean plain = c > 0x7f || c == ' ' || Character.isLetterOrDigit(c) || c == '_';
        quoted.append(plain ? "" : "\\").append(c);
      }
    }
    return quoted.toString();
  }
}
