package net.mailagent.model.journal;

import java.util.Arrays;
import java.util.stream.IntStream;
import net.mailagent.model.UidSet;

/** The messages of one segment that were expunged, uids ascending, as columns; immutable. */
final class ExpungedRows {
  static final ExpungedRows EMPTY = new ExpungedRows(PlacementRows.EMPTY, new long[0], new long[0]);

  final PlacementRows rows;
  final long[] whens; // milliseconds since 1970
  final long[] seqs;

  /** Columns are taken over, not copied. */
  ExpungedRows(PlacementRows rows, long[] whens, long[] seqs) {
    this.rows = rows;
    this.whens = whens;
    this.seqs = seqs;
  }

  int size() {
    return rows.size();
  }

  ExpungedRow row(int row) {
    return new ExpungedRow(rows.row(row), whens[row], seqs[row]);
  }

  /** These and those, which an entry expunged. */
  ExpungedRows plus(PlacementRows gone, long when, long seq) {
    int n = rows.size();
    PlacementRows all = rows.then(gone);
    long[] allWhens = Arrays.copyOf(whens, all.size());
    long[] allSeqs = Arrays.copyOf(seqs, all.size());
    Arrays.fill(allWhens, n, all.size(), when);
    Arrays.fill(allSeqs, n, all.size(), seq);
    int[] order =
        IntStream.range(0, all.size())
            .boxed()
            .sorted((a, b) -> Integer.compare(all.uid(a), all.uid(b)))
            .mapToInt(i -> i)
            .toArray();
    return new ExpungedRows(all, allWhens, allSeqs).at(order);
  }

  /** Without those uids. */
  ExpungedRows minus(UidSet forgotten) {
    return at(rows.positions(forgotten, false));
  }

  private ExpungedRows at(int[] positions) {
    return new ExpungedRows(
        rows.at(positions),
        Arrays.stream(positions).mapToLong(i -> whens[i]).toArray(),
        Arrays.stream(positions).mapToLong(i -> seqs[i]).toArray());
  }

  long heapBytes() {
    return size() == 0 ? 0 : rows.heapBytes() + 16L * size();
  }

  boolean sameRows(ExpungedRows other) {
    return this == other
        || (rows.sameRows(other.rows)
            && Arrays.equals(whens, other.whens)
            && Arrays.equals(seqs, other.seqs));
  }
}
