package net.mailagent.embedded;

import static net.mailagent.embedded.Client.all;
import static net.mailagent.embedded.Client.get;
import static net.mailagent.embedded.Client.getOrNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.mongodb.MongoCommandException;
import com.mongodb.client.gridfs.model.GridFSUploadOptions;
import com.mongodb.client.model.Filters;
import com.mongodb.client.model.Indexes;
import com.mongodb.client.model.Sorts;
import com.mongodb.client.model.Updates;
import com.mongodb.reactivestreams.client.gridfs.GridFSBucket;
import com.mongodb.reactivestreams.client.gridfs.GridFSBuckets;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.zip.CRC32;
import org.bson.Document;
import org.bson.types.Binary;
import org.bson.types.ObjectId;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import reactor.core.publisher.Flux;

/** Cursors stream, hold nothing back, and end. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@SuppressWarnings("NullAway.Init")
class CursorTest {
  private static final int MEGABYTE = 1 << 20;

  private EmbeddedMongo engine;
  private Client client;

  @BeforeAll
  void start(@TempDir Path directory) {
    engine =
        EmbeddedMongo.start(
            EmbeddedMongoSettings.in(directory).withCursorIdleTime(Duration.ofMillis(1500)));
    client = new Client(engine.url());
  }

  @AfterAll
  void stop() {
    client.close();
    engine.close();
  }

  private void fill(String name, int count) {
    List<Document> docs = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      docs.add(new Document("_id", i).append("n", i));
    }
    get(client.collection(name).insertMany(docs));
  }

  private Document find(String name, int batchSize) {
    return client
        .command(new Document("find", name).append("batchSize", batchSize))
        .get("cursor", Document.class);
  }

  private Document getMore(String name, long id, int batchSize) {
    return client
        .command(
            new Document("getMore", id).append("collection", name).append("batchSize", batchSize))
        .get("cursor", Document.class);
  }

  @Test
  void givesBatchesOfTheSizeAskedFor() {
    fill("batches", 250);

    Document first = find("batches", 3);
    assertThat(first.getList("firstBatch", Document.class)).hasSize(3);
    Document next = getMore("batches", first.getLong("id"), 200);
    assertThat(next.getList("nextBatch", Document.class)).hasSize(200);
    assertThat(next.getLong("id")).isEqualTo(first.getLong("id"));
    Document last = getMore("batches", first.getLong("id"), 100);
    assertThat(last.getList("nextBatch", Document.class)).hasSize(47);
    assertThat(last.getLong("id")).isZero();
    Document usual = client.command(new Document("find", "batches")).get("cursor", Document.class);
    assertThat(usual.getList("firstBatch", Document.class)).hasSize(101);
    assertThat(all(client.collection("batches").find().batchSize(7)))
        .extracting(doc -> doc.getInteger("_id"))
        .hasSize(250)
        .isSorted();
  }

  @Test
  void aKilledCursorIsGone() {
    fill("killed", 10);
    long id = find("killed", 2).getLong("id");

    Document reply =
        client.command(new Document("killCursors", "killed").append("cursors", List.of(id, 1L)));

    assertThat(reply.getList("cursorsKilled", Long.class)).containsExactly(id);
    assertThat(reply.getList("cursorsNotFound", Long.class)).containsExactly(1L);
    assertNotFound("killed", id);
  }

  private void assertNotFound(String name, long id) {
    assertThatThrownBy(() -> getMore(name, id, 2))
        .isInstanceOfSatisfying(
            MongoCommandException.class, e -> assertThat(e.getErrorCode()).isEqualTo(43));
  }

  @Test
  void anIdleCursorExpires() throws Exception {
    fill("idle", 10);
    long id = find("idle", 2).getLong("id");
    getMore("idle", id, 2);
    Thread.sleep(4_000);
    assertNotFound("idle", id);
  }

  @Test
  void anOpenCursorGoesOnAfterWritesAndSeesWhatComesBehindIt() {
    fill("moving", 100);
    var collection = client.collection("moving");
    get(collection.createIndex(Indexes.ascending("n")));
    Document first =
        client
            .command(
                new Document("find", "moving")
                    .append("filter", new Document("n", new Document("$gte", 0)))
                    .append("sort", new Document("n", 1))
                    .append("batchSize", 10))
            .get("cursor", Document.class);
    get(collection.deleteMany(Filters.and(Filters.gte("n", 10), Filters.lt("n", 20))));
    get(collection.updateOne(Filters.eq("_id", 3), Updates.set("n", 1000)));
    get(collection.insertOne(new Document("_id", 5000).append("n", 25.5)));

    List<Document> rest =
        getMore("moving", first.getLong("id"), 1000).getList("nextBatch", Document.class);

    assertThat(rest).hasSize(80 + 2);
    assertThat(rest).extracting(doc -> doc.get("_id")).contains(5000, 3).doesNotContain(15);
    getOrNull(collection.dropIndex("n_1"));
  }

  @Test
  void aDroppedCollectionEndsItsCursors() {
    fill("dropped", 10);
    long id = find("dropped", 2).getLong("id");
    getOrNull(client.collection("dropped").drop());
    assertThatThrownBy(() -> getMore("dropped", id, 2))
        .isInstanceOfSatisfying(
            MongoCommandException.class, e -> assertThat(e.getErrorCode()).isEqualTo(175));
  }

  @Test
  void aBatchEndsAt16Megabytes() {
    var collection = client.collection("large");
    for (int i = 0; i < 7; i++) {
      get(collection.insertOne(new Document("b", new Binary(new byte[5 * MEGABYTE]))));
    }
    Document first = find("large", 100);
    assertThat(first.getList("firstBatch", Document.class)).hasSize(3);
    Document next = getMore("large", first.getLong("id"), 100);
    assertThat(next.getList("nextBatch", Document.class)).hasSize(3);
    assertThat(all(collection.find())).hasSize(7);
    getOrNull(collection.drop());
  }

  @Test
  void readsDoNotWaitForAWriterOfTheSameCollection() throws Exception {
    fill("busy", 20);
    Path unused = Path.of("unused");
    CrashingFiles files = CrashingFiles.create("turns");
    try (BareEngine bare =
        BareEngine.on(files, EmbeddedMongoSettings.in(unused).withCheckpointBytes(1 << 20))) {
      Doc insert = Bytes.of("{insert: 'c', $db: 'd', documents: [{_id: 1}]}");
      bare.run(insert);
      Collection collection = bare.catalog().findOrCreate("d.c");
      CountDownLatch inside = new CountDownLatch(1);
      CountDownLatch done = new CountDownLatch(1);
      Thread writer =
          Thread.ofPlatform()
              .start(() ->
                  collection.inTurn(() -> {
                    inside.countDown();
                    return await(done);
                  }));
      inside.await();

      Doc found = bare.run(Bytes.of("{find: 'c', $db: 'd', filter: {_id: 1}}"));

      assertThat(writer.isAlive()).isTrue();
      assertThat(found.getDoc("cursor", Doc.EMPTY).get("firstBatch")).isNotNull();
      done.countDown();
      writer.join();
    }
    files.forget();
  }

  @Test
  void readsDoNotPlanWithAnIndexThatTheyDoNotSeeYet(@TempDir Path unused) {
    CrashingFiles files = CrashingFiles.create("unseen");
    try (BareEngine bare = BareEngine.on(files, EmbeddedMongoSettings.in(unused))) {
      bare.run(Bytes.of("{insert: 'c', $db: 'd', documents: [{_id: 1, n: 5}]}"));
      Collection collection = bare.catalog().findOrCreate("d.c");
      KeyPattern pattern = KeyPattern.parse(Bytes.of("{n: 1}"));
      collection.inTurn(() -> { // as another client does, but for the wait for the disk
        collection.createIndex(
            new IndexSpec(bare.catalog().newMap(), "n_1", pattern, false, false, 0));
        return true;
      });
      for (String read :
          List.of(
              "{find: 'c', $db: 'd', filter: {n: 5}}",
              "{count: 'c', $db: 'd', query: {n: 5}}",
              "{distinct: 'c', $db: 'd', key: '_id', query: {n: 5}}",
              "{aggregate: 'c', $db: 'd', pipeline: [{$match: {n: 5}}], cursor: {}}",
              "{explain: {find: 'c', filter: {n: 5}}, $db: 'd'}")) {
        bare.run(Bytes.of(read));
      }
      collection.settle();
      Doc plan = bare.run(Bytes.of("{explain: {find: 'c', filter: {n: 5}}, $db: 'd'}"));
      assertThat(plan.toString()).contains("IXSCAN");
    }
    files.forget();
  }

  private static boolean await(CountDownLatch latch) {
    try {
      return latch.await(30, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void storesFilesAndReadsRangesOfThem() {
    GridFSBucket bucket =
        GridFSBuckets.create(client.database(), "files").withChunkSizeBytes(64 * 1024);
    byte[] block = new byte[MEGABYTE];
    new Random(1).nextBytes(block);
    int blocks = 48;
    CRC32 sent = new CRC32();
    Flux<ByteBuffer> upload =
        Flux.range(0, blocks)
            .map(i -> {
              ByteBuffer numbered = ByteBuffer.wrap(block.clone()).putInt(0, i);
              sent.update(numbered.duplicate());
              return numbered;
            });
    ObjectId id = get(bucket.uploadFromPublisher("file", upload, new GridFSUploadOptions()));

    CRC32 received = new CRC32();
    long[] length = {0};
    Flux.from(bucket.downloadToPublisher(id))
        .limitRate(1)
        .doOnNext(buffer -> {
          length[0] += buffer.remaining();
          received.update(buffer);
        })
        .blockLast(Client.PATIENCE);

    assertThat(length[0]).isEqualTo((long) blocks * MEGABYTE);
    assertThat(received.getValue()).isEqualTo(sent.getValue());
    var chunks = client.collection("files.chunks");
    List<Document> range =
        all(
            chunks
                .find(
                    Filters.and(
                        Filters.eq("files_id", id), Filters.gte("n", 100), Filters.lt("n", 103)))
                .sort(Sorts.ascending("n")));
    assertThat(range).extracting(chunk -> chunk.getInteger("n")).containsExactly(100, 101, 102);
    Document explained =
        client.explainFind(
            "files.chunks",
            new Document("files_id", id).append("n", new Document("$gte", 700)),
            new Document("n", 1));
    assertThat(explained.get("executionStats", Document.class))
        .containsAllEntriesOf(
            Map.of("nReturned", blocks * 16 - 700, "totalDocsExamined", blocks * 16 - 700));
    getOrNull(bucket.delete(id));
    assertThat(get(chunks.countDocuments())).isZero();
  }
}
