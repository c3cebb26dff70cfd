package net.mailagent.model.journal;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import net.mailagent.model.ContentId;
import net.mailagent.model.Flags;
import net.mailagent.model.UidSet;

/**
 * The placements of one mailbox in one fixed range of uids, as columns; immutable. The unit that is
 * copied when a message changes and that a checkpoint writes: a change in a mailbox of any size
 * costs at most {@link #UIDS} rows.
 */
public final class PlacementSegment {
  /** How many uids a segment spans; part of the checkpoint format. */
  public static final int UIDS = 1024;

  private final int number;
  private final long seq;
  final int[] uids;
  final byte[] contents; // ContentId.BYTES each
  final Flags[] dictionary; // the distinct sets of flags
  final short[] flags; // index into the dictionary
  final long[] modSeqs;
  final long[] internalDates;
  final long[] saveDates;
  final long[] sizes;

  /** Columns are taken over, not copied. */
  PlacementSegment(
      int number,
      long seq,
      int[] uids,
      byte[] contents,
      Flags[] dictionary,
      short[] flags,
      long[] modSeqs,
      long[] internalDates,
      long[] saveDates,
      long[] sizes) {
    this.number = number;
    this.seq = seq;
    this.uids = uids;
    this.contents = contents;
    this.dictionary = dictionary;
    this.flags = flags;
    this.modSeqs = modSeqs;
    this.internalDates = internalDates;
    this.saveDates = saveDates;
    this.sizes = sizes;
  }

  static PlacementSegment empty(int number) {
    return of(number, 0, List.of());
  }

  /** A segment of these rows, uids ascending and within the range of that number. */
  public static PlacementSegment of(int number, long seq, List<Placement> rows) {
    int n = rows.size();
    PlacementSegment s =
        new PlacementSegment(
            number,
            seq,
            new int[n],
            new byte[n * ContentId.BYTES],
            new Flags[0],
            new short[n],
            new long[n],
            new long[n],
            new long[n],
            new long[n]);
    Map<Flags, Short> known = new HashMap<>();
    List<Flags> dictionary = new ArrayList<>();
    for (int i = 0; i < n; i++) {
      Placement row = rows.get(i);
      if (numberOf(row.uid()) != number || (i > 0 && row.uid() <= s.uids[i - 1])) {
        throw new IllegalArgumentException("uid " + row.uid() + " is out of order or range");
      }
      s.uids[i] = row.uid();
      row.content().write(s.contents, i * ContentId.BYTES);
      s.flags[i] =
          known.computeIfAbsent(
              row.flags(),
              f -> {
                dictionary.add(f);
                return (short) (dictionary.size() - 1);
              });
      s.modSeqs[i] = row.modSeq();
      s.internalDates[i] = row.internalDate();
      s.saveDates[i] = row.saveDate();
      s.sizes[i] = row.size();
    }
    return s.with(seq, dictionary.toArray(Flags[]::new), s.flags, s.modSeqs);
  }

  /** The number of the segment that a uid belongs to. */
  public static int numberOf(int uid) {
    return (uid - 1) / UIDS;
  }

  /** The same rows with other flags and modseqs. */
  private PlacementSegment with(long newSeq, Flags[] dict, short[] newFlags, long[] newModSeqs) {
    return new PlacementSegment(
        number,
        newSeq,
        uids,
        contents,
        dict,
        newFlags,
        newModSeqs,
        internalDates,
        saveDates,
        sizes);
  }

  public int number() {
    return number;
  }

  /** Seq of the last entry folded into this segment; it is dirty while above the user's mark. */
  public long seq() {
    return seq;
  }

  public int size() {
    return uids.length;
  }

  public int uid(int row) {
    return uids[row];
  }

  public ContentId content(int row) {
    return ContentId.read(contents, row * ContentId.BYTES);
  }

  public Flags flags(int row) {
    return dictionary[flags[row]];
  }

  public long modSeq(int row) {
    return modSeqs[row];
  }

  public long internalDate(int row) {
    return internalDates[row];
  }

  public long saveDate(int row) {
    return saveDates[row];
  }

  /** Size in octets of the message in that row. */
  public long octets(int row) {
    return sizes[row];
  }

  public Placement row(int row) {
    return new Placement(
        uids[row],
        content(row),
        flags(row),
        modSeqs[row],
        internalDates[row],
        saveDates[row],
        sizes[row]);
  }

  /** The row of a uid, or a negative number as {@link Arrays#binarySearch(int[], int)} says. */
  public int rowOf(int uid) {
    return Arrays.binarySearch(uids, uid);
  }

  /** Which rows have flags that fit; each distinct set of flags is asked about once. */
  public boolean[] rowsWhere(Predicate<Flags> fits) {
    boolean[] answers = new boolean[dictionary.length];
    for (int i = 0; i < dictionary.length; i++) {
      answers[i] = fits.test(dictionary[i]);
    }
    boolean[] rows = new boolean[uids.length];
    for (int i = 0; i < rows.length; i++) {
      rows[i] = answers[flags[i]];
    }
    return rows;
  }

  /** This segment with rows appended, all with uids above its own. */
  PlacementSegment plus(long newSeq, List<Placement> added) {
    int n = uids.length;
    PlacementSegment more = of(number, newSeq, added);
    if (n == 0) {
      return more;
    }
    if (more.size() > 0 && more.uids[0] <= uids[n - 1]) {
      throw new IllegalArgumentException("uid " + more.uids[0] + " is not above " + uids[n - 1]);
    }
    List<Flags> dict = new ArrayList<>(Arrays.asList(dictionary));
    short[] theirs = new short[more.dictionary.length];
    for (int i = 0; i < theirs.length; i++) {
      int known = dict.indexOf(more.dictionary[i]);
      theirs[i] = (short) (known >= 0 ? known : dict.size());
      if (known < 0) {
        dict.add(more.dictionary[i]);
      }
    }
    int all = n + more.size();
    short[] allFlags = Arrays.copyOf(flags, all);
    for (int i = n; i < all; i++) {
      allFlags[i] = theirs[more.flags[i - n]];
    }
    return new PlacementSegment(
        number,
        newSeq,
        joined(uids, more.uids),
        joined(contents, more.contents),
        dict.toArray(Flags[]::new),
        allFlags,
        joined(modSeqs, more.modSeqs),
        joined(internalDates, more.internalDates),
        joined(saveDates, more.saveDates),
        joined(sizes, more.sizes));
  }

  private static int[] joined(int[] a, int[] b) {
    int[] all = Arrays.copyOf(a, a.length + b.length);
    System.arraycopy(b, 0, all, a.length, b.length);
    return all;
  }

  private static long[] joined(long[] a, long[] b) {
    long[] all = Arrays.copyOf(a, a.length + b.length);
    System.arraycopy(b, 0, all, a.length, b.length);
    return all;
  }

  private static byte[] joined(byte[] a, byte[] b) {
    byte[] all = Arrays.copyOf(a, a.length + b.length);
    System.arraycopy(b, 0, all, a.length, b.length);
    return all;
  }

  /** This segment without those uids. */
  PlacementSegment minus(long newSeq, UidSet gone) {
    int[] kept = new int[uids.length];
    int n = 0;
    for (int i = 0; i < uids.length; i++) {
      if (!gone.contains(uids[i])) {
        kept[n++] = i;
      }
    }
    PlacementSegment rest =
        new PlacementSegment(
            number,
            newSeq,
            new int[n],
            new byte[n * ContentId.BYTES],
            dictionary,
            new short[n],
            new long[n],
            new long[n],
            new long[n],
            new long[n]);
    for (int to = 0; to < n; to++) {
      int from = kept[to];
      rest.uids[to] = uids[from];
      System.arraycopy(
          contents, from * ContentId.BYTES, rest.contents, to * ContentId.BYTES, ContentId.BYTES);
      rest.flags[to] = flags[from];
      rest.modSeqs[to] = modSeqs[from];
      rest.internalDates[to] = internalDates[from];
      rest.saveDates[to] = saveDates[from];
      rest.sizes[to] = sizes[from];
    }
    return rest.withoutUnused(newSeq, Arrays.asList(dictionary), rest.flags, rest.modSeqs);
  }

  /** This segment with flags changed on those uids, which get the modseq {@code newSeq}. */
  PlacementSegment flagged(
      long newSeq, UidSet changed, java.util.function.UnaryOperator<Flags> operation) {
    short[] newFlags = flags.clone();
    long[] newModSeqs = modSeqs.clone();
    List<Flags> dict = new ArrayList<>(Arrays.asList(dictionary));
    Map<Flags, Short> known = new HashMap<>();
    for (int i = 0; i < dictionary.length; i++) {
      known.put(dictionary[i], (short) i);
    }
    short[] outcome = new short[dictionary.length];
    Arrays.fill(outcome, (short) -1);
    for (int i = 0; i < uids.length; i++) {
      if (changed.contains(uids[i])) {
        short old = flags[i];
        if (outcome[old] < 0) {
          outcome[old] =
              known.computeIfAbsent(
                  operation.apply(dictionary[old]),
                  f -> {
                    dict.add(f);
                    return (short) (dict.size() - 1);
                  });
        }
        newFlags[i] = outcome[old];
        newModSeqs[i] = newSeq;
      }
    }
    return withoutUnused(newSeq, dict, newFlags, newModSeqs);
  }

  /** Drops sets of flags that no row has any more, so that equal rows mean equal segments. */
  private PlacementSegment withoutUnused(
      long newSeq, List<Flags> dict, short[] indexes, long[] newModSeqs) {
    short[] renumbered = new short[dict.size()];
    Arrays.fill(renumbered, (short) -1);
    List<Flags> used = new ArrayList<>();
    for (int i = 0; i < indexes.length; i++) {
      int old = indexes[i];
      if (renumbered[old] < 0) {
        renumbered[old] = (short) used.size();
        used.add(dict.get(old));
      }
      indexes[i] = renumbered[old];
    }
    return with(newSeq, used.toArray(Flags[]::new), indexes, newModSeqs);
  }

  /** Bytes of heap this segment holds, roughly; for caches bounded by bytes. */
  public long heapBytes() {
    return 200L + uids.length * (4L + ContentId.BYTES + 2 + 4 * 8) + 64L * dictionary.length;
  }

  /** Same rows; the seq is not compared. */
  public boolean sameRows(PlacementSegment other) {
    if (this == other) {
      return true;
    }
    if (number != other.number
        || !Arrays.equals(uids, other.uids)
        || !Arrays.equals(contents, other.contents)
        || !Arrays.equals(modSeqs, other.modSeqs)
        || !Arrays.equals(internalDates, other.internalDates)
        || !Arrays.equals(saveDates, other.saveDates)
        || !Arrays.equals(sizes, other.sizes)) {
      return false;
    }
    for (int i = 0; i < uids.length; i++) {
      if (!flags(i).equals(other.flags(i))) {
        return false;
      }
    }
    return true;
  }
}
