package net.mailagent.imap.wire;

import java.util.Arrays;

/**
 * A sequence-set as the client wrote it (RFC 3501 section 9): numbers and ranges, {@code *} being
 * the largest number there is. Immutable.
 */
public final class SequenceSet {
  /** Stands for {@code *}. */
  private static final int STAR = 0;

  private final int[] from; // as written; STAR or 1..2^31-1
  private final int[] to;

  private SequenceSet(int[] from, int[] to) {
    this.from = from;
    this.to = to;
  }

  /** Reads a set; numbers above 2^31-1, which no message has, count as 2^31-1. */
  public static SequenceSet parse(Parser p) throws SyntaxError {
    int[] from = new int[4];
    int[] to = new int[4];
    int size = 0;
    do {
      if (size == from.length) {
        from = Arrays.copyOf(from, size * 2);
        to = Arrays.copyOf(to, size * 2);
      }
      from[size] = number(p);
      to[size] = p.take(':') ? number(p) : from[size];
      size++;
    } while (p.take(','));
    return new SequenceSet(Arrays.copyOf(from, size), Arrays.copyOf(to, size));
  }

  private static int number(Parser p) throws SyntaxError {
    if (p.take('*')) {
      return STAR;
    }
    if (!p.isDigit()) {
      throw p.expected("a number or '*'");
    }
    long number = p.number(0xffff_ffffL);
    if (number == 0) {
      throw new SyntaxError("0 is not a message number, at octet " + (p.position() - 1));
    }
    return (int) Math.min(number, Integer.MAX_VALUE);
  }

  /** Takes each range in ascending order of its start. */
  @FunctionalInterface
  public interface Ranges {
    void range(int from, int to);
  }

  /**
   * The numbers meant, as ranges that neither overlap nor touch, ascending.
   *
   * @param largest what {@code *} stands for; 0 when there is no message, then {@code *} is nothing
   */
  public void ranges(int largest, Ranges each) {
    long[] sorted = new long[from.length];
    int size = 0;
    for (int i = 0; i < from.length; i++) {
      int a = from[i] == STAR ? largest : from[i];
      int b = to[i] == STAR ? largest : to[i];
      if (a != 0 && b != 0) { // a range to "*" with no message holds nothing
        sorted[size++] = ((long) Math.min(a, b) << 32) | Math.max(a, b);
      }
    }
    Arrays.sort(sorted, 0, size);
    int i = 0;
    while (i < size) {
      int start = (int) (sorted[i] >>> 32);
      long end = sorted[i] & 0x7fff_ffffL;
      i++;
      while (i < size && (sorted[i] >>> 32) <= end + 1) {
        end = Math.max(end, sorted[i] & 0x7fff_ffffL);
        i++;
      }
      each.range(start, (int) end);
    }
  }

  /** Whether a number, or a whole range, lies above {@code largest}; never because of a "*". */
  public boolean exceeds(int largest) {
    for (int i = 0; i < from.length; i++) {
      if (from[i] != STAR && to[i] != STAR && Math.min(from[i], to[i]) > largest) {
        return true;
      }
    }
    return false;
  }

  /** Whether a number above {@code largest} is named, be it the end of a range. */
  public boolean reaches(int largest) {
    for (int i = 0; i < from.length; i++) {
      if (from[i] > largest || to[i] > largest) {
        return true;
      }
    }
    return false;
  }

  /** The set as written. */
  @Override
  public String toString() {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < from.length; i++) {
      text.append(i == 0 ? "" : ",").append(from[i] == STAR ? "*" : from[i]);
      if (to[i] != from[i]) {
        text.append(':').append(to[i] == STAR ? "*" : to[i]);
      }
    }
    return text.toString();
  }
}
