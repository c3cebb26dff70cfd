package net.mailagent.store.sweep;

import java.time.Duration;
import java.time.InstantSource;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import net.mailagent.model.ContentId;
import net.mailagent.model.StoreUnavailable;
import net.mailagent.model.UserId;
import net.mailagent.store.mongo.Documents;
import net.mailagent.store.mongo.Ids;
import net.mailagent.store.mongo.MongoConnection;
import net.mailagent.store.mongo.Query;
import org.bson.BsonArray;
import org.bson.BsonDateTime;
import org.bson.BsonDocument;
import org.bson.BsonInt32;
import org.bson.BsonValue;

/**
 * Deletes contents. Their blobs become candidates first, to be looked at when the grace is over: by
 * then the contents are gone for sure, however long this node sleeps between the two calls. One
 * thread.
 */
final class Contents {
  /** Within this the deletion must follow the marking; far less than the grace. */
  private static final Duration PROMPTLY = Duration.ofHours(1);

  /** Names of blobs in one call: a message to the database has at most 48 MB. */
  private static final int NAMES = 50_000;

  private final Documents messages;
  private final Documents blobs;
  private final InstantSource clock;
  private final Duration grace;
  private final int batch;
  private final SweepCounts counts;

  Contents(
      MongoConnection connection,
      InstantSource clock,
      Duration grace,
      int batch,
      SweepCounts counts) {
    this.messages = connection.documents("messages");
    this.blobs = connection.documents("blobs");
    this.clock = clock;
    this.grace = grace;
    this.batch = batch;
    this.counts = counts;
  }

  /** Deletes those contents, so far as they are there. */
  long delete(UserId user, Collection<ContentId> contents) {
    List<BsonValue> ids = contents.stream().<BsonValue>map(Ids::bson).toList();
    long deleted = 0;
    for (int from = 0; from < ids.size(); from += batch) {
      BsonArray some = new BsonArray(ids.subList(from, Math.min(ids.size(), from + batch)));
      deleted += deleteFound(find(of(user).append("_id", new BsonDocument("$in", some))), user);
    }
    return deleted;
  }

  /** Deletes all contents of a user. */
  void deleteAll(UserId user) {
    List<BsonDocument> found = find(of(user));
    while (!found.isEmpty()) {
      deleteFound(found, user);
      found = find(of(user));
    }
  }

  private List<BsonDocument> find(BsonDocument filter) {
    return messages.find(
        Query.of(filter).project(new BsonDocument("blobs", new BsonInt32(1))), batch);
  }

  private long deleteFound(List<BsonDocument> found, UserId user) {
    if (found.isEmpty()) {
      return 0;
    }
    Set<BsonValue> referred = new LinkedHashSet<>();
    BsonArray ids = new BsonArray();
    for (BsonDocument content : found) {
      ids.add(content.get("_id"));
      referred.addAll(content.getArray("blobs", new BsonArray()));
    }
    long began = clock.millis();
    BsonDocument candidate =
        new BsonDocument(
            "$max", new BsonDocument("checkAfter", new BsonDateTime(began + grace.toMillis())));
    List<BsonValue> names = List.copyOf(referred);
    for (int from = 0; from < names.size(); from += NAMES) {
      int to = Math.min(names.size(), from + NAMES);
      blobs.updateAll(in(names.subList(from, to)), candidate);
    }
    if (clock.millis() - began > PROMPTLY.toMillis()) {
      throw new StoreUnavailable("contents were not deleted promptly");
    }
    long deleted = messages.delete(of(user).append("_id", new BsonDocument("$in", ids)));
    counts.contents.add(deleted);
    return deleted;
  }

  private static BsonDocument of(UserId user) {
    return new BsonDocument("user", Ids.bson(user));
  }

  static BsonDocument in(List<? extends BsonValue> ids) {
    return new BsonDocument("_id", new BsonDocument("$in", new BsonArray(ids)));
  }
}
