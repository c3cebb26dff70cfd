package net.mailagent.model.journal;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.UnaryOperator;
import net.mailagent.model.Flags;
import net.mailagent.model.UidSet;
import org.jspecify.annotations.Nullable;

/**
 * All messages of one mailbox at one moment, in segments that later states share; immutable. The
 * position of a message, from 0, is its sequence number less one.
 */
public final class Placements {
  public static final Placements EMPTY = new Placements(new PlacementSegment[0]);

  private final PlacementSegment[] segments; // by number, ascending; empty ones may be among them
  private final int[] before; // messages before segment i; one more entry: all

  private volatile @Nullable UidSet uids; // made when first needed

  private Placements(PlacementSegment[] segments) {
    this.segments = segments;
    this.before = new int[segments.length + 1];
    for (int i = 0; i < segments.length; i++) {
      before[i + 1] = before[i] + segments[i].size();
    }
  }

  /** The placements in these segments, in any order, numbers distinct. */
  public static Placements of(List<PlacementSegment> segments) {
    PlacementSegment[] sorted = segments.toArray(PlacementSegment[]::new);
    Arrays.sort(sorted, (a, b) -> Integer.compare(a.number(), b.number()));
    return sorted.length == 0 ? EMPTY : new Placements(sorted);
  }

  public int size() {
    return before[segments.length];
  }

  public List<PlacementSegment> segments() {
    return List.of(segments);
  }

  /** The position of a uid, from 0, or -1 if it is not here. */
  public int indexOf(int uid) {
    int s = find(PlacementSegment.numberOf(uid));
    if (s < 0) {
      return -1;
    }
    int row = segments[s].rowOf(uid);
    return row < 0 ? -1 : before[s] + row;
  }

  public @Nullable Placement byUid(int uid) {
    int s = find(PlacementSegment.numberOf(uid));
    int row = s < 0 ? -1 : segments[s].rowOf(uid);
    return row < 0 ? null : segments[s].row(row);
  }

  /** The message of that uid as it was when it was expunged, or null when that is not kept. */
  public @Nullable Placement expungedByUid(int uid) {
    int s = find(PlacementSegment.numberOf(uid));
    ExpungedRow gone = s < 0 ? null : segments[s].expunged(uid);
    return gone == null ? null : gone.row();
  }

  /**
   * The message at a position, from 0.
   *
   * @throws IndexOutOfBoundsException past the end
   */
  public Placement at(int index) {
    int s = segmentAt(index);
    return segments[s].row(index - before[s]);
  }

  /** The uid at a position, from 0. */
  public int uidAt(int index) {
    int s = segmentAt(index);
    return segments[s].uid(index - before[s]);
  }

  private int segmentAt(int index) {
    if (index < 0 || index >= size()) {
      throw new IndexOutOfBoundsException(index + " of " + size());
    }
    int s = Arrays.binarySearch(before, index);
    s = s >= 0 ? s : -s - 2;
    while (segments[s].size() == 0 || before[s + 1] <= index) { // step over empty segments
      s++;
    }
    return s;
  }

  /** The largest uid, or 0 when empty. */
  public int maxUid() {
    return size() == 0 ? 0 : uidAt(size() - 1);
  }

  /** All uids; made once and shared by all who ask. */
  public UidSet uids() {
    UidSet known = uids;
    if (known == null) {
      known = gatherUids();
      uids = known;
    }
    return known;
  }

  private UidSet gatherUids() {
    UidSet.Builder builder = new UidSet.Builder();
    for (PlacementSegment segment : segments) {
      for (int i = 0; i < segment.size(); i++) {
        builder.add(segment.uid(i));
      }
    }
    return builder.build();
  }

  /** The rows of those uids that are here, ascending. */
  public List<Placement> rows(UidSet uids) {
    List<Placement> rows = new ArrayList<>();
    for (PlacementSegment segment : segments) {
      if (touches(segment, uids)) {
        for (int i = 0; i < segment.size(); i++) {
          if (uids.contains(segment.uid(i))) {
            rows.add(segment.row(i));
          }
        }
      }
    }
    return rows;
  }

  /** The expunged messages of those uids that are kept, ascending. */
  public List<ExpungedRow> expunged(UidSet uids) {
    List<ExpungedRow> rows = new ArrayList<>();
    for (PlacementSegment segment : segments) {
      if (touchesExpunged(segment, uids)) {
        for (int i = 0; i < segment.expungedSize(); i++) {
          if (uids.contains(segment.expungedUid(i))) {
            rows.add(segment.expungedRow(i));
          }
        }
      }
    }
    return rows;
  }

  private static boolean touchesExpunged(PlacementSegment segment, UidSet uids) {
    int n = segment.expungedSize();
    return n > 0
        && uids.countBelow(segment.expungedUid(n - 1) + 1)
            > uids.countBelow(segment.expungedUid(0));
  }

  private static boolean touches(PlacementSegment segment, UidSet uids) {
    return segment.size() > 0
        && uids.countBelow(segment.uid(segment.size() - 1) + 1) > uids.countBelow(segment.uid(0));
  }

  private int find(int number) {
    int low = 0;
    int high = segments.length - 1;
    while (low <= high) {
      int middle = (low + high) >>> 1;
      int at = segments[middle].number();
      if (at == number) {
        return middle;
      }
      if (at < number) {
        low = middle + 1;
      } else {
        high = middle - 1;
      }
    }
    return -low - 1;
  }

  // What follows is for StateBuilder only. `base` are the placements before the entry: a segment
  // that holds the entry already there is left alone (the seq guard of fold, journal.md 13). Within
  // an entry several changes may touch one segment, so its own seq cannot be asked.

  private boolean holds(long seq, int number) {
    int s = find(number);
    return s >= 0 && segments[s].seq() >= seq;
  }

  Placements plus(long seq, List<Placement> added, Placements base) {
    Map<Integer, List<Placement>> bySegment = new TreeMap<>();
    for (Placement row : added) {
      bySegment
          .computeIfAbsent(PlacementSegment.numberOf(row.uid()), n -> new ArrayList<>())
          .add(row);
    }
    List<PlacementSegment> changed = new ArrayList<>(Arrays.asList(segments));
    for (Map.Entry<Integer, List<Placement>> e : bySegment.entrySet()) {
      if (base.holds(seq, e.getKey())) {
        continue;
      }
      int s = find(e.getKey());
      PlacementSegment segment = s >= 0 ? segments[s] : PlacementSegment.empty(e.getKey());
      PlacementSegment grown = segment.plus(seq, e.getValue());
      if (s >= 0) {
        changed.set(s, grown);
      } else {
        changed.add(grown); // a new segment: sorted in below
      }
    }
    return of(changed);
  }

  Placements minus(long seq, long at, UidSet gone, Placements base) {
    return mapped(seq, gone, base, segment -> segment.minus(seq, at, gone));
  }

  /** Without any trace of those uids, be they here or expunged. */
  Placements without(long seq, UidSet forgotten, Placements base) {
    PlacementSegment[] changed = segments.clone();
    for (int i = 0; i < changed.length; i++) {
      boolean holdsSome = touches(changed[i], forgotten) || touchesExpunged(changed[i], forgotten);
      if (holdsSome && !base.holds(seq, changed[i].number())) {
        changed[i] = changed[i].without(seq, forgotten);
      }
    }
    return new Placements(changed);
  }

  Placements flagged(long seq, UidSet changed, UnaryOperator<Flags> operation, Placements base) {
    return mapped(seq, changed, base, segment -> segment.flagged(seq, changed, operation));
  }

  private Placements mapped(
      long seq, UidSet uids, Placements base, UnaryOperator<PlacementSegment> change) {
    PlacementSegment[] changed = segments.clone();
    for (int i = 0; i < changed.length; i++) {
      if (touches(changed[i], uids) && !base.holds(seq, changed[i].number())) {
        changed[i] = change.apply(changed[i]);
      }
    }
    return new Placements(changed);
  }

  /** Bytes of heap these placements hold, roughly; for caches bounded by bytes. */
  public long heapBytes() {
    long bytes = 64;
    for (PlacementSegment segment : segments) {
      bytes += segment.heapBytes();
    }
    return bytes;
  }

  /** Same messages with the same flags, modseqs and dates, and the same that were expunged. */
  public boolean sameRows(Placements other) {
    List<PlacementSegment> mine = filled();
    List<PlacementSegment> theirs = other.filled();
    if (mine.size() != theirs.size()) {
      return false;
    }
    for (int i = 0; i < mine.size(); i++) {
      if (!mine.get(i).sameRows(theirs.get(i))) {
        return false;
      }
    }
    return true;
  }

  private List<PlacementSegment> filled() {
    return Arrays.stream(segments)
        .filter(segment -> segment.size() + segment.expungedSize() > 0)
        .toList();
  }
}
