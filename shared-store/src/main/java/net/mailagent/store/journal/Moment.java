package net.mailagent.store.journal;

import java.time.Duration;

/**
 * A moment on this node, against which ages are measured by two clocks: the monotonic one, which
 * nobody sets, and the wall clock, which goes on while the machine is suspended. The larger age
 * counts. Any thread.
 */
record Moment(long nanos, long wallMillis) {
  static Moment now() {
    return new Moment(System.nanoTime(), System.currentTimeMillis());
  }

  /** By how many milliseconds the two clocks have drifted apart since. */
  long drift() {
    long wall = System.currentTimeMillis() - wallMillis;
    return Math.abs(wall - (System.nanoTime() - nanos) / 1_000_000);
  }

  boolean olderThan(Duration age) {
    return System.nanoTime() - nanos > age.toNanos()
        || System.currentTimeMillis() - wallMillis > age.toMillis();
  }

  boolean notBefore(Moment other) {
    return nanos - other.nanos >= 0;
  }
}
