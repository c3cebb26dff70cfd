package net.mailagent.mime;

import java.util.Arrays;

/**
 * Cuts text that comes in pieces into normalised words. Plain ASCII words, nearly all of them, take
 * a short way; a word with any other character in it is normalised as {@link Normalized} does it.
 * Confined to one parser.
 */
final class Words {
  /** Characters of one run without a separator; what is longer is cut, and the set incomplete. */
  private static final int MAX_RUN = 16 << 10;

  private final WordSet set;

  /** An ASCII word so far, already lower-case. */
  private byte[] ascii = new byte[64];

  private int length;

  /** A run with other characters in it; empty while the word is ASCII. */
  private final StringBuilder run = new StringBuilder();

  Words(WordSet set) {
    this.set = set;
  }

  void add(CharSequence text) {
    for (int i = 0; i < text.length(); i++) {
      add(text.charAt(i));
    }
  }

  void add(char[] text, int from, int to) {
    for (int i = from; i < to; i++) {
      add(text[i]);
    }
  }

  /** The text ends: so does the word. */
  void end() {
    if (!run.isEmpty()) {
      endRun();
    } else if (length > 0) {
      set.add(ascii, length);
    }
    length = 0;
  }

  private void add(char c) {
    if (c < 128) {
      int folded = c >= 'A' && c <= 'Z' ? c + 32 : c;
      boolean word = (folded >= 'a' && folded <= 'z') || (folded >= '0' && folded <= '9');
      if (!word) {
        if (length > 0 || !run.isEmpty()) {
          end();
        }
      } else if (!run.isEmpty()) {
        addToRun(c);
      } else {
        if (length == ascii.length) {
          grow();
        }
        ascii[length++] = (byte) folded;
      }
    } else if (isSeparator(c)) {
      end();
    } else {
      if (run.isEmpty()) {
        for (int i = 0; i < length; i++) {
          run.append((char) ascii[i]);
        }
        length = 0;
      }
      addToRun(c);
    }
  }

  /** Punctuation and space, which neither become letters by NFKC nor join with any. */
  private static boolean isSeparator(char c) {
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
      set.add(ascii, length);
      length = 0;
    } else {
      ascii = Arrays.copyOf(ascii, ascii.length * 2);
    }
  }
}
