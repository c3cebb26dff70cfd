package net.mailagent.store.sweep;

import java.time.Duration;

/**
 * When things are swept. The same on all nodes, or one node deletes what another still promises.
 *
 * @param expungedRetention how long an expunged message is kept; it can be restored until a day
 *     before; default 14 days, at least 2
 * @param every how often everything is swept, by one of the nodes; default 6 h
 * @param batch contents, blobs or files deleted in one go; default 500
 */
public record SweepSettings(Duration expungedRetention, Duration every, int batch) {
  public static final SweepSettings DEFAULT =
      new SweepSettings(Duration.ofDays(14), Duration.ofHours(6), 500);

  public SweepSettings {
    if (expungedRetention.compareTo(Duration.ofDays(2)) < 0) {
      throw new IllegalArgumentException(
          "expunged messages are kept for at least two days, not " + expungedRetention);
    }
  }

  /** How long after it was expunged a message can be restored. */
  public Duration restorable() {
    return expungedRetention.minusDays(1);
  }
}
