package net.mailagent.store.content;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import net.mailagent.model.OctetsMissing;
import net.mailagent.model.StoreUnavailable;
import net.mailagent.store.content.GridFsFiles.NewFile;
import net.mailagent.store.mongo.Documents;
import net.mailagent.store.mongo.MongoConnection;
import net.mailagent.store.mongo.Query;
import org.bson.BsonArray;
import org.bson.BsonBoolean;
import org.bson.BsonDateTime;
import org.bson.BsonDocument;
import org.bson.BsonInt32;
import org.bson.BsonInt64;
import org.bson.BsonNull;
import org.bson.BsonObjectId;
import org.bson.BsonValue;
import org.bson.types.ObjectId;

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
 *   <li>a file that no blob names is swept.
 * </ul>
 */
final class BlobStore {
  private static final int DUPLICATE_KEY = 11000;
  private static final int ATTEMPTS = 5;

  private final Documents blobs;
  private final GridFsFiles files;
  private final ContentSettings settings;
  private final InstantSource clock;
  private final Cache<BlobId, Known> known;
  private final ContentFigures figures = new ContentFigures();

  /** Where the octets of a blob are. */
  record Location(ObjectId file, long length, int chunkSize) {}

  private record Known(Location location, long touched) {}

  BlobStore(MongoConnection connection, ContentSettings settings, InstantSource clock) {
    this.blobs = connection.documents("blobs");
    this.files = new GridFsFiles(connection, settings, clock, figures);
    this.settings = settings;
    this.clock = clock;
    this.known = Caffeine.newBuilder().maximumSize(settings.knownBlobs()).build();
  }

  /** Milliseconds since 1970 by the store's clock. */
  long now() {
    return clock.millis();
  }

  GridFsFiles files() {
    return files;
  }

  ContentFigures figures() {
    return figures;
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
    figures.sharedBlobs(here.size());
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
    files.begin(created);
    files.write(batch.stream().filter(chunk -> !unwanted.contains(chunk.upload().file)).toList());
    register(missing);
    return Set.copyOf(whole.keySet());
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
        figures.sharedBlobs(1);
        unwanted.add(file.file());
      }
    }
    if (!missing.isEmpty()) {
      files.end(missing);
      register(missing);
    }
    files.drop(unwanted);
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
              figures.sharedBlobs(1);
              unwanted.add(mine.file());
            }
          });
      left.entrySet().removeIf(e -> replaceDoomed(e.getKey(), e.getValue()));
    }
    files.drop(unwanted);
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
        figures.newBlob(order.get(i).getValue().length());
        left.remove(order.get(i).getKey());
      } else if (code != DUPLICATE_KEY) {
        throw new StoreUnavailable("the store refused a blob, code " + code);
      }
    }
  }

  /**
   * Takes over a blob document that was doomed, as nothing refers to it or it is damaged. The old
   * file is a candidate of the sweeper since before that.
   */
  private boolean replaceDoomed(BlobId blob, NewFile file) {
    long now = clock.millis();
    boolean replaced =
        blobs.update(
            new BsonDocument("_id", blob.toBson())
                .append("doomed", new BsonDocument("$ne", BsonNull.VALUE)),
            set(content(file, now))
                .append(
                    "$unset",
                    new BsonDocument("doomed", BsonBoolean.TRUE)
                        .append("damaged", BsonBoolean.TRUE)));
    if (replaced) {
      remember(blob, file, now);
      figures.newBlob(file.length());
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
   * @throws OctetsMissing when the store has no such blob
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
      throw new OctetsMissing("the blob " + blob + " is not in the store");
    }
    return location;
  }

  /** A blob that one chunk holds. */
  record OneChunk(BlobId name, ObjectId file, long length) {}

  /** Those of the blobs of which it is known that one chunk holds them, in the same order. */
  List<OneChunk> ofOneChunk(Collection<BlobId> blobs) {
    List<OneChunk> found = new ArrayList<>();
    for (BlobId blob : blobs) {
      Known remembered = known.getIfPresent(blob);
      if (remembered != null) {
        Location place = remembered.location();
        if (place.length() <= place.chunkSize()) {
          found.add(new OneChunk(blob, place.file(), place.length()));
        }
      }
    }
    return found;
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
