package net.mailagent.store.redis;

import java.time.Duration;

/**
 * How wake-ups travel.
 *
 * @param url redis:// or rediss://
 * @param channelPrefix what channel names begin with; nodes that share a database share it; default
 *     "mail-agent:wake:"
 * @param timeout for connecting and for an answer, after which the connection counts as broken;
 *     default 2 s
 * @param ping how often a silent connection is tried; default 5 s
 * @param maxReconnect upper bound of the random pause before connecting again; the first is at most
 *     a sixteenth of it; default 2 s
 * @param queued how many wake-ups may wait for a slow Redis; more are dropped; default 10,000
 * @param channels (un)subscribed in one command; default 500
 */
public record RedisSettings(
    String url,
    String channelPrefix,
    Duration timeout,
    Duration ping,
    Duration maxReconnect,
    int queued,
    int channels) {
  /** The defaults for that URL. */
  public static RedisSettings of(String url) {
    return new RedisSettings(
        url,
        "mail-agent:wake:",
        Duration.ofSeconds(2),
        Duration.ofSeconds(5),
        Duration.ofSeconds(2),
        10_000,
        500);
  }
}
