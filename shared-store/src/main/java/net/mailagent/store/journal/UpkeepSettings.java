package net.mailagent.store.journal;

import java.time.Duration;

/**
 * When checkpoints are written and old entries trimmed.
 *
 * @param entries after so many since the last checkpoint one is written; each node adds up to a
 *     half of it by chance, so that nodes seldom meet; default 256
 * @param bytes or after so many octets of entries; default 512 KiB
 * @param quietAfter a user without commits for so long has fallen quiet; default 1 min
 * @param quietEntries a quiet user with at least so many entries gets a checkpoint; default 32
 * @param writers how many checkpoints are written at a time; default 2
 * @param pending how many users may wait for one; others are found again later; default 10,000
 * @param retention how long entries are kept; default 30 days, at least 1 day
 * @param announced how long it is announced before which entries go, so that whoever works on a
 *     state without them is done; default 2 h, twice as long as a state may be old
 * @param trimEvery how often all users are looked at, by one of the nodes; default 6 h
 * @param clockEvery how often this node's clock is compared with the store's; default 5 min
 */
public record UpkeepSettings(
    int entries,
    long bytes,
    Duration quietAfter,
    int quietEntries,
    int writers,
    int pending,
    Duration retention,
    Duration announced,
    Duration trimEvery,
    Duration clockEvery) {
  public static final UpkeepSettings DEFAULT =
      new UpkeepSettings(
          256,
          512 << 10,
          Duration.ofMinutes(1),
          32,
          2,
          10_000,
          Duration.ofDays(30),
          Duration.ofHours(2),
          Duration.ofHours(6),
          Duration.ofMinutes(5));

  public UpkeepSettings {
    if (retention.compareTo(Duration.ofDays(1)) < 0) {
      throw new IllegalArgumentException("entries are kept for at least a day, not " + retention);
    }
  }

  public UpkeepSettings withAnnounced(Duration other) {
    return new UpkeepSettings(
        entries,
        bytes,
        quietAfter,
        quietEntries,
        writers,
        pending,
        retention,
        other,
        trimEvery,
        clockEvery);
  }
}
