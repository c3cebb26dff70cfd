package net.mailagent.store.check;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.Collection;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import net.mailagent.model.StoreUnavailable;
import net.mailagent.store.mongo.Cursor;
import net.mailagent.store.mongo.Documents;
import net.mailagent.store.mongo.MongoConnection;
import net.mailagent.store.mongo.Query;
import org.bson.BsonArray;
import org.bson.BsonBinary;
import org.bson.BsonDateTime;
import org.bson.BsonDocument;
import org.bson.BsonInt32;
import org.bson.BsonInt64;
import org.bson.BsonNull;
import org.bson.BsonObjectId;
import org.bson.BsonValue;
import org.bson.types.ObjectId;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Checks blobs and files: the octets of each blob have the hash that is its name, they are read as
 * a stream; what nobody refers to is a candidate of the sweeper. A damaged blob is doomed, so that
 * the next message with the same octets brings them anew; until then it is read as it is. One
 * thread.
 */
final class BlobCheck {
  private static final Logger LOG = LoggerFactory.getLogger(BlobCheck.class);
  private static final int PAGE = 100;
  private static final int CHUNKS = 16;

  /** So many failures of the store in a row end a pass. */
  private static final int MOST_FAILURES = 10;

  private static final BsonValue FIRST = new BsonObjectId(new ObjectId(new byte[12]));

  private final Documents blobs;
  private final Documents files;
  private final Documents chunks;
  private final Documents messages;
  private final InstantSource clock;
  private final Duration grace;
  private final boolean repair;
  private final Consumer<Finding> findings;
  private final BooleanSupplier goesOn;
  private int failed;
  private int failedInARow;

  /**
   * @param goesOn asked before each blob or file, and may take its time; false to stop
   */
  BlobCheck(
      MongoConnection connection,
      InstantSource clock,
      Duration grace,
      boolean repair,
      Consumer<Finding> findings,
      BooleanSupplier goesOn) {
    this.blobs = connection.documents("blobs");
    this.files = connection.documents("attachments.files");
    this.chunks = connection.documents("attachments.chunks");
    this.messages = connection.documents("messages");
    this.clock = clock;
    this.grace = grace;
    this.repair = repair;
    this.findings = findings;
    this.goesOn = goesOn;
  }

  static String name(BsonValue blob) {
    return HexFormat.of().formatHex(blob.asBinary().getData());
  }

  /**
   * Checks all blobs, files and chunks.
   *
   * @return how many could not be checked, as the store did not answer
   * @throws StoreUnavailable when it answers no more
   */
  int checkAll() {
    each(
        blobs,
        new BsonBinary(new byte[0]),
        blob -> {
          check(blob);
          requireCandidate(blob);
        });
    each(files, FIRST, this::checkFile);
    checkChunks();
    return failed;
  }

  private void each(Documents in, BsonValue first, Consumer<BsonDocument> look) {
    List<BsonDocument> page = after(in, first);
    while (!page.isEmpty()) {
      for (BsonDocument document : page) {
        if (!goesOn.getAsBoolean()) {
          return;
        }
        guarded(in, document, look);
      }
      page = after(in, id(page.getLast()));
    }
  }

  /** One that cannot be looked at keeps nobody from looking at the others. */
  private void guarded(Documents in, BsonDocument document, Consumer<BsonDocument> look) {
    try {
      look.accept(document);
      failedInARow = 0;
    } catch (StoreUnavailable e) {
      failed++;
      if (++failedInARow == MOST_FAILURES) {
        throw e;
      }
      LOG.warn("{} of {} could not be checked: {}", id(document), in.name(), e.toString());
    } catch (RuntimeException e) {
      find(
          Finding.Kind.BLOB,
          id(document) + " of " + in.name() + " cannot be read: " + e,
          repair ? Finding.Repair.IMPOSSIBLE : Finding.Repair.NONE);
    }
  }

  /** Checks those blobs. */
  void check(Collection<BsonValue> names) {
    for (BsonValue name : names) {
      if (!goesOn.getAsBoolean()) {
        return;
      }
      blobs.findOne(Query.of(new BsonDocument("_id", name))).ifPresent(this::check);
    }
  }

  private static List<BsonDocument> after(Documents collection, BsonValue id) {
    BsonDocument behind = new BsonDocument("_id", new BsonDocument("$gt", id));
    return collection.find(Query.of(behind).sort(new BsonDocument("_id", new BsonInt32(1))), PAGE);
  }

  private static BsonValue id(BsonDocument document) {
    return document.get("_id", BsonNull.VALUE);
  }

  private void check(BsonDocument blob) {
    String damage = damage(blob);
    if (damage == null) {
      return;
    }
    BsonDocument same = new BsonDocument("_id", id(blob)).append("file", blob.get("file"));
    boolean stillThere =
        blobs
            .findOne(Query.of(same))
            .filter(now -> now.containsKey("doomed") == blob.containsKey("doomed"))
            .isPresent();
    if (!stillThere) {
      return; // swept meanwhile, or it has another file
    }
    if (repair && !blob.containsKey("damaged")) {
      BsonDateTime now = new BsonDateTime(clock.millis());
      BsonDateTime then = new BsonDateTime(now.getValue() + grace.toMillis());
      // before the blob can get another file: then nothing names this one any more
      files.update(
          new BsonDocument("_id", blob.get("file")),
          new BsonDocument("$set", new BsonDocument("checkAfter", then)));
      blobs.update(
          same,
          new BsonDocument("$set", new BsonDocument("doomed", now).append("damaged", now))
              .append("$unset", new BsonDocument("checkAfter", new BsonInt32(1))));
    }
    find(
        Finding.Kind.BLOB,
        "blob " + name(id(blob)) + " " + damage,
        repair ? Finding.Repair.WAITING : Finding.Repair.NONE);
  }

  /** What is wrong with its octets, or null. */
  private @Nullable String damage(BsonDocument blob) {
    MessageDigest hash = sha256();
    long length = 0;
    int expected = 0;
    Query query =
        Query.of(new BsonDocument("files_id", blob.get("file")))
            .sort(new BsonDocument("n", new BsonInt32(1)));
    try (Cursor cursor = chunks.stream(query, CHUNKS)) {
      while (cursor.hasNext()) {
        BsonDocument chunk = cursor.next();
        if (!new BsonInt32(expected++).equals(chunk.get("n")) || !chunk.isBinary("data")) {
          return "lacks chunk " + (expected - 1);
        }
        byte[] octets = chunk.getBinary("data").getData();
        hash.update(octets);
        length += octets.length;
      }
    }
    BsonValue right = blob.get("length");
    if (!new BsonInt64(length).equals(right)) {
      return "has " + length + " octets instead of " + right;
    }
    return Arrays.equals(hash.digest(), id(blob).asBinary().getData())
        ? null
        : "has octets of another hash";
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }

  /** A blob without references must be a candidate, or it is never swept. */
  private void requireCandidate(BsonDocument blob) {
    if (blob.containsKey("checkAfter")) {
      return;
    }
    Query reference =
        Query.of(new BsonDocument("blobs", id(blob)))
            .project(new BsonDocument("_id", new BsonInt32(1)));
    if (messages.findOne(reference).isEmpty()) {
      mark(blobs, id(blob), "blob " + name(id(blob)) + " that nothing refers to");
    }
  }

  private void checkFile(BsonDocument file) {
    if (!file.containsKey("checkAfter")
        && blobs.findOne(Query.of(new BsonDocument("file", id(file)))).isEmpty()) {
      mark(files, id(file), "file " + id(file).asObjectId().getValue() + " that no blob names");
    }
  }

  /** Makes a candidate of what still is none. */
  private void mark(Documents in, BsonValue id, String what) {
    BsonDocument unmarked = new BsonDocument("_id", id).append("checkAfter", BsonNull.VALUE);
    if (in.findOne(Query.of(unmarked)).isEmpty()) {
      return; // it was looked at just when it lost its last reference
    }
    if (repair) {
      BsonDateTime then = new BsonDateTime(clock.millis() + grace.toMillis());
      in.update(unmarked, new BsonDocument("$set", new BsonDocument("checkAfter", then)));
    }
    find(Finding.Kind.ORPHAN, "a " + what, repair ? Finding.Repair.DONE : Finding.Repair.NONE);
  }

  /** One query for each file: the first chunk behind those of the file before. */
  private void checkChunks() {
    BsonValue last = FIRST;
    BsonDocument fields = new BsonDocument("files_id", new BsonInt32(1));
    while (goesOn.getAsBoolean()) {
      BsonDocument behind = new BsonDocument("files_id", new BsonDocument("$gt", last));
      List<BsonDocument> next =
          chunks.find(
              Query.of(behind)
                  .sort(
                      new BsonDocument("files_id", new BsonInt32(1)).append("n", new BsonInt32(1)))
                  .project(fields),
              1);
      if (next.isEmpty()) {
        return;
      }
      last = next.getFirst().get("files_id", BsonNull.VALUE);
      guarded(chunks, next.getFirst(), this::checkChunk);
    }
  }

  private void checkChunk(BsonDocument first) {
    BsonValue file = first.get("files_id", BsonNull.VALUE);
    if (files.findOne(Query.of(new BsonDocument("_id", file))).isPresent()) {
      return;
    }
    BsonDocument its =
        new BsonDocument("files_id", new BsonDocument("$in", new BsonArray(List.of(file))));
    if (chunks.count(its, 1) == 0) {
      return; // swept meanwhile
    }
    if (repair) {
      chunks.delete(its);
    }
    find(
        Finding.Kind.ORPHAN,
        "chunks of the file " + file.asObjectId().getValue() + " that does not exist",
        repair ? Finding.Repair.DONE : Finding.Repair.NONE);
  }

  private void find(Finding.Kind kind, String text, Finding.Repair done) {
    findings.accept(new Finding(kind, Optional.empty(), text, done));
  }
}
