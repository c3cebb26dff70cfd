package net.mailagent.store.content;

import java.util.concurrent.Semaphore;

/**
 * What all sources of a node together may hold in memory beyond the one chunk that each needs: fast
 * readers get large reads, and many slow ones cannot add up. Any thread.
 */
final class ReadAhead {
  private final int most;
  private final Semaphore chunks;

  /**
   * @param most chunks of one read
   * @param budget chunks beyond the first, over all reads
   */
  ReadAhead(int most, int budget) {
    this.most = most;
    this.chunks = new Semaphore(budget);
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
}
