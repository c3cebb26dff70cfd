package net.mailagent.mime;

import java.text.Normalizer;

/**
 * The characters whose normal form ({@link Normalized}) is one character whatever stands beside
 * them, and those that part words: nearly all there are. Made as characters are first seen. Any
 * thread.
 */
final class SimpleFolds {
  /** Not a letter, mark or digit, nor does its normal form have one; of ASCII all such signs. */
  static final char SEPARATOR = 0;

  /** Normalised with what stands beside it: marks, what decomposes, half a surrogate pair. */
  static final char COMPLEX = 1;

  /** Not looked at yet. */
  private static final char UNKNOWN = 2;

  // Two threads that look at the same character write the same.
  private static final char[] FOLDS = new char[1 << 16];

  static {
    java.util.Arrays.fill(FOLDS, UNKNOWN);
    for (char c = 0; c < 128; c++) {
      FOLDS[c] = Normalized.isWordCharacter(c) ? Character.toLowerCase(c) : SEPARATOR;
    }
  }

  private SimpleFolds() {}

  /** The normal form of a character, or one of the constants above. */
  static char of(char c) {
    char known = FOLDS[c];
    if (known != UNKNOWN) {
      return known;
    }
    char fold = look(c);
    FOLDS[c] = fold;
    return fold;
  }

  private static char look(char c) {
    if (Character.isSurrogate(c) || joins(c)) {
      return COMPLEX;
    }
    String normal = Normalized.fold(String.valueOf(c));
    if (isPunctuation(c)) {
      // That of an overline has a mark in it.
      boolean parts = normal.codePoints().noneMatch(Normalized::isWordCharacter);
      return parts ? SEPARATOR : COMPLEX;
    }
    boolean one = normal.length() == 1 && Normalized.isWordCharacter(normal.charAt(0));
    return one ? normal.charAt(0) : COMPLEX;
  }

  /**
   * Whether the normal form of a character may join with what stands before it: marks, vowels and
   * final consonants of Korean (also those of other widths), the vowels of Kirat Rai.
   */
  static boolean joins(int codePoint) {
    if (codePoint < 0x300) {
      return false;
    }
    String normal = Normalizer.normalize(Character.toString(codePoint), Normalizer.Form.NFKC);
    int first = normal.codePointAt(0);
    return Normalized.isMark(first)
        || (first >= 0x1160 && first < 0x1200)
        || (first >= 0xd7b0 && first < 0xd800)
        || (first >= 0x16d63 && first < 0x16d6b);
  }

  private static boolean isPunctuation(char c) {
    return switch (Character.getType(c)) {
      case Character.SPACE_SEPARATOR,
          Character.LINE_SEPARATOR,
          Character.PARAGRAPH_SEPARATOR,
          Character.CONTROL,
          Character.DASH_PUNCTUATION,
          Character.START_PUNCTUATION,
          Character.END_PUNCTUATION,
          Character.INITIAL_QUOTE_PUNCTUATION,
          Character.FINAL_QUOTE_PUNCTUATION,
          Character.OTHER_PUNCTUATION ->
          true;
      default -> false;
    };
  }
}
