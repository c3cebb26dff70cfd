package net.mailagent.store.search;

import java.util.BitSet;
import java.util.List;
import java.util.function.Predicate;
import net.mailagent.model.ContentId;
import net.mailagent.model.Flags;
import net.mailagent.model.UidSet;
import net.mailagent.model.journal.PlacementSegment;
import net.mailagent.model.journal.Placements;

/**
 * The rows of a mailbox as a search sees them: numbered from 0, sets of them as bits. One thread.
 */
final class Rows {
  /** Decides a row of a segment. */
  @FunctionalInterface
  interface Test {
    boolean fits(PlacementSegment segment, int row);
  }

  private final List<PlacementSegment> segments;
  private final int[] before; // rows before each segment
  private final int size;

  Rows(Placements placements) {
    this.segments = placements.segments();
    this.before = new int[segments.size()];
    int count = 0;
    for (int i = 0; i < before.length; i++) {
      before[i] = count;
      count += segments.get(i).size();
    }
    this.size = count;
  }

  BitSet all() {
    BitSet all = new BitSet(size);
    all.set(0, size);
    return all;
  }

  /** Those of the candidates that fit. */
  BitSet where(BitSet candidates, Test test) {
    BitSet found = new BitSet(size);
    for (int s = 0; s < before.length; s++) {
      PlacementSegment segment = segments.get(s);
      int end = before[s] + segment.size();
      for (int i = candidates.nextSetBit(before[s]); i >= 0 && i < end; ) {
        if (test.fits(segment, i - before[s])) {
          found.set(i);
        }
        i = candidates.nextSetBit(i + 1);
      }
    }
    return found;
  }

  /** Those of the candidates whose flags fit; each distinct set of flags is asked about once. */
  BitSet whereFlags(BitSet candidates, Predicate<Flags> fits) {
    BitSet found = new BitSet(size);
    for (int s = 0; s < before.length; s++) {
      boolean[] rows = segments.get(s).rowsWhere(fits);
      for (int i = 0; i < rows.length; i++) {
        if (rows[i]) {
          found.set(before[s] + i);
        }
      }
    }
    found.and(candidates);
    return found;
  }

  ContentId content(int row) {
    int s = segmentOf(row);
    return segments.get(s).content(row - before[s]);
  }

  private int segmentOf(int row) {
    int s = java.util.Arrays.binarySearch(before, row);
    if (s < 0) {
      return -s - 2;
    }
    while (segments.get(s).size() == 0) { // an empty segment begins where its follower does
      s++;
    }
    return s;
  }

  UidSet uids(BitSet rows) {
    UidSet.Builder uids = new UidSet.Builder();
    for (int s = 0; s < before.length; s++) {
      PlacementSegment segment = segments.get(s);
      int end = before[s] + segment.size();
      for (int i = rows.nextSetBit(before[s]); i >= 0 && i < end; i = rows.nextSetBit(i + 1)) {
        uids.add(segment.uid(i - before[s]));
      }
    }
    return uids.build();
  }
}
