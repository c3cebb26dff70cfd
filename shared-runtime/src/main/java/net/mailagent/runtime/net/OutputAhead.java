package net.mailagent.runtime.net;

import java.util.concurrent.Semaphore;

/**
 * What the connections of one listener may have in flight beyond what each may: one amount for each
 * client that reads fast, as long as there is one left. So whole messages leave without a stop, and
 * many clients that do not read cannot add up. Any thread.
 */
final class OutputAhead {
  private final int octets;
  private final Semaphore left;

  /**
   * @param octets for one connection; 0 for nothing
   * @param budget octets for all connections together
   */
  OutputAhead(int octets, long budget) {
    this.octets = octets;
    this.left = new Semaphore(octets == 0 ? 0 : (int) Math.min(Integer.MAX_VALUE, budget / octets));
  }

  /** How much one connection gets. */
  int octets() {
    return octets;
  }

  /** Takes the amount of one connection, if there is one left; see {@link #giveBack}. */
  boolean take() {
    return left.tryAcquire();
  }

  /** What was taken is not in flight any more. */
  void giveBack() {
    left.release();
  }
}
