package net.mailagent.store.check;

import java.time.Duration;

/**
 * How everything is checked in the background.
 *
 * @param every how often, by one of the nodes; default 7 days
 * @param pause how long between two users, blobs or files, so that nobody notices; default 100 ms
 * @param repair whether what can be told for certain is repaired at once; default true
 */
public record ScrubSettings(Duration every, Duration pause, boolean repair) {
  public static final ScrubSettings DEFAULT =
      new ScrubSettings(Duration.ofDays(7), Duration.ofMillis(100), true);
}
