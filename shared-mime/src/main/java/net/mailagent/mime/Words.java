package net.mailagent.mime;

import java.util.Arrays;
import java.util.BitSet;

/**
 * Cuts text that comes in pieces into normalised words. Plain ASCII words, nearly all of them, take
 * a short way; a word with any other character in it is normalised as {@link Normalized} does it.
 * Confined to one parser.
 */
final class Words {
  /** Characters of one run without a separator; what is longer is cut, and the set incomplete. */
  private static final int MAX_RUN = 16 << 10;

  /** ASCII letters, lower-case, and digits; 0 for what parts words. */
  private static final byte[] FOLDED = new byte[128];

  static {
    for (int c = 0; c < 128; c++) {
      boolean word = Normalized.isWordCharacter(c);
      FOLDED[c] = word ? (byte) Character.toLowerCase(c) : 0;
    }
  }

  private final WordSet set;

  /** An ASCII word so far, already lower-case. */
  private byte[] ascii = new byte[64];

  private int length;

  /** Of that word, as the set computes it. */
  private int hash;

  /** A run with other characters in it; empty while the word is ASCII. */
  private final StringBuilder run = new StringBuilder();

  Words(WordSet set) {
    this.set = set;
  }

  void add(String text) {
    add(text.toCharArray(), 0, text.length());
  }

  void add(char[] text, int from, int to) {
    int i = from;
    while (i < to) {
      if (text[i] >= 128 || !run.isEmpty()) {
        addOther(text[i++]);
      } else {
        i = addAscii(text, i, to);
      }
    }
  }

  /** Reads on to the next character that is not ASCII; returns where that is. */
  private int addAscii(char[] text, int from, int to) {
    byte[] word = ascii;
    int size = length;
    int sum = hash;
    int i = from;
    for (; i < to && text[i] < 128; i++) {
      byte folded = FOLDED[text[i]];
      if (folded != 0) {
        if (size == word.length) {
          length = size;
          hash = sum;
          grow();
          word = ascii;
          size = length;
          sum = hash;
        }
        word[size++] = folded;
        sum = set.hash(sum, folded);
      } else if (size > 0) {
        set.add(word, size, sum);
        size = 0;
        sum = 0;
      }
    }
    length = size;
    hash = sum;
    return i;
  }

  /** The text ends: so does the word. */
  void end() {
    if (!run.isEmpty()) {
      endRun();
    } else if (length > 0) {
      set.add(ascii, length, hash);
    }
    length = 0;
    hash = 0;
  }

  /** A character behind which, or as which, there is more than ASCII in the word. */
  private void addOther(char c) {
    if (c < 128 ? FOLDED[c] == 0 : SEPARATORS.get(c)) {
      end();
      return;
    }
    if (run.isEmpty()) {
      for (int i = 0; i < length; i++) {
        run.append((char) ascii[i]);
      }
      length = 0;
      hash = 0;
    }
    addToRun(c);
  }

  /** Punctuation and space whose NFKC has no letters or marks (that of an overline has). */
  private static final BitSet SEPARATORS = new BitSet(1 << 16);

  static {
    for (int c = 128; c < 1 << 16; c++) {
      boolean parts =
          isPunctuation((char) c)
              && Normalized.fold(Character.toString(c))
                  .codePoints()
                  .noneMatch(Normalized::isWordCharacter);
      SEPARATORS.set(c, parts);
    }
  }

  private static boolean isPunctuation(char c) {
    return switch (Character.getType(c)) {
      case Character.SPACE_SEPARATOR,
          Character.LINE_SEPARATOR,
          Character.PARAGRAPH_SEPARATOR,
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

  private void addToRun(char c) {
    if (run.length() >= MAX_RUN && !Character.isLowSurrogate(c)) {
      set.truncate();
      endRun();
    }
    run.append(c);
  }

  private void endRun() {
    String folded = Normalized.fold(run.toString());
    run.setLength(0);
    int start = -1;
    for (int i = 0; i < folded.length(); ) {
      int codePoint = folded.codePointAt(i);
      boolean word = Normalized.isWordCharacter(codePoint);
      if (word && start < 0) {
        start = i;
      } else if (!word && start >= 0) {
        set.add(folded.substring(start, i));
        start = -1;
      }
      i += Character.charCount(codePoint);
    }
    if (start >= 0) {
      set.add(folded.substring(start));
    }
  }

  private void grow() {
    if (ascii.length >= MAX_RUN) {
      set.truncate();
      set.add(ascii, length, hash);
      length = 0;
      hash = 0;
    } else {
      ascii = Arrays.copyOf(ascii, ascii.length * 2);
    }
  }
}
