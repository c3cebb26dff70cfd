package net.mailagent.store.mongo;

import com.mongodb.MongoBulkWriteException;
import com.mongodb.bulk.BulkWriteError;
import com.mongodb.client.model.BulkWriteOptions;
import com.mongodb.client.model.FindOneAndUpdateOptions;
import com.mongodb.client.model.InsertOneModel;
import com.mongodb.client.model.ReturnDocument;
import com.mongodb.client.model.UpdateOptions;
import com.mongodb.client.model.WriteModel;
import com.mongodb.reactivestreams.client.FindPublisher;
import com.mongodb.reactivestreams.client.MongoCollection;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.bson.BsonDocument;
import org.bson.RawBsonDocument;
import org.bson.codecs.Codec;
import org.bson.codecs.configuration.CodecRegistries;
import org.jspecify.annotations.Nullable;

/**
 * One collection. Every call blocks (on a virtual thread), is bounded by the time-out of the
 * settings, reads with read concern majority from the primary, writes with write concern majority
 * and journal, is never repeated by the driver, and passes {@link Calls}. Documents come as {@link
 * RawBsonDocument}: immutable bytes in which fields are looked up.
 *
 * <p>All calls throw {@link net.mailagent.model.StoreUnavailable} when the outcome is not known or
 * may be better later; then a write may have happened or not.
 */
public final class Documents {
  private final String name;
  private final MongoCollection<BsonDocument> writing;
  private final MongoCollection<RawBsonDocument> reading;
  private final Calls calls;
  private final Duration timeout;

  Documents(MongoCollection<BsonDocument> collection, Calls calls, Duration timeout) {
    this.name = collection.getNamespace().getCollectionName();
    this.writing = collection;
    this.reading = collection.withDocumentClass(RawBsonDocument.class);
    this.calls = calls;
    this.timeout = timeout;
  }

  public String name() {
    return name;
  }

  /** The first document that fits. */
  public Optional<BsonDocument> findOne(Query query) {
    List<BsonDocument> found = find(query, 1);
    return found.isEmpty() ? Optional.empty() : Optional.of(found.get(0));
  }

  /** Those that fit, at most {@code max}; for results known to be small. */
  public List<BsonDocument> find(Query query, int max) {
    return new ArrayList<>(find(reading, query, max));
  }

  <T> List<T> find(MongoCollection<T> from, Query query, int max) {
    Query bounded = query.limit() > 0 && query.limit() < max ? query : query.limit(max);
    return counted(
        Call.Operation.FIND,
        bounded,
        max,
        () -> Await.list(publisher(from, bounded), max, timeout));
  }

  /** The same collection, its documents read by a codec without being documents first. */
  public <T> Reading<T> as(Codec<T> codec) {
    return new Reading<>(
        this,
        writing
            .withDocumentClass(codec.getEncoderClass())
            .withCodecRegistry(
                CodecRegistries.fromRegistries(
                    CodecRegistries.fromCodecs(codec), writing.getCodecRegistry())));
  }

  /** Those that fit, pulled in batches of {@code batch}. Nothing is asked before the first use. */
  public Cursor stream(Query query, int batch) {
    FindPublisher<RawBsonDocument> find = publisher(reading, query).batchSize(batch);
    return new Cursor(this, find, query, batch, timeout);
  }

  private static <T> FindPublisher<T> publisher(MongoCollection<T> from, Query query) {
    FindPublisher<T> find = from.find(query.filter()).limit(query.limit());
    if (query.projection() != null) {
      find = find.projection(query.projection());
    }
    return query.sort() == null ? find : find.sort(query.sort());
  }

  /** How many fit, at most {@code limit}. */
  public long count(BsonDocument filter, int limit) {
    return counted(
        Call.Operation.COUNT,
        Query.of(filter).limit(limit),
        0,
        () ->
            Await.one(
                    writing.countDocuments(
                        filter, new com.mongodb.client.model.CountOptions().limit(limit)),
                    timeout)
                .orElseThrow());
  }

  /**
   * Inserts one document.
   *
   * @throws DuplicateKey when a unique key is taken
   */
  public void insert(BsonDocument document) {
    counted(Call.Operation.INSERT, null, 1, () -> Await.one(writing.insertOne(document), timeout));
  }

  /**
   * Inserts many documents in one message, each on its own: one that fails does not stop the
   * others.
   *
   * @return for each position that failed its error code (11000: its key is taken)
   * @throws net.mailagent.model.StoreUnavailable when nothing is known about some or all of them,
   *     also when they are in place and the majority could not be waited for
   */
  public Map<Integer, Integer> insertEach(List<BsonDocument> documents) {
    List<WriteModel<BsonDocument>> writes = new ArrayList<>(documents.size());
    documents.forEach(document -> writes.add(new InsertOneModel<>(document)));
    return write(writes);
  }

  /**
   * Does many writes in one message, in any order, each on its own.
   *
   * @return for each position that failed its error code
   * @throws net.mailagent.model.StoreUnavailable as {@link #insertEach} does
   */
  public Map<Integer, Integer> write(List<? extends WriteModel<BsonDocument>> writes) {
    if (writes.isEmpty()) {
      return Map.of();
    }
    return counted(
        Call.Operation.BULK,
        null,
        writes.size(),
        () -> {
          Map<Integer, Integer> failed = new HashMap<>();
          try {
            Await.one(writing.bulkWrite(writes, new BulkWriteOptions().ordered(false)), timeout);
          } catch (MongoBulkWriteException e) {
            if (e.getWriteConcernError() != null) {
              throw new net.mailagent.model.StoreUnavailable(
                  "the majority did not confirm: " + e.getWriteConcernError().getMessage(), e);
            }
            for (BulkWriteError error : e.getWriteErrors()) {
              failed.put(error.getIndex(), error.getCode());
            }
          }
          return failed;
        });
  }

  /**
   * Changes the first document that fits.
   *
   * @return whether one fitted
   * @throws DuplicateKey when a unique key is taken
   */
  public boolean update(BsonDocument filter, BsonDocument update) {
    return update(filter, update, false);
  }

  /**
   * Changes the document that fits, or makes one from filter and update.
   *
   * @throws DuplicateKey when one was made at the same time by somebody else, too
   */
  public void upsert(BsonDocument filter, BsonDocument update) {
    update(filter, update, true);
  }

  private boolean update(BsonDocument filter, BsonDocument update, boolean upsert) {
    return counted(
        Call.Operation.UPDATE,
        Query.of(filter),
        1,
        () ->
            Await.one(
                        writing.updateOne(filter, update, new UpdateOptions().upsert(upsert)),
                        timeout)
                    .orElseThrow()
                    .getMatchedCount()
                > 0);
  }

  /**
   * Changes all documents that fit.
   *
   * @return how many fitted
   */
  public long updateAll(BsonDocument filter, BsonDocument update) {
    return counted(
        Call.Operation.UPDATE,
        Query.of(filter),
        0,
        () ->
            Await.one(writing.updateMany(filter, update), timeout).orElseThrow().getMatchedCount());
  }

  /**
   * Changes the first document that fits and returns it as it is afterwards; empty if none fits.
   */
  public Optional<BsonDocument> findAndUpdate(BsonDocument filter, BsonDocument update) {
    return counted(
        Call.Operation.FIND_AND_UPDATE,
        Query.of(filter),
        1,
        () ->
            Await.one(
                writing.findOneAndUpdate(
                    filter,
                    update,
                    new FindOneAndUpdateOptions().returnDocument(ReturnDocument.AFTER)),
                timeout));
  }

  /**
   * Deletes all documents that fit.
   *
   * @return how many
   */
  public long delete(BsonDocument filter) {
    return counted(
        Call.Operation.DELETE,
        Query.of(filter),
        0,
        () -> Await.one(writing.deleteMany(filter), timeout).orElseThrow().getDeletedCount());
  }

  <T> T counted(
      Call.Operation operation, @Nullable Query query, int documents, Supplier<T> effect) {
    return calls.run(
        new Call(operation, name, query, documents),
        () -> {
          try {
            return effect.get();
          } catch (RuntimeException e) {
            throw Failures.meaning(e);
          }
        });
  }
}
