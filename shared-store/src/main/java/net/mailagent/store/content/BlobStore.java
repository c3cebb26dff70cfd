package net.mailagent.store.content;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.mongodb.client.model.UpdateOneModel;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import net.mailagent.model.StoreUnavailable;
import net.mailagent.store.mongo.Documents;
import net.mailagent.store.mongo.Query;
import org.bson.BsonArray;
import org.bson.BsonBinary;
import org.bson.BsonBoolean;
import org.bson.BsonDateTime;
import org.bson.BsonDocument;
import org.bson.BsonInt32;
import org.bson.BsonInt64;
import org.bson.BsonNull;
import org.bson.BsonObjectId;
import org.bson.BsonString;
import org.bson.BsonValue;
import org.bson.types.ObjectId;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The blobs of all users: GridFS files named by what is in them. Blocks; any thread.
 *
 * <p>{@code blobs} holds one document per content, {@code _id} its SHA-256, {@code file} the GridFS
 * file with its octets, {@code touched} when somebody last relied on it. Rules (journal.md, Blobs):
 *
 * <ul>
 *   <li>a blob document is inserted after its file is whole; of two who upload the same content the
 *       loser of that insert drops its file and uses the winner's;
 *   <li>a touch matches only what the sweeper has not doomed; what is doomed gets a new file, the
 *       old one is left to the sweeper;
 *   <li>file documents are written before their chunks, so that whatever dies half-way is found by
 *       {@code checkAfter} and swept when no blob names it.
 * </ul>
 */
final class BlobStore {
  private static final Logger LOG = LoggerFactory.getLogger(BlobStore.class);
  private static final int DUPLICATE_KEY = 11000;
  private static final int ATTEMPTS = 5;

  private final Documents blobs;
  private final Documents files;
  private final Documents chunks;
  private final ContentSettings settings;
  private final InstantSource clock;
  private final Cache<BlobId, Known> known;

  /** Where the octets of a blob are. */
  record Location(ObjectId file, long length, int chunkSize) {}

  /**
   * A file of an upload.
   *
   * @param blob its name, or null while more chunks are to come
   */
  record NewFile(ObjectId file, @Nullable BlobId blob, long length) {}

  private record Known(Location location, long touched) {}

  BlobStore(
      Documents blobs,
      Documents files,
      Documents chunks,
      ContentSettings settings,
      InstantSource clock) {
    this.blobs = blobs;
    this.files = files;
    this.chunks = chunks;
    this.settings = settings;
    this.clock = clock;
    this.known = Caffeine.newBuilder().maximumSize(settings.knownBlobs()).build();
  }

  /** A random id: the driver's own are ordered by time and would fill one shard at a time. */
  static ObjectId newFileId() {
    return new ObjectId(net.mailagent.model.ContentId.random().hex());
  }

  // ---- coming in

  /**
   * Writes one batch of an intake.
   *
   * @param whole blobs of which all chunks are in this batch; those the store has are left out
   * @param begun files that are longer than this batch and begin in it
   * @param batch the chunks
   * @return the names of {@code whole}, which all are in the store now
   */
  Set<BlobId> upload(
      Map<BlobId, Uploads.Upload> whole, List<NewFile> begun, List<Uploads.Chunk> batch) {
    Set<BlobId> here = touch(whole.keySet()).keySet();
    Map<BlobId, NewFile> missing = new LinkedHashMap<>();
    Set<ObjectId> unwanted = new HashSet<>();
    whole.forEach((blob, upload) -> {
      if (here.contains(blob)) {
        unwanted.add(upload.file);
      } else {
        missing.put(blob, new NewFile(upload.file, blob, upload.length()));
      }
    });
    List<NewFile> created = new ArrayList<>(begun);
    created.addAll(missing.values());
    insertFiles(created);
    List<BsonDocument> documents = new ArrayList<>(batch.size());
    for (Uploads.Chunk chunk : batch) {
      if (!unwanted.contains(chunk.upload().file)) {
        documents.add(chunkDocument(chunk));
      }
    }
    require(chunks.insertEach(documents), "chunks");
    register(missing);
    return Set.copyOf(whole.keySet());
  }

  private void insertFiles(List<NewFile> created) {
    if (created.isEmpty()) {
      return;
    }
    long now = clock.millis();
    List<BsonDocument> documents = new ArrayList<>(created.size());
    for (NewFile file : created) {
      documents.add(
          new BsonDocument("_id", new BsonObjectId(file.file()))
              .append("length", new BsonInt64(file.length()))
              .append("chunkSize", new BsonInt32(settings.chunkSize()))
              .append("uploadDate", new BsonDateTime(now))
              .append("filename", new BsonString(name(file.blob())))
              .append("checkAfter", checkAfter(now))
              .append(
                  "metadata",
                  new BsonDocument("v", new BsonInt32(1))
                      .append("whole", BsonBoolean.valueOf(file.blob() != null))));
    }
    require(files.insertEach(documents), "files");
  }

  private static String name(@Nullable BlobId blob) {
    return blob == null ? "" : blob.hex();
  }

  private static BsonDocument chunkDocument(Uploads.Chunk chunk) {
    byte[] octets = chunk.octets();
    return new BsonDocument("_id", new BsonObjectId(newFileId()))
        .append("files_id", new BsonObjectId(chunk.upload().file))
        .append("n", new BsonInt32(chunk.n()))
        .append(
            "data",
            new BsonBinary(
                octets.length == chunk.size() ? octets : Arrays.copyOf(octets, chunk.size())));
  }

  private static void require(Map<Integer, Integer> failed, String what) {
    if (!failed.isEmpty()) {
      throw new StoreUnavailable(
          "the store refused " + failed.size() + " " + what + ", codes " + failed.values());
    }
  }

  /**
   * Ends the files that were uploaded in several batches, and names them.
   *
   * @param streamed whole files that may be blobs the store has already
   * @param dropped files that nobody wants
   */
  void publish(Map<BlobId, NewFile> streamed, Collection<ObjectId> dropped) {
    List<ObjectId> unwanted = new ArrayList<>(dropped);
    Map<BlobId, NewFile> missing = new LinkedHashMap<>(streamed);
    for (BlobId here : touch(streamed.keySet()).keySet()) {
      NewFile file = missing.remove(here);
      if (file != null) {
        unwanted.add(file.file());
      }
    }
    if (!missing.isEmpty()) {
      List<UpdateOneModel<BsonDocument>> ends = new ArrayList<>(missing.size());
      missing.forEach((blob, file) ->
          ends.add(
              new UpdateOneModel<>(
                  new BsonDocument("_id", new BsonObjectId(file.file())),
                  set(
                      new BsonDocument("length", new BsonInt64(file.length()))
                          .append("filename", new BsonString(blob.hex()))
                          .append("metadata.whole", BsonBoolean.TRUE)))));
      require(files.write(ends), "files");
      register(missing);
    }
    drop(unwanted);
  }

  /** Gives whole files their blob documents; who comes second uses the winner's file. */
  private void register(Map<BlobId, NewFile> wanted) {
    Map<BlobId, NewFile> left = new LinkedHashMap<>(wanted);
    List<ObjectId> unwanted = new ArrayList<>();
    for (int attempt = 0; !left.isEmpty(); attempt++) {
      if (attempt == ATTEMPTS) {
        throw new StoreUnavailable("blobs change too fast: " + left.keySet());
      }
      insertBlobs(left);
      touch(left.keySet())
          .forEach((blob, winner) -> {
            NewFile mine = left.remove(blob);
            if (mine != null && !mine.file().equals(winner.file())) {
              unwanted.add(mine.file());
            }
          });
      left.entrySet().removeIf(e -> replaceDoomed(e.getKey(), e.getValue()));
    }
    drop(unwanted);
  }

  /** Inserts blob documents; what was inserted leaves the map, what somebody else has stays. */
  private void insertBlobs(Map<BlobId, NewFile> left) {
    long now = clock.millis();
    List<Map.Entry<BlobId, NewFile>> order = List.copyOf(left.entrySet());
    List<BsonDocument> documents = new ArrayList<>(order.size());
    for (Map.Entry<BlobId, NewFile> entry : order) {
      documents.add(
          content(entry.getValue(), now)
              .append("_id", entry.getKey().toBson())
              .append("v", new BsonInt32(1)));
    }
    Map<Integer, Integer> failed = blobs.insertEach(documents);
    for (int i = 0; i < order.size(); i++) {
      Integer code = failed.get(i);
      if (code == null) {
        remember(order.get(i).getKey(), order.get(i).getValue(), now);
        left.remove(order.get(i).getKey());
      } else if (code != DUPLICATE_KEY) {
        throw new StoreUnavailable("the store refused a blob, code " + code);
      }
    }
  }

  /**
   * Takes over a blob document that the sweeper has doomed. The old file is a candidate of the
   * sweeper since it doomed the blob.
   */
  private boolean replaceDoomed(BlobId blob, NewFile file) {
    long now = clock.millis();
    boolean replaced =
        blobs.update(
            new BsonDocument("_id", blob.toBson())
                .append("doomed", new BsonDocument("$ne", BsonNull.VALUE)),
            set(content(file, now)).append("$unset", new BsonDocument("doomed", BsonBoolean.TRUE)));
    if (replaced) {
      remember(blob, file, now);
    }
    return replaced;
  }

  private BsonDocument content(NewFile file, long now) {
    return new BsonDocument("file", new BsonObjectId(file.file()))
        .append("length", new BsonInt64(file.length()))
        .append("chunkSize", new BsonInt32(settings.chunkSize()))
        .append("touched", new BsonDateTime(now))
        .append("checkAfter", checkAfter(now));
  }

  private void remember(BlobId blob, NewFile file, long now) {
    known.put(blob, new Known(new Location(file.file(), file.length(), settings.chunkSize()), now));
  }

  /** Removes uploads that nothing refers to; what cannot be removed now is swept. */
  void drop(Collection<ObjectId> unwanted) {
    if (unwanted.isEmpty()) {
      return;
    }
    BsonDocument in = in(unwanted.stream().map(BsonObjectId::new).toList());
    try {
      chunks.delete(new BsonDocument("files_id", in));
      files.delete(new BsonDocument("_id", in));
    } catch (StoreUnavailable later) {
      LOG.debug("{} uploads are left to the sweeper: {}", unwanted.size(), later.getMessage());
    }
  }

  // ---- relied on

  /**
   * Makes sure that those blobs were touched within the hour (half of it, so that a commit has the
   * other half).
   *
   * @return those that are in the store and not doomed
   */
  Map<BlobId, Location> touch(Collection<BlobId> wanted) {
    long now = clock.millis();
    long fresh = now - settings.touchAfter().toMillis() / 2;
    Map<BlobId, Location> here = new HashMap<>();
    List<BlobId> ask = new ArrayList<>();
    for (BlobId blob : wanted) {
      Known remembered = known.getIfPresent(blob);
      if (remembered != null && remembered.touched() >= fresh) {
        here.put(blob, remembered.location());
      } else {
        ask.add(blob);
      }
    }
    List<BlobId> stale = new ArrayList<>();
    for (BsonDocument found : undoomed(ask, 0)) {
      if (touched(found) >= fresh) {
        take(found, here);
      } else {
        stale.add(BlobId.read(found.getBinary("_id")));
      }
    }
    if (!stale.isEmpty()) {
      blobs.updateAll(
          new BsonDocument("_id", names(stale)).append("doomed", BsonNull.VALUE),
          set(
              new BsonDocument("touched", new BsonDateTime(now))
                  .append("checkAfter", checkAfter(now))));
      for (BsonDocument found : undoomed(stale, now)) {
        take(found, here);
      }
    }
    return here;
  }

  private List<BsonDocument> undoomed(List<BlobId> wanted, long touchedSince) {
    if (wanted.isEmpty()) {
      return List.of();
    }
    BsonDocument filter = new BsonDocument("_id", names(wanted)).append("doomed", BsonNull.VALUE);
    if (touchedSince > 0) {
      filter.append("touched", new BsonDocument("$gte", new BsonDateTime(touchedSince)));
    }
    return blobs.find(Query.of(filter), wanted.size());
  }

  private void take(BsonDocument found, Map<BlobId, Location> here) {
    BlobId blob = BlobId.read(found.getBinary("_id"));
    Location location = location(found);
    known.put(blob, new Known(location, touched(found)));
    here.put(blob, location);
  }

  private static long touched(BsonDocument blob) {
    return blob.getDateTime("touched").getValue();
  }

  private static Location location(BsonDocument blob) {
    return new Location(
        blob.getObjectId("file").getValue(),
        blob.getNumber("length").longValue(),
        blob.getNumber("chunkSize").intValue());
  }

  // ---- going out

  /** Learns where those blobs are, in one query, so that opening them asks nothing more. */
  void prepare(Collection<BlobId> wanted) {
    List<BlobId> ask = wanted.stream().filter(b -> known.getIfPresent(b) == null).toList();
    if (!ask.isEmpty()) {
      for (BsonDocument found :
          blobs.find(Query.of(new BsonDocument("_id", names(ask))), ask.size())) {
        take(found, new HashMap<>());
      }
    }
  }

  /**
   * Where a blob is.
   *
   * @param again whether what was remembered turned out to be wrong: the blob has a new file
   * @throws StoreUnavailable when the store has no such blob
   */
  Location locate(BlobId blob, boolean again) {
    Known remembered = again ? null : known.getIfPresent(blob);
    if (remembered != null) {
      return remembered.location();
    }
    Map<BlobId, Location> here = new HashMap<>();
    blobs
        .findOne(Query.of(new BsonDocument("_id", blob.toBson())))
        .ifPresent(found -> take(found, here));
    Location location = here.get(blob);
    if (location == null) {
      throw new StoreUnavailable("the blob " + blob + " is not in the store");
    }
    return location;
  }

  /** Chunks [first, first + count) of a file; fewer when some are not there. */
  List<byte[]> chunks(ObjectId file, int first, int count) {
    List<BsonDocument> found =
        chunks.find(
            Query.of(
                    new BsonDocument("files_id", new BsonObjectId(file))
                        .append(
                            "n",
                            new BsonDocument("$gte", new BsonInt32(first))
                                .append("$lt", new BsonInt32(first + count))))
                .sort(new BsonDocument("n", new BsonInt32(1))),
            count);
    List<byte[]> octets = new ArrayList<>(found.size());
    for (BsonDocument chunk : found) {
      if (chunk.getNumber("n").intValue() != first + octets.size()) {
        break;
      }
      octets.add(chunk.getBinary("data").getData());
    }
    return octets;
  }

  /** A blob that one chunk holds. */
  record Short(BlobId name, ObjectId file, long length) {}

  /** Those of the blobs of which it is known that one chunk holds them, in the same order. */
  List<Short> shortOnes(Collection<BlobId> blobs) {
    List<Short> found = new ArrayList<>();
    for (BlobId blob : blobs) {
      Known remembered = known.getIfPresent(blob);
      if (remembered != null) {
        Location place = remembered.location();
        if (place.length() <= place.chunkSize()) {
          found.add(new Short(blob, place.file(), place.length()));
        }
      }
    }
    return found;
  }

  /** The first chunk of each file; one that is not there is left out. */
  Map<ObjectId, byte[]> firstChunks(Collection<ObjectId> wanted) {
    BsonDocument filter =
        new BsonDocument("files_id", in(wanted.stream().map(BsonObjectId::new).toList()))
            .append("n", new BsonInt32(0));
    Map<ObjectId, byte[]> octets = new HashMap<>();
    for (BsonDocument chunk : chunks.find(Query.of(filter), wanted.size())) {
      octets.put(chunk.getObjectId("files_id").getValue(), chunk.getBinary("data").getData());
    }
    return octets;
  }

  private BsonDateTime checkAfter(long now) {
    return new BsonDateTime(now + settings.sweepGrace().toMillis());
  }

  private static BsonDocument set(BsonDocument fields) {
    return new BsonDocument("$set", fields);
  }

  private static BsonDocument names(Collection<BlobId> blobs) {
    return in(blobs.stream().map(BlobId::toBson).toList());
  }

  private static BsonDocument in(List<? extends BsonValue> values) {
    return new BsonDocument("$in", new BsonArray(values));
  }
}
