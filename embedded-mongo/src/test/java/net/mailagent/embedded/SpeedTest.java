package net.mailagent.embedded;

import static net.mailagent.embedded.Client.all;
import static net.mailagent.embedded.Client.get;
import static org.assertj.core.api.Assertions.assertThat;

import com.mongodb.client.model.Filters;
import com.mongodb.client.model.IndexOptions;
import com.mongodb.client.model.Indexes;
import com.mongodb.client.model.Sorts;
import com.mongodb.client.model.Updates;
import com.mongodb.reactivestreams.client.MongoCollection;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.bson.Document;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What an operation costs does not grow with the collection. Prints the figures. */
class SpeedTest {
  private static final int SMALL = 1_000;
  private static final int LARGE = 100_000;
  private static final int RUNS = 250;
  private static final int USERS_PER = 100;

  @TempDir Path directory;

  @Test
  void mediansAtAHundredThousandDocumentsAreThoseAtAThousand() throws Exception {
    try (EmbeddedMongo engine = EmbeddedMongo.start(EmbeddedMongoSettings.in(directory));
        Client client = new Client(engine.url())) {
      MongoCollection<Document> small = client.collection("small");
      MongoCollection<Document> large = client.collection("large");
      fill(small, SMALL);
      fill(large, LARGE);
      measure(small, SMALL); // warms up
      Map<String, Long> few = measure(small, SMALL);
      Map<String, long[]> medians = new LinkedHashMap<>();
      measure(large, LARGE)
          .forEach(
              (name, nanos) -> medians.put(name, new long[] {few.getOrDefault(name, 0L), nanos}));
      medians.forEach((name, nanos) ->
          System.out.printf(
              "p50 %-28s %,7d us at %,d, %,7d us at %,d documents%n",
              name, nanos[0] / 1000, SMALL, nanos[1] / 1000, LARGE));
      // the machine is shared: twice, and half a millisecond for its noise
      medians.forEach(
          (name, nanos) -> assertThat(nanos[1]).as(name).isLessThan(2 * nanos[0] + 500_000));
      System.out.printf("inserts/s, 1 writer: %,d%n", insertsPerSecond(client, 1, 1_500));
      System.out.printf("inserts/s, 16 writers: %,d%n", insertsPerSecond(client, 16, 400));
    }
  }

  private static void fill(MongoCollection<Document> collection, int count) {
    get(collection.createIndex(Indexes.ascending("user", "seq"), new IndexOptions().unique(true)));
    List<Document> batch = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      batch.add(document(i));
      if (batch.size() == 5_000 || i == count - 1) {
        get(collection.insertMany(batch));
        batch.clear();
      }
    }
  }

  private static Document document(int i) {
    return new Document("_id", i)
        .append("user", "user" + i / USERS_PER)
        .append("seq", i % USERS_PER)
        .append(
            "text", "some hundred bytes of text as an entry of a journal might have ".repeat(3));
  }

  private static Map<String, Long> measure(MongoCollection<Document> collection, int count) {
    Random random = new Random(5);
    Map<String, Long> medians = new LinkedHashMap<>();
    medians.put(
        "find by prefix, sort, limit",
        median(() -> {
          String user = "user" + random.nextInt(count / USERS_PER);
          var found =
              all(
                  collection
                      .find(Filters.and(Filters.eq("user", user), Filters.gte("seq", 50)))
                      .sort(Sorts.descending("seq"))
                      .limit(10));
          assertThat(found).hasSize(10);
        }));
    medians.put(
        "findOne by unique key",
        median(() -> {
          int i = random.nextInt(count);
          get(
              collection
                  .find(
                      Filters.and(
                          Filters.eq("user", "user" + i / USERS_PER),
                          Filters.eq("seq", i % USERS_PER)))
                  .first());
        }));
    int[] next = {count + random.nextInt() & 0xFFFFFF};
    medians.put("insert", median(() -> get(collection.insertOne(document(1 << 24 | next[0]++)))));
    medians.put(
        "update by _id",
        median(() ->
            get(
                collection.updateOne(
                    Filters.eq("_id", random.nextInt(count)), Updates.inc("n", 1)))));
    get(collection.deleteMany(Filters.gte("_id", 1 << 24)));
    return medians;
  }

  private static long median(Runnable run) {
    long[] nanos = new long[RUNS];
    for (int i = 0; i < RUNS; i++) {
      long start = System.nanoTime();
      run.run();
      nanos[i] = System.nanoTime() - start;
    }
    Arrays.sort(nanos);
    return nanos[RUNS / 2];
  }

  private static long insertsPerSecond(Client client, int writers, int each) throws Exception {
    var journal = client.collection("journal" + writers);
    get(journal.createIndex(Indexes.ascending("user", "seq"), new IndexOptions().unique(true)));
    List<Thread> threads = new ArrayList<>();
    long start = System.nanoTime();
    for (int w = 0; w < writers; w++) {
      String user = "writer" + w;
      threads.add(
          Thread.ofPlatform()
              .start(() -> {
                for (int i = 0; i < each; i++) {
                  get(
                      journal.insertOne(
                          new Document("user", user).append("seq", i).append("v", 1)));
                }
              }));
    }
    for (Thread thread : threads) {
      thread.join();
    }
    long nanos = System.nanoTime() - start;
    assertThat(get(journal.countDocuments())).isEqualTo((long) writers * each);
    return writers * each * 1_000_000_000L / nanos;
  }
}
