package net.mailagent.mime;

import java.nio.ByteBuffer;

/**
 * Finds line feeds eight octets at a time, without a branch per line: what a big body costs. The
 * buffers must be little-endian. Confined to one parser.
 */
final class LineFeeds {
  private static final long ONES = 0x0101010101010101L;
  private static final long LOW = 0x7f7f7f7f7f7f7f7fL;
  private static final long LF = '\n' * ONES;
  private static final long DASH = '-' * ONES;

  private long count;

  /** Line feeds passed so far. */
  long count() {
    return count;
  }

  /** Counts a line feed that the caller found itself. */
  void add() {
    count++;
  }

  /** Counts the line feeds in [from, to). */
  void countAll(ByteBuffer in, int from, int to) {
    int i = from;
    for (; i + 8 <= to; i += 8) {
      count += Long.bitCount(zeroes(in.getLong(i) ^ LF));
    }
    for (; i < to; i++) {
      if (in.get(i) == '\n') {
        count++;
      }
    }
  }

  /**
   * The first line feed in [from, to) that a dash follows, or that is the last octet; counts it and
   * those before. Returns -1, with all counted, when there is none.
   */
  int beforeDash(ByteBuffer in, int from, int to) {
    int i = from;
    for (; i + 9 <= to; i += 8) {
      long feeds = zeroes(in.getLong(i) ^ LF);
      if (feeds != 0) {
        long hits = feeds & zeroes(in.getLong(i + 1) ^ DASH);
        if (hits != 0) {
          long first = hits & -hits;
          count += Long.bitCount(feeds & (first | (first - 1)));
          return i + (Long.numberOfTrailingZeros(first) >>> 3);
        }
        count += Long.bitCount(feeds);
      }
    }
    for (; i < to; i++) {
      if (in.get(i) == '\n') {
        count++;
        if (i + 1 == to || in.get(i + 1) == '-') {
          return i;
        }
      }
    }
    return -1;
  }

  /** The first line feed in [from, to), not counted, or -1. */
  static int next(ByteBuffer in, int from, int to) {
    int i = from;
    for (; i + 8 <= to; i += 8) {
      long feeds = zeroes(in.getLong(i) ^ LF);
      if (feeds != 0) {
        return i + (Long.numberOfTrailingZeros(feeds) >>> 3);
      }
    }
    for (; i < to; i++) {
      if (in.get(i) == '\n') {
        return i;
      }
    }
    return -1;
  }

  /** The top bit of every octet of the word that is zero, and no other bit. */
  private static long zeroes(long word) {
    return ~(((word & LOW) + LOW) | word | LOW);
  }
}
