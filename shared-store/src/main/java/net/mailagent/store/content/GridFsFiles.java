package net.mailagent.store.content;

import com.mongodb.client.model.UpdateOneModel;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import net.mailagent.model.StoreUnavailable;
import net.mailagent.model.UserId;
import net.mailagent.store.mongo.Documents;
import net.mailagent.store.mongo.MongoConnection;
import net.mailagent.store.mongo.Query;
import net.mailagent.store.mongo.Reading;
import org.bson.BsonArray;
import org.bson.BsonBinary;
import org.bson.BsonBoolean;
import org.bson.BsonDateTime;
import org.bson.BsonDocument;
import org.bson.BsonInt32;
import org.bson.BsonInt64;
import org.bson.BsonObjectId;
import org.bson.BsonString;
import org.bson.types.ObjectId;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Files and chunks as GridFS lays them out, in the bucket {@code attachments}: any GridFS client
 * reads them. Written in batches of chunks, possibly of several files, since one call per chunk
 * would wait for the disk each time. Blocks; any thread.
 *
 * <p>A file document is written before the chunks, so that whatever dies half-way is found by its
 * {@code checkAfter}.
 */
final class GridFsFiles {
  private static final Logger LOG = LoggerFactory.getLogger(GridFsFiles.class);

  private final Documents files;
  private final Documents chunks;
  private final Reading<ChunkCodec.Stored> stored; // the chunks, for reading
  private final ContentSettings settings;
  private final InstantSource clock;
  private final ContentFigures figures;

  /**
   * A file of an upload.
   *
   * @param blob its name, or null while more chunks are to come
   */
  record NewFile(ObjectId file, @Nullable BlobId blob, long length) {}

  GridFsFiles(
      MongoConnection connection,
      ContentSettings settings,
      InstantSource clock,
      ContentFigures figures) {
    this.files = connection.documents("attachments.files");
    this.chunks = connection.documents("attachments.chunks");
    this.stored = chunks.as(new ChunkCodec());
    this.settings = settings;
    this.clock = clock;
    this.figures = figures;
  }

  /** A random id: the driver's own are ordered by time and would fill one shard at a time. */
  static ObjectId newId() {
    return new ObjectId(UserId.random().hex());
  }

  /** Makes the documents of files whose chunks are about to be written. */
  void begin(Collection<NewFile> created) {
    if (created.isEmpty()) {
      return;
    }
    long now = clock.millis();
    List<BsonDocument> documents = new ArrayList<>(created.size());
    for (NewFile file : created) {
      BlobId blob = file.blob();
      documents.add(
          new BsonDocument("_id", new BsonObjectId(file.file()))
              .append("length", new BsonInt64(file.length()))
              .append("chunkSize", new BsonInt32(settings.chunkSize()))
              .append("uploadDate", new BsonDateTime(now))
              .append("filename", new BsonString(blob == null ? "" : blob.hex()))
              .append("checkAfter", new BsonDateTime(now + settings.sweepGrace().toMillis()))
              .append(
                  "metadata",
                  new BsonDocument("v", new BsonInt32(1))
                      .append("whole", BsonBoolean.valueOf(blob != null))));
    }
    require(files.insertEach(documents), "files");
  }

  void write(Collection<Uploads.Chunk> batch) {
    List<BsonDocument> documents = new ArrayList<>(batch.size());
    for (Uploads.Chunk chunk : batch) {
      byte[] octets = chunk.octets();
      documents.add(
          new BsonDocument("_id", new BsonObjectId(newId()))
              .append("files_id", new BsonObjectId(chunk.upload().file))
              .append("n", new BsonInt32(chunk.n()))
              .append(
                  "data",
                  new BsonBinary(
                      octets.length == chunk.size()
                          ? octets
                          : Arrays.copyOf(octets, chunk.size()))));
    }
    require(chunks.insertEach(documents), "chunks");
  }

  /** Notes the lengths and names of files whose last chunk was written. */
  void end(Map<BlobId, NewFile> ended) {
    List<UpdateOneModel<BsonDocument>> ends = new ArrayList<>(ended.size());
    ended.forEach((blob, file) ->
        ends.add(
            new UpdateOneModel<>(
                new BsonDocument("_id", new BsonObjectId(file.file())),
                new BsonDocument(
                    "$set",
                    new BsonDocument("length", new BsonInt64(file.length()))
                        .append("filename", new BsonString(blob.hex()))
                        .append("metadata.whole", BsonBoolean.TRUE)))));
    require(files.write(ends), "files");
  }

  private static void require(Map<Integer, Integer> failed, String what) {
    if (!failed.isEmpty()) {
      throw new StoreUnavailable(
          "the store refused " + failed.size() + " " + what + ", codes " + failed.values());
    }
  }

  /**
   * Removes files that nothing refers to and whose writes were all answered (one that comes late
   * would leave a chunk that nobody finds). What cannot be removed now is swept.
   */
  void drop(Collection<ObjectId> unwanted) {
    if (unwanted.isEmpty()) {
      return;
    }
    BsonDocument in = in(unwanted);
    try {
      chunks.delete(new BsonDocument("files_id", in));
      files.delete(new BsonDocument("_id", in));
    } catch (StoreUnavailable later) {
      LOG.debug("{} uploads are left to the sweeper: {}", unwanted.size(), later.getMessage());
    }
  }

  /** Chunks [first, first + count) of a file; fewer when some are not there. */
  List<byte[]> chunks(ObjectId file, int first, int count) {
    BsonDocument range =
        new BsonDocument("$gte", new BsonInt32(first)).append("$lt", new BsonInt32(first + count));
    List<ChunkCodec.Stored> found =
        stored.find(
            Query.of(new BsonDocument("files_id", new BsonObjectId(file)).append("n", range))
                .sort(new BsonDocument("n", new BsonInt32(1))),
            count);
    figures.chunksRead(found.size());
    List<byte[]> octets = new ArrayList<>(found.size());
    for (ChunkCodec.Stored chunk : found) {
      if (chunk.n() != first + octets.size()) {
        break;
      }
      octets.add(chunk.octets());
    }
    return octets;
  }

  /** The first chunk of each file; one that is not there is left out. */
  Map<ObjectId, byte[]> firstChunks(Collection<ObjectId> wanted) {
    BsonDocument filter = new BsonDocument("files_id", in(wanted)).append("n", new BsonInt32(0));
    Map<ObjectId, byte[]> octets = new HashMap<>();
    for (ChunkCodec.Stored chunk : stored.find(Query.of(filter), wanted.size())) {
      octets.put(chunk.file(), chunk.octets());
    }
    figures.chunksRead(octets.size());
    return octets;
  }

  private static BsonDocument in(Collection<ObjectId> ids) {
    return new BsonDocument("$in", new BsonArray(ids.stream().map(BsonObjectId::new).toList()));
  }
}
