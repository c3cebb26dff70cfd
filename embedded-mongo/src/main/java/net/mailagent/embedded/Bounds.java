package net.mailagent.embedded;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The values an index field may have for a predicate to hold: intervals of encoded keys, ascending
 * and apart. Always enough, sometimes too much: the filter decides. Immutable.
 */
record Bounds(List<Interval> intervals) {

  /** From {@code low} inclusive to {@code high} exclusive; a point is one single value's key. */
  @SuppressWarnings("ArrayRecordComponent") // bytes are shared, never changed, and compared as such
  record Interval(byte[] low, byte[] high, boolean point) {
    static Interval point(byte[] key) {
      return new Interval(key, KeyWriter.after(key), true);
    }

    static Interval range(byte[] low, byte[] high) {
      return new Interval(low, high, false);
    }

    /** The same values where the field is descending, that is, complemented. */
    Interval complement() {
      return point
          ? point(complement(low))
          : range(KeyWriter.after(complement(high)), KeyWriter.after(complement(low)));
    }

    private static byte[] complement(byte[] bytes) {
      byte[] result = new byte[bytes.length];
      for (int i = 0; i < bytes.length; i++) {
        result[i] = (byte) ~bytes[i];
      }
      return result;
    }
  }

  static final byte[] FIRST = {0};
  static final byte[] END = {(byte) 0xFF};

  static Bounds all() {
    return new Bounds(List.of(Interval.range(FIRST, END)));
  }

  boolean allPoints() {
    for (Interval interval : intervals) {
      if (!interval.point()) {
        return false;
      }
    }
    return true;
  }

  boolean isPoint() {
    return intervals.size() == 1 && intervals.getFirst().point();
  }

  /** The bounds that a test on a value gives, or null when it gives none. */
  static @Nullable Bounds of(Filter.Test test) {
    return switch (test) {
      case Filter.Compare compare -> compare(compare);
      case Filter.In in -> in(in);
      case Filter.Regex regex -> {
        List<Interval> intervals = new ArrayList<>();
        yield addPattern(regex, intervals) ? sorted(intervals) : null;
      }
      case Filter.ElementPasses passes -> {
        Bounds bounds = null;
        for (Filter.Test inner : passes.tests()) {
          Bounds more = of(inner);
          if (more != null) {
            bounds = bounds == null ? more : bounds.intersect(more);
          }
        }
        yield bounds;
      }
      case Filter.Never never -> new Bounds(List.of());
      case Filter.ElementMatches matches -> null;
      case Filter.Exists exists -> null;
      case Filter.Size size -> null;
      case Filter.Type type -> null;
      case Filter.Modulo modulo -> null;
    };
  }

  private static Bounds compare(Filter.Compare compare) {
    byte[] key = compare.key();
    Value operand = compare.operand();
    boolean open = operand.type() == Bson.MIN_KEY || operand.type() == Bson.MAX_KEY;
    byte[] first = open ? FIRST : new byte[] {key[0]};
    byte[] end = open ? END : KeyWriter.after(first);
    Interval interval =
        switch (compare.relation()) {
          case EQUAL -> Interval.point(key);
          case GREATER -> Interval.range(KeyWriter.after(key), end);
          case GREATER_OR_EQUAL -> Interval.range(key, end);
          case LESS -> Interval.range(first, key);
          case LESS_OR_EQUAL -> Interval.range(first, KeyWriter.after(key));
        };
    List<Interval> intervals = new ArrayList<>(List.of(interval));
    if (operand.isNull()) {
      intervals = nulls();
    } else if (operand.isArray() && compare.relation() == Filter.Relation.EQUAL) {
      // an array's entries are its elements; the whole array is an entry where it is an element
      List<Value> elements = operand.elements();
      intervals.add(
          Interval.point(
              KeyWriter.encode(elements.isEmpty() ? Value.UNDEFINED : elements.getFirst())));
    } else if (operand.isArray()) {
      return all();
    }
    return sorted(intervals);
  }

  private static List<Interval> nulls() {
    return new ArrayList<>(
        List.of(
            Interval.point(KeyWriter.encode(Value.UNDEFINED)),
            Interval.point(KeyWriter.encode(Value.NULL))));
  }

  private static @Nullable Bounds in(Filter.In in) {
    List<Interval> intervals = new ArrayList<>(in.keys().size() + 1);
    for (byte[] key : in.keys()) {
      if ((key[0] & 0xFF) == KeyWriter.ARRAY) {
        return null;
      }
      if ((key[0] & 0xFF) == KeyWriter.NULL) {
        intervals.addAll(nulls());
      } else {
        intervals.add(Interval.point(key));
      }
    }
    for (Filter.Regex pattern : in.patterns()) {
      if (!addPattern(pattern, intervals)) {
        return null;
      }
    }
    return sorted(intervals);
  }

  private static boolean addPattern(Filter.Regex regex, List<Interval> intervals) {
    String prefix = regex.prefix();
    if (prefix == null) {
      return false;
    }
    byte[] key = KeyWriter.encode(Value.of(prefix));
    byte[] low = Arrays.copyOf(key, key.length - 2); // without the end of text
    intervals.add(Interval.range(low, KeyWriter.after(low)));
    if (regex.source().type() == Bson.REGEX) {
      intervals.add(Interval.point(KeyWriter.encode(regex.source())));
    }
    return true;
  }

  /** In order, with what overlaps taken together. */
  private static Bounds sorted(List<Interval> intervals) {
    intervals.sort(Comparator.comparing(Interval::low, Arrays::compareUnsigned));
    List<Interval> apart = new ArrayList<>(intervals.size());
    for (Interval interval : intervals) {
      Interval last = apart.isEmpty() ? null : apart.getLast();
      if (last != null && Arrays.compareUnsigned(interval.low(), last.high()) < 0) {
        byte[] high =
            Arrays.compareUnsigned(last.high(), interval.high()) >= 0
                ? last.high()
                : interval.high();
        boolean same =
            last.point() && interval.point() && Arrays.equals(last.low(), interval.low());
        apart.set(apart.size() - 1, new Interval(last.low(), high, same));
      } else {
        apart.add(interval);
      }
    }
    return new Bounds(List.copyOf(apart));
  }

  Bounds intersect(Bounds other) {
    List<Interval> result = new ArrayList<>();
    int i = 0;
    int j = 0;
    while (i < intervals.size() && j < other.intervals.size()) {
      Interval a = intervals.get(i);
      Interval b = other.intervals.get(j);
      byte[] low = Arrays.compareUnsigned(a.low(), b.low()) >= 0 ? a.low() : b.low();
      boolean aFirst = Arrays.compareUnsigned(a.high(), b.high()) <= 0;
      byte[] high = aFirst ? a.high() : b.high();
      if (Arrays.compareUnsigned(low, high) < 0) {
        result.add(new Interval(low, high, a.point() || b.point()));
      }
      if (aFirst) {
        i++;
      } else {
        j++;
      }
    }
    return new Bounds(List.copyOf(result));
  }

  Bounds complement() {
    List<Interval> result = new ArrayList<>(intervals.size());
    for (Interval interval : intervals.reversed()) {
      result.add(interval.complement());
    }
    return new Bounds(List.copyOf(result));
  }
}
