package net.mailagent.model.journal;

import java.util.ArrayList;
import java.util.List;
import net.mailagent.model.ContentId;
import net.mailagent.model.Flags;

/**
 * Placements as compact bytes, column by column: in checkpoints the rows of a segment, in entries
 * the rows that were added. About 20 bytes per message. Pure.
 *
 * <p>Version 1: the version; the number of rows; uids as distances; content ids; the distinct sets
 * of flags as lists of names, and for each row which one (nothing if there is only one); modseqs,
 * internal dates, save dates and sizes, each column as 0 and one value if it is the same in all
 * rows, else as 1 and differences. A segment has version 2: all that for its rows, then again for
 * those that were expunged, followed by columns of the times and the seqs of the expunging entries.
 */
public final class PlacementColumns {
  private static final int VERSION = 1;
  private static final int SEGMENT_VERSION = 2;
  private static final int SAME = 0;
  private static final int DIFFERENCES = 1;

  private PlacementColumns() {}

  /** The rows of a segment; its number and seq are not among the bytes. */
  public static byte[] encode(PlacementSegment segment) {
    Bytes.Writer out = new Bytes.Writer(64 + 24 * segment.size() + 28 * segment.expungedSize());
    out.unsigned(SEGMENT_VERSION);
    write(out, segment.rows);
    write(out, segment.expunged.rows);
    write(out, segment.expunged.whens);
    write(out, segment.expunged.seqs);
    return out.toBytes();
  }

  /** Rows in any number, uids ascending. */
  public static byte[] encode(List<Placement> rows) {
    Bytes.Writer out = new Bytes.Writer(32 + 24 * rows.size());
    out.unsigned(VERSION);
    write(out, PlacementRows.of(rows));
    return out.toBytes();
  }

  private static void write(Bytes.Writer out, PlacementRows rows) {
    out.unsigned(rows.size());
    int before = 0;
    for (int uid : rows.uids) {
      out.unsigned(uid - before);
      before = uid;
    }
    out.bytes(rows.contents);
    out.unsigned(rows.dictionary.length);
    for (Flags set : rows.dictionary) {
      List<String> names = set.names();
      out.unsigned(names.size());
      names.forEach(out::text);
    }
    if (rows.dictionary.length > 1) {
      for (short index : rows.flags) {
        out.unsigned(index);
      }
    }
    write(out, rows.modSeqs);
    write(out, rows.internalDates);
    write(out, rows.saveDates);
    write(out, rows.sizes);
  }

  private static void write(Bytes.Writer out, long[] column) {
    boolean same = true;
    for (long value : column) {
      same &= value == column[0];
    }
    if (same) {
      out.unsigned(SAME);
      out.signed(column.length == 0 ? 0 : column[0]);
      return;
    }
    out.unsigned(DIFFERENCES);
    long before = 0;
    for (long value : column) {
      out.signed(value - before);
      before = value;
    }
  }

  /**
   * The segment whose rows those are.
   *
   * @throws UnknownVersion if a newer program wrote them
   * @throws IllegalArgumentException if they are damaged
   */
  public static PlacementSegment decode(int number, long seq, byte[] bytes) {
    Bytes.Reader in = open(bytes, SEGMENT_VERSION);
    PlacementRows rows = rows(in);
    PlacementRows gone = rows(in);
    ExpungedRows expunged =
        new ExpungedRows(gone, column(in, gone.size()), column(in, gone.size()));
    requireEnd(in);
    for (PlacementRows some : List.of(rows, gone)) {
      for (int uid : some.uids) {
        if (PlacementSegment.numberOf(uid) != number) {
          throw new IllegalArgumentException("uid " + uid + " is not of segment " + number);
        }
      }
    }
    return new PlacementSegment(number, seq, rows, expunged);
  }

  /**
   * The rows.
   *
   * @throws UnknownVersion if a newer program wrote them
   * @throws IllegalArgumentException if they are damaged
   */
  public static List<Placement> decode(byte[] bytes) {
    Bytes.Reader in = open(bytes, VERSION);
    PlacementRows read = rows(in);
    requireEnd(in);
    List<Placement> rows = new ArrayList<>(read.size());
    for (int i = 0; i < read.size(); i++) {
      rows.add(read.row(i));
    }
    return rows;
  }

  private static Bytes.Reader open(byte[] bytes, int expected) {
    Bytes.Reader in = new Bytes.Reader(bytes);
    long version = in.unsigned();
    if (version != expected) {
      throw new UnknownVersion("a table of placements", version);
    }
    return in;
  }

  private static void requireEnd(Bytes.Reader in) {
    if (!in.atEnd()) {
      throw new IllegalArgumentException("bytes follow the content");
    }
  }

  private static PlacementRows rows(Bytes.Reader in) {
    int n = in.count(1 + ContentId.BYTES);
    int[] uids = new int[n];
    long before = 0;
    for (int i = 0; i < n; i++) {
      long uid = before + in.unsigned();
      if (uid <= before || uid > Integer.MAX_VALUE) {
        throw new IllegalArgumentException("uids do not ascend");
      }
      uids[i] = (int) uid;
      before = uid;
    }
    byte[] contents = in.bytes(n * ContentId.BYTES);
    Flags[] dictionary = new Flags[in.count(1)];
    for (int i = 0; i < dictionary.length; i++) {
      List<String> names = new ArrayList<>();
      for (int k = in.count(1); k > 0; k--) {
        names.add(in.text());
      }
      dictionary[i] = Flags.of(names);
    }
    short[] flags = new short[n];
    for (int i = 0; i < n; i++) {
      long index = dictionary.length > 1 ? in.unsigned() : 0;
      if (index < 0 || index >= dictionary.length) {
        throw new IllegalArgumentException("no set of flags has number " + index);
      }
      flags[i] = (short) index;
    }
    return new PlacementRows(
        uids,
        contents,
        dictionary,
        flags,
        column(in, n),
        column(in, n),
        column(in, n),
        column(in, n));
  }

  private static long[] column(Bytes.Reader in, int n) {
    long[] column = new long[n];
    boolean same = in.unsigned() == SAME;
    long value = same ? in.signed() : 0;
    for (int i = 0; i < n; i++) {
      value = same ? value : value + in.signed();
      column[i] = value;
    }
    return column;
  }
}
