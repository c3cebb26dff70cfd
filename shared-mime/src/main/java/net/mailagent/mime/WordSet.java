package net.mailagent.mime;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.concurrent.ThreadLocalRandom;

/**
 * Distinct words, as the very text they end up as: each between single spaces, UTF-8. A table finds
 * them again: an ASCII word of up to eight octets is its own key, any other has a hash with the top
 * bit set, which such a word never has. Bounded by its limit. Confined to one parser.
 */
final class WordSet {
  private static final VarHandle LONGS =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

  private static final long HIGH = 0x8080808080808080L;

  /** Places of the table of the first words. */
  private static final int FIRST = 512;

  private final int limit;

  /** Odd and unknown to senders, who could else choose words that all fall on one place. */
  private final long factor = ThreadLocalRandom.current().nextLong() | 1;

  private byte[] text = new byte[64];
  private int length = 1;

  /** Keys of the words, by open addressing; 0 is free. */
  private long[] keys = new long[2];

  /** Where words that are found by a hash begin. */
  private int[] places = new int[2];

  private int shift = 64 - 1;
  private int count;
  private boolean truncated;

  /**
   * @param limit octets of all words with their spaces
   */
  WordSet(int limit) {
    this.limit = limit;
    text[0] = ' ';
  }

  /** Whether words were left out. */
  boolean truncated() {
    return truncated;
  }

  /** Tells that something was not read. */
  void truncate() {
    truncated = true;
  }

  void add(String word) {
    byte[] octets = word.getBytes(StandardCharsets.UTF_8);
    add(Arrays.copyOf(octets, Math.max(16, octets.length)), octets.length);
  }

  /**
   * Adds a word of ASCII, unless it is there.
   *
   * @param word its octets, the first one lowest, the rest 0
   * @param size 1 to 8
   */
  void addShort(long word, int size) {
    int slot = slot(word);
    while (keys[slot] != 0) {
      if (keys[slot] == word) {
        return;
      }
      slot = (slot + 1) & (keys.length - 1);
    }
    if (room(size)) {
      keys[slot] = word;
      LONGS.set(text, length, word);
      added(size);
    }
  }

  /**
   * Adds a word, unless it is there.
   *
   * @param first its first eight octets, those that it does not have 0
   * @param second the others, the rest 0
   * @param size 1 to 15; of ASCII from 9
   */
  void addMedium(long first, long second, int size) {
    long key = mix(mix(size ^ first) ^ second) | Long.MIN_VALUE;
    int slot = slot(key);
    while (keys[slot] != 0) {
      if (keys[slot] == key && isAt(places[slot], first, second, size)) {
        return;
      }
      slot = (slot + 1) & (keys.length - 1);
    }
    if (room(size)) {
      keys[slot] = key;
      places[slot] = length;
      LONGS.set(text, length, first);
      LONGS.set(text, length + 8, second);
      added(size);
    }
  }

  private boolean isAt(int at, long first, long second, int size) {
    return ((long) LONGS.get(text, at) & mask(size)) == first
        && ((long) LONGS.get(text, at + 8) & mask(size - 8)) == second
        && text[at + size] == ' ';
  }

  /**
   * Adds the first octets of that array as a word, unless it is there.
   *
   * @param word at least 16 octets long
   */
  void add(byte[] word, int size) {
    if (size < 16) {
      long first = (long) LONGS.get(word, 0) & mask(size);
      long second = (long) LONGS.get(word, 8) & mask(size - 8);
      if (size <= 8 && (first & HIGH) == 0) {
        addShort(first, size);
      } else {
        addMedium(first, second, size);
      }
      return;
    }
    long key = hash(word, size) | Long.MIN_VALUE;
    int slot = slot(key);
    while (keys[slot] != 0) {
      if (keys[slot] == key && isAt(places[slot], word, size)) {
        return;
      }
      slot = (slot + 1) & (keys.length - 1);
    }
    if (room(size)) {
      keys[slot] = key;
      places[slot] = length;
      System.arraycopy(word, 0, text, length, size);
      added(size);
    }
  }

  /** The lowest octets of a word of eight, none to all. */
  private static long mask(int octets) {
    return octets <= 0 ? 0 : octets >= 8 ? -1 : (1L << (8 * octets)) - 1;
  }

  private long hash(byte[] word, int size) {
    long hash = size;
    int i = 0;
    for (; i + 8 <= size; i += 8) {
      hash = mix(hash ^ (long) LONGS.get(word, i));
    }
    long rest = 0;
    for (int shift = 0; i < size; i++, shift += 8) {
      rest |= (long) (word[i] & 0xff) << shift;
    }
    return mix(hash ^ rest);
  }

  private long mix(long hash) {
    long product = hash * factor;
    return product ^ product >>> 32;
  }

  private boolean isAt(int at, byte[] word, int size) {
    return at + size < length
        && text[at + size] == ' '
        && Arrays.equals(text, at, at + size, word, 0, size);
  }

  /** Whether a word still fits; then there is room for it and what is written behind it. */
  private boolean room(int size) {
    if (size >= limit - length) {
      truncated = true;
      return false;
    }
    int wanted = length + size + 17;
    if (wanted > text.length) {
      text = Arrays.copyOf(text, Math.max(wanted, Math.min(limit + 17, text.length * 2)));
    }
    return true;
  }

  private void added(int size) {
    length += size;
    text[length++] = ' ';
    if (++count * 8L > keys.length * 5L) {
      grow();
    }
  }

  private void grow() {
    long[] oldKeys = keys;
    int[] oldPlaces = places;
    int size = Math.max(FIRST, oldKeys.length * 2);
    keys = new long[size];
    places = new int[size];
    shift = Long.numberOfLeadingZeros(size - 1);
    for (int i = 0; i < oldKeys.length; i++) {
      if (oldKeys[i] != 0) {
        int slot = slot(oldKeys[i]);
        while (keys[slot] != 0) {
          slot = (slot + 1) & (keys.length - 1);
        }
        keys[slot] = oldKeys[i];
        places[slot] = oldPlaces[i];
      }
    }
  }

  /** The top bits of the product, which all octets of the key take part in. */
  private int slot(long key) {
    return (int) (((key ^ (key >>> 32)) * factor) >>> shift);
  }

  @Override
  public String toString() {
    return new String(text, 0, length, StandardCharsets.UTF_8);
  }
}
