package net.mailagent.store.content;

import java.util.concurrent.Semaphore;

/**
 * What all sources of a node together may hold in memory beyond the one chunk that each needs: fast
 * readers get large reads, and many slow ones cannot add up. Any thread.
 */
final class ReadAhead {
  private final int most;
  private final int chunkSize;
  private final Semaphore chunks;

  /**
   * @param most chunks of one read
   * @param budget octets beyond the first chunk of each, over all reads
   * @param chunkSize octets of a chunk
   */
  ReadAhead(int most, long budget, int chunkSize) {
    this.most = most;
    this.chunkSize = chunkSize;
    this.chunks = new Semaphore((int) Math.min(Integer.MAX_VALUE, budget / chunkSize));
  }

  /** How many chunks a read may have, at least 1 and at most {@code wanted}; see {@link #leave}. */
  int enter(int wanted) {
    int extra = Math.min(wanted, most) - 1;
    while (extra > 0 && !chunks.tryAcquire(extra)) {
      extra /= 2;
    }
    return 1 + Math.max(0, extra);
  }

  /** The chunks of a read that was allowed are not in memory any more. */
  void leave(int allowed) {
    chunks.release(allowed - 1);
  }

  int most() {
    return most;
  }

  int chunkSize() {
    return chunkSize;
  }
}
