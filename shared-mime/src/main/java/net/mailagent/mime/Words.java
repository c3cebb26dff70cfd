package net.mailagent.mime;

import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * Cuts text that comes in pieces into normalised words. What is ASCII is taken from its octets,
 * eight at a time; of other characters nearly all have a normal form of their own ({@link
 * SimpleFolds}); a word with one that has none is normalised as {@link Normalized} does it.
 * Confined to one parser.
 */
final class Words {
  /** Octets of one run without a separator; what is longer is cut, and the set incomplete. */
  private static final int MAX_RUN = 16 << 10;

  private static final long ONES = 0x0101010101010101L;
  private static final long HIGH = 0x8080808080808080L;

  /** What makes an upper-case letter a lower-case one; digits have that bit. */
  private static final long LOWER = 0x2020202020202020L;

  /** Which ASCII characters are letters or digits. */
  private static final boolean[] INSIDE = new boolean[128];

  static {
    for (int c = 0; c < 128; c++) {
      INSIDE[c] = Normalized.isWordCharacter(c);
    }
  }

  /** Joins with signs that part words, as in "<" made "is not less than". */
  private static final char SLASH_THROUGH = '\u0338';

  private final WordSet set;

  /**
   * The open word: ASCII as it came, which is what marks join with; other characters in their
   * normal form, as far as they have one of their own.
   */
  private byte[] word = new byte[64];

  private int length;

  /** The open word as it came, once there is more in it than ASCII. */
  private final StringBuilder run = new StringBuilder();

  /** Whether the open word must be normalised as a whole. */
  private boolean complex;

  Words(WordSet set) {
    this.set = set;
  }

  void add(String text) {
    add(text.toCharArray(), 0, text.length());
  }

  void add(char[] text, int from, int to) {
    for (int i = from; i < to; i++) {
      char c = text[i];
      if (c < 128) {
        ascii((byte) c);
      } else {
        other(c);
      }
    }
  }

  /**
   * Adds octets that all are ASCII.
   *
   * @param text little-endian
   */
  void addAscii(ByteBuffer text, int from, int to) {
    int i = from;
    while (i < to && (length > 0 || !run.isEmpty())) {
      ascii(text.get(i++)); // the rest of a word that an earlier piece began
    }
    int last = to - 8;
    while (i <= last) {
      long octets = text.getLong(i);
      long separators = separators(octets);
      if (separators == 0) {
        i = longWord(text, i, to);
        continue;
      }
      int bits = Long.numberOfTrailingZeros(separators) - 7;
      if (bits > 0) {
        set.addShort((octets | LOWER) & ((1L << bits) - 1), bits >>> 3);
      }
      i += (bits >>> 3) + 1;
    }
    while (i < to) {
      ascii(text.get(i++));
    }
  }

  /** Adds a word whose first eight octets are all its own; returns where it ends. */
  private int longWord(ByteBuffer text, int from, int to) {
    if (from + 16 <= to) {
      long octets = text.getLong(from + 8);
      long separators = separators(octets);
      if (separators != 0) {
        int bits = Long.numberOfTrailingZeros(separators) - 7;
        long first = text.getLong(from) | LOWER;
        if (bits == 0) {
          set.addShort(first, 8);
        } else {
          set.addMedium(first, (octets | LOWER) & ((1L << bits) - 1), 8 + (bits >>> 3));
        }
        return from + 9 + (bits >>> 3);
      }
    }
    int i = from;
    do {
      ascii(text.get(i++));
    } while (i < to && length > 0);
    return i;
  }

  /** The top bit of every octet that is no ASCII letter or digit; all octets are ASCII. */
  private static long separators(long octets) {
    long letters = between(octets | LOWER, 'a', 'z');
    return ~(letters | between(octets, '0', '9')) & HIGH;
  }

  private static long between(long octets, int low, int high) {
    return (octets + (0x80 - low) * ONES) & ~(octets + (0x7f - high) * ONES);
  }

  private void ascii(byte c) {
    if (!INSIDE[c]) {
      end();
      return;
    }
    room(1);
    word[length++] = c;
    if (!run.isEmpty()) {
      run.append((char) c);
    }
  }

  private void other(char c) {
    char folded = SimpleFolds.of(c);
    if (c == SLASH_THROUGH && length == 0 && run.isEmpty()) {
      set.truncate(); // it may have changed the sign in front, which was not kept
      folded = SimpleFolds.SEPARATOR;
    }
    if (folded == SimpleFolds.SEPARATOR) {
      end();
      return;
    }
    if (run.isEmpty()) {
      for (int i = 0; i < length; i++) {
        run.append((char) word[i]);
      }
    }
    boolean low = Character.isLowSurrogate(c);
    room(low ? 0 : 3);
    run.append(c);
    if (folded == SimpleFolds.COMPLEX) {
      complex = true;
    } else if (folded < 0x80) {
      word[length++] = (byte) folded;
    } else if (folded < 0x800) {
      word[length++] = (byte) (0xc0 | folded >> 6);
      word[length++] = (byte) (0x80 | (folded & 0x3f));
    } else {
      word[length++] = (byte) (0xe0 | folded >> 12);
      word[length++] = (byte) (0x80 | (folded >> 6 & 0x3f));
      word[length++] = (byte) (0x80 | (folded & 0x3f));
    }
  }

  /** The text ends: so does the word. */
  void end() {
    if (complex) {
      endRun();
    } else if (length > 0) {
      for (int i = 0; i < length; i++) {
        word[i] |= word[i] < 0 ? 0 : (byte) LOWER;
      }
      set.add(word, length);
    }
    length = 0;
    complex = false;
    run.setLength(0);
  }

  private void endRun() {
    String folded = Normalized.fold(run.toString());
    int start = -1;
    for (int i = 0; i < folded.length(); ) {
      int codePoint = folded.codePointAt(i);
      boolean inside = Normalized.isWordCharacter(codePoint);
      if (inside && start < 0) {
        start = i;
      } else if (!inside && start >= 0) {
        set.add(folded.substring(start, i));
        start = -1;
      }
      i += Character.charCount(codePoint);
    }
    if (start >= 0) {
      set.add(folded.substring(start));
    }
  }

  /** Makes room for octets of the open word; one that is too long ends here. */
  private void room(int octets) {
    if (Math.max(length, run.length()) + octets > MAX_RUN) {
      set.truncate();
      end();
    } else if (length + octets > word.length) {
      word = Arrays.copyOf(word, word.length * 2);
    }
  }
}
