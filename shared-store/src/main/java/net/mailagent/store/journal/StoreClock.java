package net.mailagent.store.journal;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import net.mailagent.store.mongo.MongoConnection;
import org.bson.BsonDocument;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * This node's clock corrected by the store's (journal.md 12): entries and contents carry times by
 * it, trimming and sweeping go by it. Measured at start, from time to time, before each trimming
 * and sweeping, and whenever the machine's two clocks disagree, since then one was set or the
 * machine slept. Any thread.
 */
public final class StoreClock implements InstantSource {
  /** A clock that is off by more, after it was corrected, is not to be trusted. */
  private static final Duration TOLERANCE = Duration.ofMinutes(1);

  /** By how much the wall clock and the monotonic one may drift apart between measurements. */
  private static final long DRIFT_MILLIS = 5_000;

  /** How often it is asked when answers take too long to tell anything. */
  private static final int TRIES = 3;

  private static final Logger LOG = LoggerFactory.getLogger(StoreClock.class);

  /** A measurement: the store's time less this machine's, and when it was made by both clocks. */
  private record Measured(long offsetMillis, Moment at) {}

  private final MongoConnection connection;
  private final Ticks ticks;
  private volatile Measured measured;

  public StoreClock(MongoConnection connection) {
    this(connection, Ticks.SYSTEM);
  }

  StoreClock(MongoConnection connection, Ticks ticks) {
    this.connection = connection;
    this.ticks = ticks;
    this.measured = new Measured(0, ticks.now());
  }

  /** The clocks of this node, as they are. */
  Ticks ticks() {
    return ticks;
  }

  @Override
  public Instant instant() {
    return Instant.ofEpochMilli(millis());
  }

  /**
   * Milliseconds since 1970 by the store.
   *
   * @throws net.mailagent.model.StoreUnavailable when this machine's clock was set and the store
   *     cannot be asked
   */
  @Override
  public long millis() {
    Measured last = measured;
    if (last.at().drift() > DRIFT_MILLIS) {
      measure();
      last = measured;
    }
    return ticks.wallMillis() + last.offsetMillis();
  }

  /**
   * Asks the store for its time and corrects by it. An answer that was so long on its way that half
   * of that is past the tolerance, as on a machine that was stopped meanwhile, tells nothing: it is
   * asked again, and in the end this clock stays as it was.
   *
   * @return how far this clock was off, as far as can be told: half the round trip counts as off
   */
  public Duration measure() {
    for (int tries = 1; ; tries++) {
      Moment sent = ticks.now();
      BsonDocument hello = connection.hello();
      Moment came = ticks.now();
      long halfTrip = Duration.ofNanos(came.nanos() - sent.nanos()).toMillis() / 2;
      long offset = hello.getDateTime("localTime").getValue() - (sent.wallMillis() + halfTrip);
      Duration off = Duration.ofMillis(Math.abs(offset - measured.offsetMillis()) + halfTrip);
      boolean tells = !isOff(Duration.ofMillis(halfTrip));
      if (tells) {
        measured = new Measured(offset, came);
      }
      if (tells || tries == TRIES) {
        return off;
      }
    }
  }

  /**
   * Whether this clock may be trusted now to delete by: a first measurement corrects it, a second
   * shows whether it stays correct.
   */
  public boolean isTrusted() {
    measure();
    Duration off = measure();
    boolean trusted = !isOff(off);
    if (!trusted) {
      LOG.warn("this clock is {} off after correction", off);
    }
    return trusted;
  }

  static boolean isOff(Duration by) {
    return by.compareTo(TOLERANCE) > 0;
  }
}
