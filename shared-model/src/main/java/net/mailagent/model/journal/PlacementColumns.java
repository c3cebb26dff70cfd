package net.mailagent.model.journal;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import net.mailagent.model.ContentId;
import net.mailagent.model.Flags;

/**
 * Placements as compact bytes, column by column: in checkpoints the rows of a segment, in entries
 * the rows that were added. About 20 bytes per message. Pure.
 *
 * <p>Version 1: the version; the number of rows; uids as distances; content ids; the distinct sets
 * of flags as lists of names, and for each row which one (nothing if there is only one); modseqs,
 * internal dates, save dates and sizes, each column as 0 and one value if it is the same in all
 * rows, else as 1 and differences.
 */
public final class PlacementColumns {
  private static final int VERSION = 1;
  private static final int SAME = 0;
  private static final int DIFFERENCES = 1;

  private PlacementColumns() {}

  /** The rows of a segment; its number and seq are not among the bytes. */
  public static byte[] encode(PlacementSegment segment) {
    return encode(
        segment.uids,
        segment.contents,
        segment.dictionary,
        segment.flags,
        new long[][] {segment.modSeqs, segment.internalDates, segment.saveDates, segment.sizes});
  }

  /** Rows in any number, uids ascending. */
  public static byte[] encode(List<Placement> rows) {
    int n = rows.size();
    int[] uids = new int[n];
    byte[] contents = new byte[n * ContentId.BYTES];
    short[] flags = new short[n];
    long[][] columns = new long[4][n];
    Map<Flags, Short> known = new HashMap<>();
    List<Flags> dictionary = new ArrayList<>();
    for (int i = 0; i < n; i++) {
      Placement row = rows.get(i);
      uids[i] = row.uid();
      row.content().write(contents, i * ContentId.BYTES);
      Short index = known.get(row.flags());
      if (index == null) {
        if (dictionary.size() > Short.MAX_VALUE) {
          throw new IllegalArgumentException("more than 32768 distinct sets of flags");
        }
        index = (short) dictionary.size();
        known.put(row.flags(), index);
        dictionary.add(row.flags());
      }
      flags[i] = index;
      columns[0][i] = row.modSeq();
      columns[1][i] = row.internalDate();
      columns[2][i] = row.saveDate();
      columns[3][i] = row.size();
    }
    return encode(uids, contents, dictionary.toArray(Flags[]::new), flags, columns);
  }

  private static byte[] encode(
      int[] uids, byte[] contents, Flags[] dictionary, short[] flags, long[][] columns) {
    Bytes.Writer out = new Bytes.Writer(32 + 24 * uids.length);
    out.unsigned(VERSION);
    out.unsigned(uids.length);
    int before = 0;
    for (int uid : uids) {
      out.unsigned(uid - before);
      before = uid;
    }
    out.bytes(contents);
    out.unsigned(dictionary.length);
    for (Flags set : dictionary) {
      List<String> names = set.names();
      out.unsigned(names.size());
      names.forEach(out::text);
    }
    if (dictionary.length > 1) {
      for (short index : flags) {
        out.unsigned(index);
      }
    }
    for (long[] column : columns) {
      write(out, column);
    }
    return out.toBytes();
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
    PlacementSegment read = read(number, seq, bytes);
    for (int uid : read.uids) {
      if (PlacementSegment.numberOf(uid) != number) {
        throw new IllegalArgumentException("uid " + uid + " is not of segment " + number);
      }
    }
    return read;
  }

  /**
   * The rows.
   *
   * @throws UnknownVersion if a newer program wrote them
   * @throws IllegalArgumentException if they are damaged
   */
  public static List<Placement> decode(byte[] bytes) {
    PlacementSegment all = read(0, 0, bytes); // as a holder of columns; its range does not count
    List<Placement> rows = new ArrayList<>(all.size());
    for (int i = 0; i < all.size(); i++) {
      rows.add(all.row(i));
    }
    return rows;
  }

  private static PlacementSegment read(int number, long seq, byte[] bytes) {
    Bytes.Reader in = new Bytes.Reader(bytes);
    long version = in.unsigned();
    if (version != VERSION) {
      throw new UnknownVersion("a table of placements", version);
    }
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
    PlacementSegment segment =
        new PlacementSegment(
            number,
            seq,
            uids,
            contents,
            dictionary,
            flags,
            column(in, n),
            column(in, n),
            column(in, n),
            column(in, n));
    if (!in.atEnd()) {
      throw new IllegalArgumentException("bytes follow the content");
    }
    return segment;
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
