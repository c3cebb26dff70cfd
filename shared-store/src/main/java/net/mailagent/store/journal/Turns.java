package net.mailagent.store.journal;

import java.time.Duration;
import net.mailagent.store.mongo.Documents;
import net.mailagent.store.mongo.DuplicateKey;
import net.mailagent.store.mongo.MongoConnection;
import net.mailagent.store.mongo.Query;
import org.bson.BsonDateTime;
import org.bson.BsonDocument;
import org.bson.BsonString;

/**
 * What the nodes tell each other about work in the background, in the collection {@code upkeep}:
 * whose turn it is, and how far it came. It saves work; no safety depends on it. Any thread.
 */
public final class Turns {
  private final Documents turns;
  private final StoreClock clock;

  public Turns(MongoConnection connection, StoreClock clock) {
    this.turns = connection.documents("upkeep");
    this.clock = clock;
  }

  /** Takes the turn, unless some node took it within that time. */
  public boolean take(String work, Duration every) {
    long now = clock.millis();
    BsonDocument last =
        id(work).append("at", new BsonDocument("$lt", new BsonDateTime(now - every.toMillis())));
    try {
      turns.upsert(last, set("at", now));
      return true;
    } catch (DuplicateKey e) {
      return false; // it is there, and too recent to fit
    }
  }

  /** Up to when that work is done, in milliseconds since 1970; 0 if it never was. */
  public long done(String work) {
    return turns
        .findOne(Query.of(id(work)))
        .map(found -> found.getDateTime("done", new BsonDateTime(0)).getValue())
        .orElse(0L);
  }

  /**
   * Notes that the work begins now. When that is confirmed, what was written before it has reached
   * a majority and can be read.
   */
  public void begin(String work) {
    upsert(id(work), set("began", clock.millis()));
  }

  /** Notes that the work is done up to then. */
  public void done(String work, long until) {
    upsert(id(work), new BsonDocument("$max", field("done", until)));
  }

  private void upsert(BsonDocument id, BsonDocument update) {
    try {
      turns.upsert(id, update);
    } catch (DuplicateKey e) { // made by another node in this moment
      turns.update(id, update);
    }
  }

  private static BsonDocument id(String work) {
    return new BsonDocument("_id", new BsonString(work));
  }

  private static BsonDocument set(String name, long millis) {
    return new BsonDocument("$set", field(name, millis));
  }

  private static BsonDocument field(String name, long millis) {
    return new BsonDocument(name, new BsonDateTime(millis));
  }
}
