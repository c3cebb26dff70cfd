package net.mailagent.embedded;

import static net.mailagent.embedded.Client.get;
import static org.assertj.core.api.Assertions.assertThat;

import com.mongodb.client.model.Filters;
import com.mongodb.client.model.Indexes;
import com.mongodb.client.model.Updates;
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
    try (EmbeddedMongo engine = EmbeddedMongo.start(settings);
        Client client = new Client(engine.url())) {
      var collection = client.collection("few");
      get(collection.createIndex(Indexes.ascending("n")));
      for (int i = 0; i < 10; i++) {
        get(collection.insertOne(new Document("_id", i).append("text", "x".repeat(200))));
      }
      Flux.range(0, 20_000)
          .flatMap(i -> collection.updateOne(Filters.eq("_id", i % 10), Updates.set("n", i)), 8)
          .blockLast(Client.PATIENCE);
      System.out.printf("20,000 small commits: %,d bytes on disk%n", bytes());
      // two logs of a megabyte, their last extents, and a tree of a few pages
      assertThat(bytes()).isLessThan(6 * MEGABYTE);
    }
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
}
