package net.mailagent.mime;

import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * Cuts text that comes in pieces into normalised words. What is ASCII is taken from its octets,
 * eight at a time, other UTF-8 character by character; of other characters than ASCII nearly all
 * have a normal form of their own ({@link SimpleFolds}); a word with one that has none is
 * normalised as {@link Normalized} does it. Confined to one parser.
 */
final class Words {
  /** Characters of one run without a separator; more are cut, and the set is incomplete. */
  private static final int MAX_RUN = 16 << 10;

  private static final long ONES = 0x0101010101010101L;
  private static final long HIGH = 0x8080808080808080L;

  /** What makes an upper-case letter a lower-case one; digits have that bit. */
  private static final long LOWER = 0x2020202020202020L;

  /** Joins with signs that part words, as in "<" made "is not less than". */
  private static final char SLASH_THROUGH = '\u0338';

  private final WordSet set;

  /** The open word in its normal form, as far as its characters have one of their own. */
  private byte[] word = new byte[64];

  private int length;

  /** The open word as it came, which is what marks join with. */
  private char[] came = new char[64];

  private int characters;

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
      character(text[i]);
    }
  }

  /**
   * Adds octets that all are ASCII.
   *
   * @param text little-endian
   */
  void addAscii(ByteBuffer text, int from, int to) {
    addUtf8(text, from, to);
  }

  /**
   * Adds UTF-8 as far as it is whole and valid.
   *
   * @param text little-endian
   * @return where the first character begins that is not, else {@code to}
   */
  int addUtf8(ByteBuffer text, int from, int to) {
    int i = characters > 0 && from < to ? longWord(text, from, to) : from;
    int last = to - 8;
    while (i <= last && characters == 0) {
      long octets = text.getLong(i);
      // Octets of other characters count as separators here: the last bits of those below are
      // right, as nothing is carried up from ASCII.
      long separators = separators(octets);
      int bits = Long.numberOfTrailingZeros(separators) - 7;
      if (separators == 0) {
        i = long16(text, i, to);
      } else if (octets << (56 - bits) < 0) {
        int end = longWord(text, i, to); // one word or one separator
        if (end == i) {
          return i;
        }
        i = end;
      } else {
        if (bits > 0) {
          set.addShort((octets | LOWER) & ((1L << bits) - 1), bits >>> 3);
        }
        i += (bits >>> 3) + 1;
      }
    }
    while (i < to) {
      int end = longWord(text, i, to);
      if (end == i) {
        break;
      }
      i = end;
    }
    return i;
  }

  /** Adds a word whose first eight octets are ASCII and all its own; returns where it ends. */
  private int long16(ByteBuffer text, int from, int to) {
    if (from + 16 <= to) {
      long octets = text.getLong(from + 8);
      long separators = separators(octets);
      int bits = Long.numberOfTrailingZeros(separators) - 7;
      if (separators != 0 && octets << (56 - bits) >= 0) {
        long first = text.getLong(from) | LOWER;
        if (bits == 0) {
          set.addShort(first, 8);
        } else {
          set.addMedium(first, (octets | LOWER) & ((1L << bits) - 1), 8 + (bits >>> 3));
        }
        return from + 9 + (bits >>> 3);
      }
    }
    return longWord(text, from, to);
  }

  /**
   * Adds character by character until a word ends, at least one; returns where it stopped: behind
   * the word and what ended it, or in front of what is no whole valid character.
   */
  private int longWord(ByteBuffer text, int from, int to) {
    int i = from;
    do {
      byte b = text.get(i);
      if (b >= 0) {
        character((char) b);
        i++;
        continue;
      }
      int size = size(b);
      if (size == 0 || to - i < size) {
        return i;
      }
      int point = b & 0x7f >> size;
      for (int n = 1; n < size; n++) {
        byte next = text.get(i + n);
        if (next >= -64) {
          return i;
        }
        point = point << 6 | (next & 0x3f);
      }
      if (size == 2) {
        character((char) point);
      } else if (size == 3) {
        if (point < 0x800 || (point >= 0xd800 && point < 0xe000)) {
          return i;
        }
        character((char) point);
      } else {
        if (point < 0x10000 || point > 0x10ffff) {
          return i;
        }
        character(Character.highSurrogate(point));
        character(Character.lowSurrogate(point));
      }
      i += size;
    } while (i < to && characters > 0);
    return i;
  }

  /** How many octets the character has that begins with this one, which is not ASCII; 0 is none. */
  private static int size(byte first) {
    int b = first & 0xff;
    if (b < 0xc2 || b > 0xf4) {
      return 0;
    }
    return b < 0xe0 ? 2 : b < 0xf0 ? 3 : 4;
  }

  /**
   * The top bit of every octet that is no letter or digit of ASCII; wrong above one that is not.
   */
  private static long separators(long octets) {
    long letters = between(octets | LOWER, 'a', 'z');
    return (~(letters | between(octets, '0', '9')) & HIGH) | (octets & HIGH);
  }

  private static long between(long octets, int low, int high) {
    return (octets + (0x80 - low) * ONES) & ~(octets + (0x7f - high) * ONES);
  }

  private void character(char c) {
    char folded = SimpleFolds.of(c);
    if (folded == SimpleFolds.SEPARATOR || (c == SLASH_THROUGH && characters == 0)) {
      if (c == SLASH_THROUGH) {
        set.truncate(); // it may have changed the sign in front, which was not kept
      }
      if (characters > 0) {
        end();
      }
      return;
    }
    if (word.length - length < 3 || came.length == characters) {
      room(c);
    }
    came[characters++] = c;
    if (folded < 0x80) {
      if (folded == SimpleFolds.COMPLEX) {
        complex = true;
      } else {
        word[length++] = (byte) folded;
      }
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
      set.add(word, length);
    }
    length = 0;
    characters = 0;
    complex = false;
  }

  private void endRun() {
    String folded = Normalized.fold(new String(came, 0, characters));
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

  /** Makes room for a character of the open word; one that is too long ends here. */
  private void room(char next) {
    // The halves of a pair stay together.
    if (Math.max(length, characters) >= MAX_RUN && !Character.isLowSurrogate(next)) {
      set.truncate();
      end();
      return;
    }
    if (word.length - length < 3) {
      word = Arrays.copyOf(word, word.length * 2);
    }
    if (came.length == characters) {
      came = Arrays.copyOf(came, came.length * 2);
    }
  }
}
