package net.mailagent.mime;

import java.text.Normalizer;

/**
 * The one form in which texts and the needles of searches are compared: NFKC, case folded character
 * by character (so that a part of a text folds as the whole does), white space runs as one space.
 * Any thread.
 */
public final class Normalized {
  private Normalized() {}

  /** The form to compare. */
  public static String forSearch(String text) {
    String normal = fold(text);
    StringBuilder out = new StringBuilder(normal.length());
    boolean space = false;
    for (int i = 0; i < normal.length(); i++) {
      char c = normal.charAt(i);
      boolean blank = Character.isWhitespace(c) || Character.isSpaceChar(c);
      if (!blank) {
        out.append(c);
      } else if (!space) {
        out.append(' ');
      }
      space = blank;
    }
    return out.toString();
  }

  /**
   * Whether a needle, already normalised, is made of letters, marks and digits only, so that {@link
   * MessageFacts#words} decides whether it occurs.
   */
  public static boolean isWord(String normalized) {
    return !normalized.isEmpty() && normalized.codePoints().allMatch(Normalized::isWordCharacter);
  }

  /** NFKC and case, white space left alone. */
  static String fold(String text) {
    String normal = Normalizer.normalize(text, Normalizer.Form.NFKC);
    StringBuilder out = new StringBuilder(normal.length());
    normal.codePoints().map(Normalized::foldCase).forEach(out::appendCodePoint);
    return out.toString();
  }

  private static int foldCase(int codePoint) {
    if (codePoint < 128) {
      return codePoint >= 'A' && codePoint <= 'Z' ? codePoint + 32 : codePoint;
    }
    return Character.toLowerCase(Character.toUpperCase(codePoint));
  }

  static boolean isWordCharacter(int codePoint) {
    if (codePoint < 128) {
      return (codePoint >= 'a' && codePoint <= 'z')
          || (codePoint >= 'A' && codePoint <= 'Z')
          || (codePoint >= '0' && codePoint <= '9');
    }
    return switch (Character.getType(codePoint)) {
      case Character.UPPERCASE_LETTER,
          Character.LOWERCASE_LETTER,
          Character.TITLECASE_LETTER,
          Character.MODIFIER_LETTER,
          Character.OTHER_LETTER,
          Character.DECIMAL_DIGIT_NUMBER,
          Character.NON_SPACING_MARK,
          Character.COMBINING_SPACING_MARK,
          Character.ENCLOSING_MARK ->
          true;
      default -> false;
    };
  }
}
