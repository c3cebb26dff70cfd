package net.mailagent.store.sweep;

import com.mongodb.client.model.DeleteOneModel;
import com.mongodb.client.model.UpdateOneModel;
import com.mongodb.client.model.WriteModel;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import net.mailagent.store.mongo.Documents;
import net.mailagent.store.mongo.MongoConnection;
import net.mailagent.store.mongo.Query;
import org.bson.BsonArray;
import org.bson.BsonBoolean;
import org.bson.BsonDateTime;
import org.bson.BsonDocument;
import org.bson.BsonInt32;
import org.bson.BsonNull;
import org.bson.BsonValue;

/**
 * Deletes blobs that no content refers to (journal.md, Blobs). Only candidates are looked at: those
 * whose {@code checkAfter} is past, a grace after they were last touched or lost a reference. One
 * that is referred to is a candidate no longer; another is doomed on condition that nobody touched
 * it, and deleted after a further grace if it still is and nothing refers to it. Who comes in
 * between finds it doomed and uploads it afresh. Its file is left to {@link FileSweep}, for which
 * it becomes a candidate before, so that none is lost. One thread.
 */
final class BlobSweep {
  private final Documents blobs;
  private final Documents files;
  private final Documents messages;
  private final InstantSource clock;
  private final Duration grace;
  private final int batch;
  private final SweepCounts counts;

  BlobSweep(
      MongoConnection connection,
      InstantSource clock,
      Duration grace,
      int batch,
      SweepCounts counts) {
    this.blobs = connection.documents("blobs");
    this.files = connection.documents("attachments.files");
    this.messages = connection.documents("messages");
    this.clock = clock;
    this.grace = grace;
    this.batch = batch;
    this.counts = counts;
  }

  /** Looks at all candidates. */
  void sweep() {
    long due = clock.millis();
    List<BsonDocument> candidates = due(blobs, due, batch);
    while (!candidates.isEmpty()) {
      sweep(candidates);
      candidates = next(blobs, due, candidates);
    }
  }

  /** The next candidates; a sweep that changes nothing must not go on for ever. */
  static List<BsonDocument> next(Documents collection, long millis, List<BsonDocument> before) {
    List<BsonDocument> next = due(collection, millis, before.size());
    if (!next.isEmpty() && next.equals(before)) {
      throw new IllegalStateException("candidates in " + collection.name() + " do not change");
    }
    return next;
  }

  static List<BsonDocument> due(Documents collection, long millis, int most) {
    BsonDocument past =
        new BsonDocument("checkAfter", new BsonDocument("$lte", new BsonDateTime(millis)));
    return collection.find(
        Query.of(past).sort(new BsonDocument("checkAfter", new BsonInt32(1))), most);
  }

  private void sweep(List<BsonDocument> candidates) {
    Set<BsonValue> referred = referred(candidates);
    List<BsonValue> orphaned = new ArrayList<>();
    List<WriteModel<BsonDocument>> writes = new ArrayList<>();
    List<WriteModel<BsonDocument>> deletions = new ArrayList<>();
    long later = clock.millis() + grace.toMillis();
    for (BsonDocument blob : candidates) {
      if (referred.contains(blob.get("_id"))) {
        // one that is damaged stays doomed until its octets come again
        writes.add(
            new UpdateOneModel<>(
                asItIs(blob),
                blob.containsKey("damaged") ? unset("checkAfter") : unset("checkAfter", "doomed")));
      } else {
        orphaned.add(blob.get("file"));
        if (blob.containsKey("doomed")) {
          deletions.add(new DeleteOneModel<>(asItIs(blob)));
        } else {
          writes.add(
              new UpdateOneModel<>(
                  asItIs(blob),
                  set(
                      new BsonDocument("doomed", new BsonDateTime(clock.millis()))
                          .append("checkAfter", new BsonDateTime(later)))));
          counts.doomed.increment();
        }
      }
    }
    if (!orphaned.isEmpty()) { // before anything else: a file without a blob must be found
      files.updateAll(
          Contents.in(orphaned),
          set(new BsonDocument("checkAfter", new BsonDateTime(clock.millis()))));
    }
    blobs.write(writes);
    blobs.write(deletions);
    counts.blobs.add(deletions.size());
  }

  /** Which of them some content refers to. */
  private Set<BsonValue> referred(List<BsonDocument> candidates) {
    Set<BsonValue> asked = new HashSet<>();
    candidates.forEach(blob -> asked.add(blob.get("_id")));
    Set<BsonValue> referred = new HashSet<>();
    int most = 4 * batch;
    List<BsonDocument> found;
    do { // again without those that fill the answer, until it is complete
      BsonDocument any = new BsonDocument("$in", new BsonArray(List.copyOf(asked)));
      found =
          messages.find(
              Query.of(new BsonDocument("blobs", any))
                  .project(new BsonDocument("blobs", new BsonInt32(1))),
              most);
      for (BsonDocument content : found) {
        referred.addAll(content.getArray("blobs"));
      }
    } while (asked.removeAll(referred) && !asked.isEmpty() && found.size() == most);
    return referred;
  }

  /** Fits a document that nobody has changed, touched, doomed or taken over since it was read. */
  private static BsonDocument asItIs(BsonDocument blob) {
    BsonDocument same = new BsonDocument();
    for (String field : List.of("_id", "file", "touched", "checkAfter", "doomed")) {
      same.append(field, blob.get(field, BsonNull.VALUE));
    }
    return same;
  }

  static BsonDocument set(BsonDocument fields) {
    return new BsonDocument("$set", fields);
  }

  static BsonDocument unset(String... fields) {
    BsonDocument all = new BsonDocument();
    for (String field : fields) {
      all.append(field, BsonBoolean.TRUE);
    }
    return new BsonDocument("$unset", all);
  }
}
