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

  private byte[] text = new byte[1_024];
  private int length = 1;

  /** Where words begin, by hash, open addressing; 0 is free. */
  private int[] table = new int[512];

  /** The hashes of those words. */
  private int[] hashes = new int[512];

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
    int hash = 0;
    for (byte octet : octets) {
      hash = hash(hash, octet);
    }
    add(octets, octets.length, hash);
  }

  /** The hash of a word that one more octet is added to; it begins at 0. */
  int hash(int hash, byte octet) {
    return (hash ^ octet) * factor;
  }

  /** Adds the first octets of that array as a word with that hash, unless it is there. */
  void add(byte[] word, int size, int hash) {
    int slot = slot(hash);
    while (table[slot] != 0) {
      if (hashes[slot] == hash && isAt(table[slot], word, size)) {
        return;
      }
      slot = (slot + 1) & (table.length - 1);
    }
    if (size >= limit - length) {
      truncated = true;
      return;
    }
    if (size + 1 > text.length - length) {
      text = Arrays.copyOf(text, Math.max(length + size + 1, Math.min(limit, text.length * 2)));
    }
    table[slot] = length;
    hashes[slot] = hash;
    System.arraycopy(word, 0, text, length, size);
    length += size;
    text[length++] = ' ';
    if (++count * 2 > table.length) {
      grow();
    }
  }

  private boolean isAt(int at, byte[] word, int size) {
    if (at + size >= length || text[at + size] != ' ') {
      return false;
    }
    for (int i = 0; i < size; i++) {
      if (text[at + i] != word[i]) {
        return false;
      }
    }
    return true;
  }

  private void grow() {
    int[] oldTable = table;
    int[] oldHashes = hashes;
    table = new int[oldTable.length * 4];
    hashes = new int[oldTable.length * 4];
    for (int i = 0; i < oldTable.length; i++) {
      if (oldTable[i] != 0) {
        int slot = slot(oldHashes[i]);
        while (table[slot] != 0) {
          slot = (slot + 1) & (table.length - 1);
        }
        table[slot] = oldTable[i];
        hashes[slot] = oldHashes[i];
      }
    }
  }

  private int slot(int hash) {
    return ((hash * 0x9E3779B1) >>> 7) & (table.length - 1);
  }

  @Override
  public String toString() {
    return new String(text, 0, length, StandardCharsets.UTF_8);
  }
}
