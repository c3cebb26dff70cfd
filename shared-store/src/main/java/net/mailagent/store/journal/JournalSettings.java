package net.mailagent.store.journal;

import java.time.Duration;

/**
 * The bounds of the journal on one node.
 *
 * @param stateAge how long a state may go without being caught up before it is dropped, and how
 *     long after catching up a commit may still be tried or acknowledged (journal.md 5 and 7);
 *     default 1 h, at most 1 h
 * @param commitTimeout how long a catch-up may take, and how long a commit may wait for its turn
 *     and then take, before it is answered with a temporary failure; default 30 s
 * @param backOff upper bound of the random pause after a lost race, other than the first; after
 *     several it grows to eight times as much; default 4 ms
 * @param maxBackOff upper bound of the random pause before the database is asked again that did not
 *     answer; default 500 ms
 * @param maxGroup how many waiting edits become one entry at most; default 256
 * @param inlineBytes size above which the changes of an entry are written before it as immutable
 *     parts; default 1 MiB
 * @param partBytes size of such a part; default 4 MiB, at most 15 MiB
 * @param batch documents per batch when a tail or checkpoints are read; default 128
 * @param cacheBytes heap that states may hold, roughly; default 256 MiB
 * @param coldLoads how many users are loaded cold at a time; default 16
 * @param bulkUsers how many users' entries go into one bulk insert; default 100
 * @param sinceBytes octets of entries after which a reader of the journal gets what there is,
 *     though it asked for more; default 8 MiB
 */
public record JournalSettings(
    Duration stateAge,
    Duration commitTimeout,
    Duration backOff,
    Duration maxBackOff,
    int maxGroup,
    int inlineBytes,
    int partBytes,
    int batch,
    long cacheBytes,
    int coldLoads,
    int bulkUsers,
    int sinceBytes) {
  /** The longest that {@link #stateAge} may be: what trimming and sweeping rely on. */
  public static final Duration LONGEST_STATE_AGE = Duration.ofHours(1);

  public static final JournalSettings DEFAULT =
      new JournalSettings(
          LONGEST_STATE_AGE,
          Duration.ofSeconds(30),
          Duration.ofMillis(4),
          Duration.ofMillis(500),
          256,
          1 << 20,
          4 << 20,
          128,
          256L << 20,
          16,
          100,
          8 << 20);

  public JournalSettings {
    if (stateAge.compareTo(LONGEST_STATE_AGE) > 0 || stateAge.isNegative()) {
      throw new IllegalArgumentException("a state is used for at most one hour, not " + stateAge);
    }
    if (partBytes > 15 << 20 || inlineBytes > 15 << 20) {
      throw new IllegalArgumentException("a document has at most 16 MiB");
    }
  }
}
