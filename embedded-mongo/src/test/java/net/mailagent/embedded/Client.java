package net.mailagent.embedded;

import com.mongodb.reactivestreams.client.MongoClient;
import com.mongodb.reactivestreams.client.MongoClients;
import com.mongodb.reactivestreams.client.MongoCollection;
import com.mongodb.reactivestreams.client.MongoDatabase;
import java.time.Duration;
import java.util.List;
import org.bson.Document;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** The ordinary driver, made to block: what a test says, it waits for. */
final class Client implements AutoCloseable {
  static final Duration PATIENCE = Duration.ofSeconds(60);

  private final MongoClient driver;

  Client(String url) {
    driver = MongoClients.create(url);
  }

  MongoDatabase database() {
    return driver.getDatabase("test");
  }

  MongoDatabase database(String name) {
    return driver.getDatabase(name);
  }

  MongoCollection<Document> collection(String name) {
    return database().getCollection(name);
  }

  Document command(Document command) {
    return get(database().runCommand(command));
  }

  /** The plan of a find, as explain tells it. */
  Document explainFind(String collection, Document filter, Document sort) {
    return command(
        new Document(
                "explain",
                new Document("find", collection).append("filter", filter).append("sort", sort))
            .append("verbosity", "executionStats"));
  }

  static <T> T get(Publisher<T> publisher) {
    T result = Mono.from(publisher).block(PATIENCE);
    if (result == null) {
      throw new AssertionError("no result");
    }
    return result;
  }

  static <T> @Nullable T getOrNull(Publisher<T> publisher) {
    return Mono.from(publisher).block(PATIENCE);
  }

  static <T> List<T> all(Publisher<T> publisher) {
    List<T> results = Flux.from(publisher).collectList().block(PATIENCE);
    return results == null ? List.of() : results;
  }

  @Override
  public void close() {
    driver.close();
  }
}
