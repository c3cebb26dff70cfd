package net.mailagent.mime;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.concurrent.ThreadLocalRandom;

/**
 * Distinct words, as the very text they end up as: each between single spaces, UTF-8, found again
 * through a table of where they begin. Bounded by its limit. Confined to one parser.
 */
final class WordSet {
  private final int limit;

  /** Odd and unknown to senders, who could else choose words that all fall on one place. */
  private final int factor = ThreadLocalRandom.current().nextInt() | 0x10001;

  private byte[] text = new byte[256];
  private int length = 1;

  /** Where words begin, by hash, open addressing; 0 is free. */
  private int[] table = new int[64];

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
    add(octets, octets.length);
  }

  /** Adds the first octets of that array as a word, unless it is there. */
  void add(byte[] word, int size) {
    int hash = 0;
    for (int i = 0; i < size; i++) {
      hash = (hash ^ word[i]) * factor;
    }
    int slot = slot(hash);
    while (table[slot] != 0) {
      if (isAt(table[slot], word, size)) {
        return;
      }
      slot = slot + 1 & table.length - 1;
    }
    if (size >= limit - length) {
      truncated = true;
      return;
    }
    if (size + 1 > text.length - length) {
      text = Arrays.copyOf(text, Math.max(length + size + 1, Math.min(limit, text.length * 2)));
    }
    table[slot] = length;
    System.arraycopy(word, 0, text, length, size);
    length += size;
    text[length++] = ' ';
    if (++count * 2 > table.length) {
      grow();
    }
  }

  private boolean isAt(int at, byte[] word, int size) {
    return at + size < length
        && text[at + size] == ' '
        && Arrays.equals(text, at, at + size, word, 0, size);
  }

  private void grow() {
    table = new int[table.length * 2];
    int at = 1;
    while (at < length) {
      int hash = 0;
      int i = at;
      for (; text[i] != ' '; i++) {
        hash = (hash ^ text[i]) * factor;
      }
      int slot = slot(hash);
      while (table[slot] != 0) {
        slot = slot + 1 & table.length - 1;
      }
      table[slot] = at;
      at = i + 1;
    }
  }

  private int slot(int hash) {
    return (hash * 0x9E3779B1 >>> 7) & table.length - 1;
  }

  @Override
  public String toString() {
    return new String(text, 0, length, StandardCharsets.UTF_8);
  }
}
