package net.mailagent.store.sweep;

import com.mongodb.client.model.UpdateOneModel;
import com.mongodb.client.model.WriteModel;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import net.mailagent.store.mongo.Documents;
import net.mailagent.store.mongo.MongoConnection;
import net.mailagent.store.mongo.Query;
import org.bson.BsonArray;
import org.bson.BsonDateTime;
import org.bson.BsonDocument;
import org.bson.BsonInt32;
import org.bson.BsonValue;

/**
 * Deletes GridFS files that no blob names: uploads that died, and files of blobs that were swept or
 * got another file. An upload gives up long before its file becomes a candidate. The document of a
 * file goes last, so that no chunk is left that nobody finds. One thread.
 */
final class FileSweep {
  /** Octets of chunks that one call deletes, or somewhat more. */
  private static final long AT_ONCE = 64 << 20;

  private final Documents blobs;
  private final Documents files;
  private final Documents chunks;
  private final InstantSource clock;
  private final Duration grace;
  private final int batch;
  private final SweepCounts counts;

  FileSweep(
      MongoConnection connection,
      InstantSource clock,
      Duration grace,
      int batch,
      SweepCounts counts) {
    this.blobs = connection.documents("blobs");
    this.files = connection.documents("attachments.files");
    this.chunks = connection.documents("attachments.chunks");
    this.clock = clock;
    this.grace = grace;
    this.batch = batch;
    this.counts = counts;
  }

  /** Looks at all candidates. */
  void sweep() {
    long due = clock.millis();
    List<BsonDocument> candidates = BlobSweep.due(files, due, batch);
    while (!candidates.isEmpty()) {
      sweep(candidates);
      candidates = BlobSweep.next(files, due, candidates);
    }
  }

  private void sweep(List<BsonDocument> candidates) {
    BsonArray ids = new BsonArray();
    candidates.forEach(file -> ids.add(file.get("_id")));
    // by file: whether its blob is a candidate itself, or doomed, and may get another at any moment
    Map<BsonValue, Boolean> inDoubt = new HashMap<>();
    BsonDocument fields =
        new BsonDocument("file", new BsonInt32(1))
            .append("checkAfter", new BsonInt32(1))
            .append("doomed", new BsonInt32(1));
    BsonDocument named = new BsonDocument("file", new BsonDocument("$in", ids));
    for (BsonDocument blob : blobs.find(Query.of(named).project(fields), ids.size())) {
      inDoubt.put(blob.get("file"), blob.containsKey("checkAfter") || blob.containsKey("doomed"));
    }
    List<WriteModel<BsonDocument>> writes = new ArrayList<>();
    List<BsonDocument> unnamed = new ArrayList<>();
    for (BsonDocument file : candidates) {
      Boolean doubted = inDoubt.get(file.get("_id"));
      if (doubted == null) {
        unnamed.add(file);
      } else {
        writes.add(new UpdateOneModel<>(asItIs(file), doubted ? later() : unmarked()));
      }
    }
    files.write(writes);
    delete(unnamed);
  }

  /** Deletes files with their chunks, so many octets at a time that a call is not too long. */
  private void delete(List<BsonDocument> unnamed) {
    List<BsonValue> some = new ArrayList<>();
    long octets = 0;
    for (int i = 0; i < unnamed.size(); i++) {
      some.add(unnamed.get(i).get("_id"));
      long length = unnamed.get(i).getNumber("length").longValue();
      octets += length;
      boolean unknown = length == 0; // an upload that did not come to its end
      if (octets >= AT_ONCE || unknown || i == unnamed.size() - 1) {
        chunks.delete(new BsonDocument("files_id", new BsonDocument("$in", new BsonArray(some))));
        counts.files.add(files.delete(Contents.in(some)));
        counts.bytes.add(octets);
        some.clear();
        octets = 0;
      }
    }
  }

  private BsonDocument later() {
    return BlobSweep.set(
        new BsonDocument("checkAfter", new BsonDateTime(clock.millis() + grace.toMillis())));
  }

  private static BsonDocument unmarked() {
    return BlobSweep.unset("checkAfter");
  }

  private static BsonDocument asItIs(BsonDocument file) {
    return new BsonDocument("_id", file.get("_id")).append("checkAfter", file.get("checkAfter"));
  }
}
