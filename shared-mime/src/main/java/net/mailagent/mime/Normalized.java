package net.mailagent.mime;

import java.nio.charset.StandardCharsets;
import java.text.Normalizer;
import org.jspecify.annotations.Nullable;

/**
 * The one form in which texts and the needles of searches are compared: NFKC, case folded character
 * by character (so that a part of a text folds as the whole does), white space runs as one space.
 * Any thread.
 */
public final class Normalized {
  /**
   * Marks in a row that count, as in the Stream-Safe Text Format of UAX #15 section 13: more than
   * any language needs. Putting marks in order takes the normaliser quadratic time.
   */
  private static final int MAX_MARKS = 30;

  /** What becomes of each ASCII character. */
  private static final byte[] ASCII = new byte[128];

  static {
    for (int c = 0; c < 128; c++) {
      ASCII[c] = (byte) (isBlank(c) ? ' ' : foldCase(c));
    }
  }

  private Normalized() {}

  /** The form to compare; halves of surrogate pairs are U+FFFD in it, as they have no UTF-8. */
  public static String forSearch(String text) {
    String ascii = ofAscii(text);
    return ascii != null ? ascii : wellFormed(ofAny(text));
  }

  /** Most header fields are ASCII: a tenth of the time. Null if this one is not. */
  private static @Nullable String ofAscii(String text) {
    byte[] octets = text.getBytes(StandardCharsets.UTF_8);
    if (octets.length != text.length()) {
      return null;
    }
    int size = 0;
    boolean space = false;
    for (int i = 0; i < octets.length; i++) {
      byte c = octets[i];
      if (c == '?' && text.charAt(i) != '?') {
        return null; // half of a surrogate pair
      }
      byte becomes = ASCII[c];
      if (becomes != ' ' || !space) {
        octets[size++] = becomes;
      }
      space = becomes == ' ';
    }
    return new String(octets, 0, size, StandardCharsets.ISO_8859_1);
  }

  /** The text with halves of surrogate pairs replaced by U+FFFD; they have no UTF-8. */
  public static String wellFormed(String text) {
    StringBuilder clean = null;
    for (int i = 0; i < text.length(); i++) {
      if (Character.isSurrogate(text.charAt(i))) {
        boolean pair =
            i + 1 < text.length() && Character.isSurrogatePair(text.charAt(i), text.charAt(i + 1));
        if (pair) {
          i++;
        } else {
          clean = clean == null ? new StringBuilder(text) : clean;
          clean.setCharAt(i, '\uFFFD');
        }
      }
    }
    return clean == null ? text : clean.toString();
  }

  private static String ofAny(String text) {
    String normal = fold(text);
    StringBuilder out = new StringBuilder(normal.length());
    boolean space = false;
    for (int i = 0; i < normal.length(); i++) {
      char c = normal.charAt(i);
      boolean blank = isBlank(c);
      if (!blank) {
        out.append(c);
      } else if (!space) {
        out.append(' ');
      }
      space = blank;
    }
    return out.toString();
  }

  private static boolean isBlank(int codePoint) {
    return Character.isWhitespace(codePoint) || Character.isSpaceChar(codePoint);
  }

  /**
   * Whether a needle, already normalised, is made of letters, marks and digits only, so that {@link
   * MessageFacts#words} decides whether it occurs.
   */
  public static boolean isWord(String normalized) {
    return !normalized.isEmpty() && normalized.codePoints().allMatch(Normalized::isWordCharacter);
  }

  /** NFKC and case, white space left alone; of more than 30 marks in a row the first count. */
  static String fold(String text) {
    String normal = Normalizer.normalize(withoutExcessMarks(text), Normalizer.Form.NFKC);
    StringBuilder out = new StringBuilder(normal.length());
    int codePoint;
    for (int i = 0; i < normal.length(); i += Character.charCount(codePoint)) {
      codePoint = normal.codePointAt(i);
      out.appendCodePoint(foldCase(codePoint));
    }
    return out.toString();
  }

  /** Looks at every 31st place only, as a row of more marks than 30 has one of them. */
  private static boolean mayHaveExcessMarks(String text) {
    for (int i = MAX_MARKS; i < text.length(); i += MAX_MARKS + 1) {
      boolean second = Character.isLowSurrogate(text.charAt(i));
      if (isMark(second ? text.codePointBefore(i + 1) : text.codePointAt(i))) {
        return true;
      }
    }
    return false;
  }

  private static String withoutExcessMarks(String text) {
    if (!mayHaveExcessMarks(text)) {
      return text;
    }
    StringBuilder out = null; // while nothing was dropped
    int marks = 0;
    int next;
    for (int i = 0; i < text.length(); i = next) {
      int codePoint = text.codePointAt(i);
      next = i + Character.charCount(codePoint);
      marks = isMark(codePoint) ? marks + 1 : 0;
      if (marks > MAX_MARKS && out == null) {
        out = new StringBuilder(text.length()).append(text, 0, i);
      } else if (marks <= MAX_MARKS && out != null) {
        out.appendCodePoint(codePoint);
      }
    }
    return out == null ? text : out.toString();
  }

  /** Whether a character is a mark or one in its normal form, as the half-width ones of kana. */
  static boolean isMark(int codePoint) {
    if (codePoint < 0x300) {
      return false;
    }
    return switch (Character.getType(codePoint)) {
      case Character.NON_SPACING_MARK, Character.COMBINING_SPACING_MARK, Character.ENCLOSING_MARK ->
          true;
      default -> codePoint == 0xff9e || codePoint == 0xff9f;
    };
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
