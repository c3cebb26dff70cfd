package net.mailagent.model.journal;

import java.util.List;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;
import net.mailagent.model.ContentId;
import net.mailagent.model.Flags;
import net.mailagent.model.UidSet;
import org.jspecify.annotations.Nullable;

/**
 * The placements of one mailbox in one fixed range of uids, as columns, and those of the range that
 * were expunged and are kept for a while; immutable. The unit that is copied when a message changes
 * and that a checkpoint writes: a change in a mailbox of any size costs at most {@link #UIDS} rows.
 */
public final class PlacementSegment {
  /** How many uids a segment spans; part of the checkpoint format. */
  public static final int UIDS = 1024;

  private final int number;
  private final long seq;
  final PlacementRows rows;
  final ExpungedRows expunged;

  PlacementSegment(int number, long seq, PlacementRows rows, ExpungedRows expunged) {
    this.number = number;
    this.seq = seq;
    this.rows = rows;
    this.expunged = expunged;
  }

  static PlacementSegment empty(int number) {
    return new PlacementSegment(number, 0, PlacementRows.EMPTY, ExpungedRows.EMPTY);
  }

  /** A segment of these rows, uids ascending and within the range of that number. */
  public static PlacementSegment of(int number, long seq, List<Placement> rows) {
    return new PlacementSegment(
        number, seq, inRange(number, PlacementRows.of(rows)), ExpungedRows.EMPTY);
  }

  private static PlacementRows inRange(int number, PlacementRows rows) {
    int n = rows.size();
    if (n > 0 && (numberOf(rows.uid(0)) != number || numberOf(rows.uid(n - 1)) != number)) {
      throw new IllegalArgumentException("a uid is out of the range of segment " + number);
    }
    return rows;
  }

  /** The number of the segment that a uid belongs to. */
  public static int numberOf(int uid) {
    return (uid - 1) / UIDS;
  }

  public int number() {
    return number;
  }

  /** Seq of the last entry folded into this segment; it is dirty while above the user's mark. */
  public long seq() {
    return seq;
  }

  public int size() {
    return rows.size();
  }

  public int uid(int row) {
    return rows.uid(row);
  }

  public ContentId content(int row) {
    return rows.content(row);
  }

  public Flags flags(int row) {
    return rows.flags(row);
  }

  public long modSeq(int row) {
    return rows.modSeq(row);
  }

  public long internalDate(int row) {
    return rows.internalDate(row);
  }

  public long saveDate(int row) {
    return rows.saveDate(row);
  }

  /** Size in octets of the message in that row. */
  public long octets(int row) {
    return rows.octets(row);
  }

  public Placement row(int row) {
    return rows.row(row);
  }

  /** The row of a uid, or a negative number as {@link java.util.Arrays#binarySearch} says. */
  public int rowOf(int uid) {
    return rows.rowOf(uid);
  }

  /** Which rows have flags that fit; each distinct set of flags is asked about once. */
  public boolean[] rowsWhere(Predicate<Flags> fits) {
    return rows.rowsWhere(fits);
  }

  /** How many expunged messages are kept. */
  public int expungedSize() {
    return expunged.size();
  }

  /** An expunged message by its position from 0, uids ascending. */
  public ExpungedRow expungedRow(int row) {
    return expunged.row(row);
  }

  /** The uid of an expunged message by its position from 0. */
  public int expungedUid(int row) {
    return expunged.rows.uid(row);
  }

  /** The expunged message of that uid, if it is kept. */
  @Nullable ExpungedRow expunged(int uid) {
    int row = expunged.rows.rowOf(uid);
    return row < 0 ? null : expunged.row(row);
  }

  /** This segment with rows appended, all with uids above its own. */
  PlacementSegment plus(long newSeq, List<Placement> added) {
    return new PlacementSegment(number, newSeq, inRange(number, rows.plus(added)), expunged);
  }

  /** This segment with those uids expunged by an entry of that time. */
  PlacementSegment minus(long newSeq, long at, UidSet gone) {
    return new PlacementSegment(
        number,
        newSeq,
        rows.at(rows.positions(gone, false)),
        expunged.plus(rows.at(rows.positions(gone, true)), at, newSeq));
  }

  /** This segment without any trace of those uids. */
  PlacementSegment without(long newSeq, UidSet forgotten) {
    return new PlacementSegment(
        number, newSeq, rows.at(rows.positions(forgotten, false)), expunged.minus(forgotten));
  }

  /** This segment with flags changed on those uids, which get the modseq {@code newSeq}. */
  PlacementSegment flagged(long newSeq, UidSet changed, UnaryOperator<Flags> operation) {
    return new PlacementSegment(number, newSeq, rows.flagged(newSeq, changed, operation), expunged);
  }

  /** Bytes of heap this segment holds, roughly; for caches bounded by bytes. */
  public long heapBytes() {
    return 50 + rows.heapBytes() + expunged.heapBytes();
  }

  /** Same rows, and the same that were expunged; the seq is not compared. */
  public boolean sameRows(PlacementSegment other) {
    return this == other
        || (number == other.number
            && rows.sameRows(other.rows)
            && expunged.sameRows(other.expunged));
  }
}
