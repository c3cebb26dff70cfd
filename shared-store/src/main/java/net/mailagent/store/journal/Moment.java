package net.mailagent.store.journal;

import java.time.Duration;

/**
 * A moment on this node, against which ages are measured by two clocks: the monotonic one, which
 * nobody sets, and the wall clock, which goes on while the machine is suspended. The larger age
 * counts. Any thread.
 */
record Moment(Ticks ticks, long nanos, long wallMillis) {
  /** By how many milliseconds the two clocks have drifted apart since. */
  long drift() {
    long wall = ticks.wallMillis() - wallMillis;
    return Math.abs(wall - (ticks.nanos() - nanos) / 1_000_000);
  }

  boolean olderThan(Duration age) {
    return ticks.nanos() - nanos > age.toNanos()
        || ticks.wallMillis() - wallMillis > age.toMillis();
  }

  boolean notBefore(Moment other) {
    return nanos - other.nanos >= 0;
  }
}
