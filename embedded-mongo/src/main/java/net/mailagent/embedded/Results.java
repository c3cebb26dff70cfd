package net.mailagent.embedded;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.PriorityQueue;
import org.jspecify.annotations.Nullable;

/**
 * The documents of one query in the order asked for, after skip and limit. Streams where an index
 * gives the order; otherwise sorts in memory, bounded, and with a limit keeps no more than that
 * many. One thread at a time.
 */
final class Results implements Source {
  @SuppressWarnings("ArrayRecordComponent") // bytes are shared, never changed, and compared as such
  private record Sorted(byte[] key, long arrival, Doc doc) {
    static int compare(Sorted a, Sorted b) {
      int order = Arrays.compareUnsigned(a.key, b.key);
      return order != 0 ? order : Long.compare(a.arrival, b.arrival);
    }
  }

  private final Scan scan;
  private final @Nullable KeyPattern sort;
  private final long maxSortBytes;
  private final long skip;
  private final long limit;
  private @Nullable Iterator<Sorted> sorted;
  private long skipped;
  private long returned;

  /**
   * @param limit 0 for none
   */
  Results(Plan.Chosen chosen, long skip, long limit, long maxSortBytes, Scan.Counts counts) {
    this.scan = new Scan(chosen, counts);
    this.sort = chosen.needsSort() ? chosen.sort() : null;
    this.skip = skip;
    this.limit = limit;
    this.maxSortBytes = maxSortBytes;
  }

  @Override
  public void attach(Snapshot snapshot) {
    if (sorted == null) {
      scan.attach(snapshot);
    }
  }

  @Override
  public void detach() {
    scan.detach();
  }

  @Override
  public @Nullable Doc next() {
    if (limit > 0 && returned >= limit) {
      return null;
    }
    Doc doc = fetch();
    while (doc != null && skipped < skip) {
      skipped++;
      doc = fetch();
    }
    if (doc != null) {
      returned++;
    }
    return doc;
  }

  private @Nullable Doc fetch() {
    if (sort == null) {
      return scan.next();
    }
    Iterator<Sorted> all = sorted;
    if (all == null) {
      all = sort(new SortKeys(sort));
      sorted = all;
    }
    return all.hasNext() ? all.next().doc() : null;
  }

  private Iterator<Sorted> sort(SortKeys keys) {
    long wanted = limit > 0 ? limit + skip : Long.MAX_VALUE;
    PriorityQueue<Sorted> worstFirst = new PriorityQueue<>((a, b) -> Sorted.compare(b, a));
    List<Sorted> all = new ArrayList<>();
    long bytes = 0;
    long arrival = 0;
    for (Doc doc = scan.next(); doc != null; doc = scan.next()) {
      Sorted entry = new Sorted(keys.of(doc), arrival++, doc);
      bytes += doc.size() + entry.key().length;
      if (wanted == Long.MAX_VALUE) {
        all.add(entry);
      } else {
        worstFirst.add(entry);
        if (worstFirst.size() > wanted) {
          Sorted worst = worstFirst.remove();
          bytes -= worst.doc().size() + worst.key().length;
        }
      }
      if (bytes > maxSortBytes) {
        throw new MongoError(
            ErrorKind.EXCEEDED_SORT_MEMORY,
            "Executor error during find command :: caused by :: Sort exceeded memory limit of "
                + maxSortBytes
                + " bytes; there is no index for this order");
      }
    }
    all.addAll(worstFirst);
    all.sort(Sorted::compare);
    return all.iterator();
  }
}
