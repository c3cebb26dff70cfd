package net.mailagent.embedded;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** How the documents for a filter are found. Immutable. */
sealed interface Plan {

  /** Keys from {@code from} inclusive to {@code to} exclusive. */
  @SuppressWarnings("ArrayRecordComponent") // bytes are shared, never changed, and compared as such
  record Range(byte[] from, byte[] to) {
    static final Range ALL = new Range(Bounds.FIRST, Bounds.END);
  }

  /** Every document, in the order of {@code _id}. */
  record CollectionScan(boolean reverse) implements Plan {}

  /**
   * Ranges of one index, in its order or against it.
   *
   * @param index its name; {@link #ID} is the tree of the documents itself
   * @param unique whether at most one document can be found
   * @param repeats whether a document may be met twice (a field that leads through an array)
   */
  record IndexScan(
      String index,
      KeyPattern pattern,
      List<Range> ranges,
      boolean reverse,
      boolean unique,
      boolean repeats)
      implements Plan {}

  /** The branches of an {@code $or}, one after the other; what was found before is skipped. */
  record Union(List<IndexScan> branches) implements Plan {}

  /** Branches that are each in the order wanted, merged so that the whole is. */
  record Merge(List<IndexScan> branches) implements Plan {}

  String ID = "_id_";

  /**
   * A plan for one query.
   *
   * @param sorted whether it yields the order asked for, so that nothing needs to be collected
   */
  record Chosen(Plan plan, Filter filter, @Nullable KeyPattern sort, boolean sorted) {
    boolean needsSort() {
      return sort != null && !sorted;
    }
  }
}
