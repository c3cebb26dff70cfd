package net.mailagent.embedded;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.PriorityQueue;
import java.util.Set;
import java.util.TreeSet;
import org.h2.mvstore.Cursor;
import org.h2.mvstore.RootReference;
import org.jspecify.annotations.Nullable;

/**
 * Yields the documents of a plan that pass the filter. Between batches it holds nothing but the
 * keys where it stands: each {@link #attach} goes on in the newest snapshot, so an open cursor
 * keeps no old pages alive and hinders nobody. One thread at a time.
 */
final class Scan {

  /** What was looked at, for explain. */
  static final class Counts {
    long keys;
    long docs;
  }

  private final Filter filter;
  private final List<Leg> legs = new ArrayList<>();
  private final @Nullable PriorityQueue<Leg> merge;
  private final @Nullable Set<byte[]> seen;
  private final Counts counts;
  private @Nullable Snapshot snapshot;
  private int current;

  Scan(Plan.Chosen chosen, Counts counts) {
    this.filter = chosen.filter();
    this.counts = counts;
    boolean repeats = false;
    PriorityQueue<Leg> queue = null;
    switch (chosen.plan()) {
      case Plan.CollectionScan scan ->
          legs.add(new Leg(Plan.ID, List.of(Plan.Range.ALL), scan.reverse()));
      case Plan.IndexScan scan -> {
        legs.add(new Leg(scan));
        repeats = scan.repeats();
      }
      case Plan.Union union -> {
        union.branches().forEach(branch -> legs.add(new Leg(branch)));
        repeats = true;
      }
      case Plan.Merge merged -> {
        merged.branches().forEach(branch -> legs.add(new Leg(branch)));
        repeats = merged.branches().stream().anyMatch(Plan.IndexScan::repeats);
        KeyPattern sort = chosen.sort();
        if (sort != null) {
          queue = new PriorityQueue<>((a, b) -> Arrays.compareUnsigned(a.order, b.order));
          SortKeys keys = new SortKeys(sort);
          legs.forEach(leg -> leg.sort = keys);
        }
      }
    }
    this.merge = queue;
    this.seen = repeats ? new TreeSet<>(Arrays::compareUnsigned) : null;
  }

  /**
   * @throws MongoError QueryPlanKilled when the collection or an index the plan uses was dropped
   */
  void attach(Snapshot now) {
    if (now.dropped()) {
      throw new MongoError(ErrorKind.QUERY_PLAN_KILLED, "collection dropped");
    }
    boolean first = snapshot == null;
    snapshot = now;
    for (Leg leg : legs) {
      leg.attach(now);
    }
    if (merge != null) {
      merge.clear();
      for (Leg leg : legs) {
        if (first ? leg.fetch(now) : leg.confirm(now)) {
          merge.add(leg);
        }
      }
    }
  }

  void detach() {
    legs.forEach(Leg::detach);
  }

  @Nullable Doc next() {
    Snapshot now = snapshot;
    if (now == null) {
      throw new IllegalStateException("not attached");
    }
    return merge != null ? nextMerged(now, merge) : nextInTurn(now);
  }

  private @Nullable Doc nextInTurn(Snapshot now) {
    while (current < legs.size()) {
      Leg leg = legs.get(current);
      if (leg.fetch(now)) {
        return leg.doc;
      }
      current++;
    }
    return null;
  }

  private static @Nullable Doc nextMerged(Snapshot now, PriorityQueue<Leg> merge) {
    Leg least = merge.poll();
    if (least == null) {
      return null;
    }
    Doc doc = least.doc;
    if (least.fetch(now)) {
      merge.add(least);
    }
    return doc;
  }

  /** One run over some ranges of one tree. */
  private final class Leg {
    private final String index;
    private final List<Plan.Range> ranges;
    private final boolean reverse;
    private int range;
    private byte @Nullable [] last;
    private @Nullable RootReference<byte[], byte[]> tree;
    private @Nullable Cursor<byte[], byte[]> cursor;
    private @Nullable Doc doc;
    private @Nullable SortKeys sort;
    private byte[] order = new byte[0];

    Leg(Plan.IndexScan scan) {
      this(scan.index(), scan.ranges(), scan.reverse());
    }

    Leg(String index, List<Plan.Range> ranges, boolean reverse) {
      this.index = index;
      this.ranges = reverse ? ranges.reversed() : ranges;
      this.reverse = reverse;
    }

    void attach(Snapshot now) {
      if (index.equals(Plan.ID)) {
        tree = now.docs();
        return;
      }
      Snapshot.Index found = now.index(index);
      if (found == null) {
        throw new MongoError(ErrorKind.QUERY_PLAN_KILLED, "index '" + index + "' dropped");
      }
      tree = found.entries();
    }

    void detach() {
      tree = null;
      cursor = null;
    }

    /** Moves to the next document that passes, if there is one. */
    boolean fetch(Snapshot now) {
      while (true) {
        Cursor<byte[], byte[]> at = advance();
        if (at == null) {
          doc = null;
          return false;
        }
        counts.keys++;
        byte[] id;
        Doc found;
        if (index.equals(Plan.ID)) {
          id = at.getKey();
          found = new Doc(at.getValue());
        } else {
          id = Collection.idOf(at.getKey(), at.getValue());
          if (seen != null && seen.contains(id)) {
            continue;
          }
          found = now.find(id);
        }
        if (found == null) {
          continue;
        }
        counts.docs++;
        if (filter.matches(found) && (seen == null || seen.add(id))) {
          doc = found;
          if (sort != null) {
            order = sort.of(found);
          }
          return true;
        }
      }
    }

    /** Whether the document it stands at is still the one, or else there is another. */
    boolean confirm(Snapshot now) {
      Doc before = doc;
      if (before == null) {
        return false;
      }
      Doc found = now.find(Collection.id(before));
      if (found == null || !found.equals(before)) {
        return fetch(now);
      }
      return true;
    }

    private @Nullable Cursor<byte[], byte[]> advance() {
      RootReference<byte[], byte[]> root = tree;
      if (root == null) {
        throw new IllegalStateException("not attached");
      }
      while (range < ranges.size()) {
        Plan.Range now = ranges.get(range);
        Cursor<byte[], byte[]> at = cursor;
        byte[] after = null;
        if (at == null) {
          byte[] start = reverse ? now.to() : now.from();
          after = last == null ? (reverse ? start : null) : last;
          at = new Cursor<>(root, last == null ? start : last, null, reverse);
          cursor = at;
        }
        while (at.hasNext()) {
          byte[] key = at.next();
          if (after != null && Arrays.equals(after, key)) {
            after = null;
            continue;
          }
          boolean outside =
              reverse
                  ? Arrays.compareUnsigned(key, now.from()) < 0
                  : Arrays.compareUnsigned(key, now.to()) >= 0;
          if (outside) {
            break;
          }
          last = key;
          return at;
        }
        range++;
        last = null;
        cursor = null;
      }
      return null;
    }
  }
}
