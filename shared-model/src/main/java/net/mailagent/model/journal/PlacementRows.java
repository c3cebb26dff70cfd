package net.mailagent.model.journal;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import net.mailagent.model.ContentId;
import net.mailagent.model.Flags;
import net.mailagent.model.UidSet;

/**
 * Placements as columns, uids ascending; immutable. What a {@link PlacementRows} holds twice: of
 * messages that are there, and of those that were expunged.
 */
final class PlacementRows {
  static final PlacementRows EMPTY = of(List.of());

  final int[] uids;
  final byte[] contents; // ContentId.BYTES each
  final Flags[] dictionary; // the distinct sets of flags
  final short[] flags; // index into the dictionary
  final long[] modSeqs;
  final long[] internalDates;
  final long[] saveDates;
  final long[] sizes;

  /** Columns are taken over, not copied. */
  PlacementRows(
      int[] uids,
      byte[] contents,
      Flags[] dictionary,
      short[] flags,
      long[] modSeqs,
      long[] internalDates,
      long[] saveDates,
      long[] sizes) {
    this.uids = uids;
    this.contents = contents;
    this.dictionary = dictionary;
    this.flags = flags;
    this.modSeqs = modSeqs;
    this.internalDates = internalDates;
    this.saveDates = saveDates;
    this.sizes = sizes;
  }

  /** These rows, uids ascending. */
  static PlacementRows of(List<Placement> rows) {
    int n = rows.size();
    PlacementRows s =
        new PlacementRows(
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
      if (i > 0 && row.uid() <= s.uids[i - 1]) {
        throw new IllegalArgumentException("uid " + row.uid() + " is out of order");
      }
      s.uids[i] = row.uid();
      row.content().write(s.contents, i * ContentId.BYTES);
      s.flags[i] =
          known.computeIfAbsent(
              row.flags(),
              f -> {
                if (dictionary.size() > Short.MAX_VALUE) {
                  throw new IllegalArgumentException("more than 32768 distinct sets of flags");
                }
                dictionary.add(f);
                return (short) (dictionary.size() - 1);
              });
      s.modSeqs[i] = row.modSeq();
      s.internalDates[i] = row.internalDate();
      s.saveDates[i] = row.saveDate();
      s.sizes[i] = row.size();
    }
    return s.with(dictionary.toArray(Flags[]::new), s.flags, s.modSeqs);
  }

  /** The same rows with other flags and modseqs. */
  private PlacementRows with(Flags[] dict, short[] newFlags, long[] newModSeqs) {
    return new PlacementRows(
        uids, contents, dict, newFlags, newModSeqs, internalDates, saveDates, sizes);
  }

  int size() {
    return uids.length;
  }

  int uid(int row) {
    return uids[row];
  }

  ContentId content(int row) {
    return ContentId.read(contents, row * ContentId.BYTES);
  }

  Flags flags(int row) {
    return dictionary[flags[row]];
  }

  long modSeq(int row) {
    return modSeqs[row];
  }

  long internalDate(int row) {
    return internalDates[row];
  }

  long saveDate(int row) {
    return saveDates[row];
  }

  /** Size in octets of the message in that row. */
  long octets(int row) {
    return sizes[row];
  }

  Placement row(int row) {
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
  int rowOf(int uid) {
    return Arrays.binarySearch(uids, uid);
  }

  /** Which rows have flags that fit; each distinct set of flags is asked about once. */
  boolean[] rowsWhere(Predicate<Flags> fits) {
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

  /** These with rows appended, all with uids above. */
  PlacementRows plus(List<Placement> added) {
    PlacementRows more = of(added);
    int n = uids.length;
    if (n == 0) {
      return more;
    }
    if (more.size() > 0 && more.uids[0] <= uids[n - 1]) {
      throw new IllegalArgumentException("uid " + more.uids[0] + " is not above " + uids[n - 1]);
    }
    return then(more);
  }

  /** These rows and then those, whatever their uids. */
  PlacementRows then(PlacementRows more) {
    int n = uids.length;
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
    return new PlacementRows(
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

  /** Positions of the rows whose uids are in that set, or are not. */
  int[] positions(UidSet of, boolean within) {
    return IntStream.range(0, uids.length).filter(i -> of.contains(uids[i]) == within).toArray();
  }

  /** The rows at those positions, in that order. */
  PlacementRows at(int[] positions) {
    int n = positions.length;
    PlacementRows some =
        new PlacementRows(
            new int[n],
            new byte[n * ContentId.BYTES],
            dictionary,
            new short[n],
            new long[n],
            new long[n],
            new long[n],
            new long[n]);
    for (int to = 0; to < n; to++) {
      int from = positions[to];
      some.uids[to] = uids[from];
      System.arraycopy(
          contents, from * ContentId.BYTES, some.contents, to * ContentId.BYTES, ContentId.BYTES);
      some.flags[to] = flags[from];
      some.modSeqs[to] = modSeqs[from];
      some.internalDates[to] = internalDates[from];
      some.saveDates[to] = saveDates[from];
      some.sizes[to] = sizes[from];
    }
    return some.withoutUnused(Arrays.asList(dictionary), some.flags, some.modSeqs);
  }

  /** These with flags changed on those uids, which get the modseq {@code newSeq}. */
  PlacementRows flagged(long newSeq, UidSet changed, UnaryOperator<Flags> operation) {
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
    return withoutUnused(dict, newFlags, newModSeqs);
  }

  /** Drops sets of flags that no row has any more, so that equal rows mean equal columns. */
  private PlacementRows withoutUnused(List<Flags> dict, short[] indexes, long[] newModSeqs) {
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
    return with(used.toArray(Flags[]::new), indexes, newModSeqs);
  }

  /** Bytes of heap, roughly. */
  long heapBytes() {
    return 150L + uids.length * (4L + ContentId.BYTES + 2 + 4 * 8) + 64L * dictionary.length;
  }

  public boolean sameRows(PlacementRows other) {
    if (this == other) {
      return true;
    }
    if (!Arrays.equals(uids, other.uids)
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
