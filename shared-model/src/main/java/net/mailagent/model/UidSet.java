package net.mailagent.model;

import java.util.Arrays;
import java.util.PrimitiveIterator;
import java.util.stream.IntStream;

/**
 * An immutable ascending set of UIDs, kept as disjoint ranges with running counts: a mailbox of a
 * hundred thousand messages without gaps costs one range. Rank and selection are logarithmic in the
 * number of ranges. UIDs lie in 1..2^31-1.
 */
public final class UidSet {
  public static final UidSet EMPTY = new UidSet(new int[0], new int[0]);

  private final int[] first; // ascending
  private final int[] last; // last[i] + 1 < first[i + 1]
  private final int[] before; // how many uids stand before range i; one more entry: the size

  private UidSet(int[] first, int[] last) {
    this.first = first;
    this.last = last;
    this.before = new int[first.length + 1];
    for (int i = 0; i < first.length; i++) {
      before[i + 1] = before[i] + (last[i] - first[i] + 1);
    }
  }

  public static UidSet of(int... uids) {
    int[] sorted = uids.clone();
    Arrays.sort(sorted);
    Builder builder = new Builder();
    for (int uid : sorted) {
      builder.add(uid);
    }
    return builder.build();
  }

  /** All uids of first..last, both included; empty when last is below first. */
  public static UidSet range(int first, int last) {
    return new Builder().addRange(first, last).build();
  }

  /**
   * Reads the form that {@link #toString()} writes, as in COPYUID (RFC 4315): ascending
   * "1:3,7,9:12"; the empty string is the empty set.
   *
   * @throws IllegalArgumentException if it has another form
   */
  public static UidSet parse(String text) {
    Builder builder = new Builder();
    if (!text.isEmpty()) {
      for (String range : text.split(",", -1)) {
        int colon = range.indexOf(':');
        int from = Integer.parseInt(colon < 0 ? range : range.substring(0, colon));
        int to = colon < 0 ? from : Integer.parseInt(range.substring(colon + 1));
        if (from < 1 || to < from) {
          throw new IllegalArgumentException("not an ascending uid range: " + range);
        }
        builder.addRange(from, to);
      }
    }
    return builder.build();
  }

  public int size() {
    return before[first.length];
  }

  public boolean isEmpty() {
    return first.length == 0;
  }

  public boolean contains(int uid) {
    int i = rangeAtOrBefore(uid);
    return i >= 0 && uid <= last[i];
  }

  /** How many uids of this set are below {@code uid}. */
  public int countBelow(int uid) {
    int i = rangeAtOrBefore(uid);
    if (i < 0) {
      return 0;
    }
    return uid > last[i] ? before[i + 1] : before[i] + (uid - first[i]);
  }

  /**
   * Position of {@code uid}, from 0, or -1 if it is not in the set. A sequence number is this + 1.
   */
  public int indexOf(int uid) {
    int i = rangeAtOrBefore(uid);
    return i < 0 || uid > last[i] ? -1 : before[i] + (uid - first[i]);
  }

  /**
   * The uid at that position, from 0.
   *
   * @throws IndexOutOfBoundsException past the end
   */
  public int at(int index) {
    if (index < 0 || index >= size()) {
      throw new IndexOutOfBoundsException(index + " of " + size());
    }
    int i = Arrays.binarySearch(before, index);
    i = i >= 0 ? i : -i - 2;
    return first[i] + (index - before[i]);
  }

  /** The smallest uid, or 0 when empty. */
  public int min() {
    return isEmpty() ? 0 : first[0];
  }

  /** The largest uid, or 0 when empty. */
  public int max() {
    return isEmpty() ? 0 : last[last.length - 1];
  }

  public int rangeCount() {
    return first.length;
  }

  public int rangeFirst(int range) {
    return first[range];
  }

  public int rangeLast(int range) {
    return last[range];
  }

  public IntStream stream() {
    return IntStream.range(0, first.length).flatMap(i -> IntStream.rangeClosed(first[i], last[i]));
  }

  public PrimitiveIterator.OfInt iterator() {
    return stream().iterator();
  }

  public UidSet union(UidSet other) {
    if (isEmpty() || other.isEmpty()) {
      return isEmpty() ? other : this;
    }
    Builder builder = new Builder();
    int i = 0;
    int j = 0;
    while (i < first.length || j < other.first.length) {
      if (j == other.first.length || (i < first.length && first[i] <= other.first[j])) {
        builder.addRange(first[i], last[i]);
        i++;
      } else {
        builder.addRange(other.first[j], other.last[j]);
        j++;
      }
    }
    return builder.build();
  }

  public UidSet intersect(UidSet other) {
    Builder builder = new Builder();
    int i = 0;
    int j = 0;
    while (i < first.length && j < other.first.length) {
      builder.addRange(Math.max(first[i], other.first[j]), Math.min(last[i], other.last[j]));
      if (last[i] < other.last[j]) {
        i++;
      } else {
        j++;
      }
    }
    return builder.build();
  }

  /** The uids of this set that are not in the other. */
  public UidSet minus(UidSet other) {
    if (isEmpty() || other.isEmpty()) {
      return this;
    }
    Builder builder = new Builder();
    int j = 0;
    for (int i = 0; i < first.length; i++) {
      long from = first[i]; // behind the largest uid there is when the other reaches so far
      while (j < other.first.length && other.last[j] < from) {
        j++;
      }
      for (int k = j; k < other.first.length && other.first[k] <= last[i]; k++) {
        builder.addRange((int) from, other.first[k] - 1);
        from = other.last[k] + 1L;
      }
      if (from <= last[i]) {
        builder.addRange((int) from, last[i]);
      }
    }
    return builder.build();
  }

  private int rangeAtOrBefore(int uid) {
    int i = Arrays.binarySearch(first, uid);
    return i >= 0 ? i : -i - 2;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof UidSet that
        && Arrays.equals(first, that.first)
        && Arrays.equals(last, that.last);
  }

  @Override
  public int hashCode() {
    return 31 * Arrays.hashCode(first) + Arrays.hashCode(last);
  }

  /** The set as COPYUID shows it, e.g. "1:3,7"; "" when empty. */
  @Override
  public String toString() {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < first.length; i++) {
      text.append(i == 0 ? "" : ",").append(first[i]);
      if (last[i] > first[i]) {
        text.append(':').append(last[i]);
      }
    }
    return text.toString();
  }

  /** Builds a set from uids or ranges whose starts come in ascending order. One thread. */
  public static final class Builder {
    private int[] first = new int[8];
    private int[] last = new int[8];
    private int size;

    public Builder add(int uid) {
      return addRange(uid, uid);
    }

    /**
     * Adds from..to, both included; nothing when to is below from. Ranges may overlap.
     *
     * @throws IllegalArgumentException if {@code from} is below the start of the range before
     */
    public Builder addRange(int from, int to) {
      if (to < from) {
        return this;
      }
      if (from < 1 || (size > 0 && from < first[size - 1])) {
        throw new IllegalArgumentException("uids must be positive and come in order: " + from);
      }
      if (size > 0 && from <= last[size - 1] + 1L) {
        last[size - 1] = Math.max(last[size - 1], to);
        return this;
      }
      if (size == first.length) {
        first = Arrays.copyOf(first, size * 2);
        last = Arrays.copyOf(last, size * 2);
      }
      first[size] = from;
      last[size++] = to;
      return this;
    }

    public UidSet build() {
      return size == 0 ? EMPTY : new UidSet(Arrays.copyOf(first, size), Arrays.copyOf(last, size));
    }
  }
}
