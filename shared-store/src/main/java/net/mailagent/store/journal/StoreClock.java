package net.mailagent.store.journal;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import net.mailagent.store.mongo.MongoConnection;
import org.bson.BsonDocument;

/**
 * This node's clock corrected by the store's (journal.md 12): entries carry times by it, and
 * trimming goes by it. Measured at start and again before each trimming. Any thread.
 */
public final class StoreClock implements InstantSource {
  private final MongoConnection connection;
  private volatile long offsetMillis;

  public StoreClock(MongoConnection connection) {
    this.connection = connection;
  }

  @Override
  public Instant instant() {
    return Instant.ofEpochMilli(millis());
  }

  /** Milliseconds since 1970 by the store. */
  @Override
  public long millis() {
    return System.currentTimeMillis() + offsetMillis;
  }

  /**
   * Asks the store for its time and corrects by it.
   *
   * @return how far this clock was off, as far as can be told: half the round trip counts as off
   */
  public Duration measure() {
    long sent = System.currentTimeMillis();
    long began = System.nanoTime();
    BsonDocument hello = connection.hello();
    long halfTrip = Duration.ofNanos(System.nanoTime() - began).toMillis() / 2;
    long offset = hello.getDateTime("localTime").getValue() - (sent + halfTrip);
    long off = Math.abs(offset - offsetMillis) + halfTrip;
    offsetMillis = offset;
    return Duration.ofMillis(off);
  }
}
