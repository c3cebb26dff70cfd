package net.mailagent.embedded;

import static net.mailagent.embedded.Client.get;
import static org.assertj.core.api.Assertions.assertThat;

import com.mongodb.client.model.Filters;
import com.mongodb.client.model.Indexes;
import java.io.File;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.bson.Document;
import org.bson.types.Binary;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import reactor.core.publisher.Flux;
import reactor.core.scheduler.Schedulers;

/** The files stay in proportion to what is in them. */
class GrowthTest {
  private static final long MEGABYTE = 1 << 20;

  @TempDir Path directory;

  private long bytes() {
    long bytes = 0;
    File[] files = directory.toFile().listFiles();
    for (File file : files == null ? new File[0] : files) {
      bytes += file.length();
    }
    return bytes;
  }

  @Test
  void manySmallCommitsToFewDocumentsStayWithinTheLog() {
    EmbeddedMongoSettings settings =
        EmbeddedMongoSettings.in(directory).withCheckpointBytes(MEGABYTE);
    try (BareEngine engine = BareEngine.open(directory.toString(), settings)) {
      engine.run(Bytes.of("{createIndexes: 'few', $db: 'd', indexes: [{key: {n: 1}, name: 'n'}]}"));
      Flux.range(0, 20_000)
          .parallel(4)
          .runOn(Schedulers.boundedElastic())
          .doOnNext(i -> engine.run(update(i)))
          .sequential()
          .blockLast(Client.PATIENCE);
      System.out.printf("20,000 small commits: %,d bytes on disk%n", bytes());
      // two logs of a megabyte, their last extents, and a tree of a few pages
      assertThat(bytes()).isLessThan(6 * MEGABYTE);
    }
  }

  private static Doc update(int i) {
    DocWriter out =
        new DocWriter().begin().put("update", "few").put("$db", "d").beginArray("updates");
    out.beginElement().beginDocument("q").put("_id", i % 10).end();
    out.beginDocument("u").put("n", i).put("text", "x".repeat(200)).end();
    return out.put("upsert", true).end().end().end().toDoc();
  }

  @Test
  void spaceOfDeletedDocumentsIsUsedAgain() {
    EmbeddedMongoSettings settings =
        EmbeddedMongoSettings.in(directory).withCheckpointBytes(2 * MEGABYTE);
    Random random = new Random(3);
    long afterFirst = 0;
    try (EmbeddedMongo engine = EmbeddedMongo.start(settings);
        Client client = new Client(engine.url())) {
      var collection = client.collection("rounds");
      get(collection.createIndex(Indexes.ascending("round")));
      for (int round = 0; round < 24; round++) {
        List<Document> docs = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
          byte[] noise = new byte[64 * 1024];
          random.nextBytes(noise);
          docs.add(
              new Document("_id", random.nextLong())
                  .append("round", round)
                  .append("b", new Binary(noise)));
        }
        get(collection.insertMany(docs));
        get(collection.deleteMany(Filters.eq("round", round - 1)));
        if (round == 2) {
          afterFirst = bytes();
        }
      }
      System.out.printf(
          "6 MB living, 150 MB written: %,d bytes on disk, %,d after the third round%n",
          bytes(), afterFirst);
      assertThat(get(collection.countDocuments())).isEqualTo(100);
      assertThat(bytes()).isLessThan(64 * MEGABYTE);
    }
    try (EmbeddedMongo engine = EmbeddedMongo.start(settings);
        Client client = new Client(engine.url())) {
      assertThat(get(client.collection("rounds").countDocuments())).isEqualTo(100);
    }
  }

  @Test
  void whatNobodyTouchesIsStillThereAfterItsPagesWereMoved() {
    EmbeddedMongoSettings settings =
        EmbeddedMongoSettings.in(directory).withCheckpointBytes(1 << 17).withCacheBytes(MEGABYTE);
    try (BareEngine engine = BareEngine.open(directory.toString(), settings)) {
      for (int i = 0; i < 400; i++) {
        engine.run(insert("idle", i));
        engine.run(insert("busy", i));
      }
      for (int i = 0; i < 500; i++) {
        engine.run(insert("busy", 1_000 + i));
        engine.run(Bytes.of("{delete: 'busy', $db: 'd', deletes: [{q: {}, limit: 1}]}"));
      }
      assertThat(engine.store().fileBytes()).isLessThan(24 * MEGABYTE);
      // the cache holds a quarter of them: the rest is read from where it was moved to
      Doc found = engine.run(Bytes.of("{count: 'idle', $db: 'd', query: {t: /^x/}}"));
      assertThat(found.getLong("n", 0)).isEqualTo(400);
    }
  }

  private static Doc insert(String collection, int id) {
    DocWriter out =
        new DocWriter().begin().put("insert", collection).put("$db", "d").beginArray("documents");
    out.beginElement().put("_id", id).put("t", "x".repeat(8_000)).end();
    return out.end().end().toDoc();
  }
}
