package net.mailagent.store;

import de.bwaldvogel.mongo.MongoServer;
import de.bwaldvogel.mongo.backend.h2.H2Backend;
import java.net.InetSocketAddress;
import java.util.UUID;
import net.mailagent.store.mongo.Interceptor;
import net.mailagent.store.mongo.MongoConnection;
import net.mailagent.store.mongo.MongoSettings;

/**
 * A database for one test: in this JVM, or at the URL that AGENT_TEST_MONGO names (then one of a
 * random name, dropped at the end).
 */
public final class TestDatabase implements AutoCloseable {
  private final MongoServer server; // null with a URL from outside
  private final String url;
  private final String name = "test_" + UUID.randomUUID().toString().replace("-", "");

  private TestDatabase(MongoServer server, String url) {
    this.server = server;
    this.url = url;
  }

  public static TestDatabase open() {
    String given = System.getenv("AGENT_TEST_MONGO");
    if (given != null && !given.isBlank()) {
      return new TestDatabase(null, given);
    }
    MongoServer server = new MongoServer(H2Backend.inMemory());
    InetSocketAddress address = server.bind();
    return new TestDatabase(server, "mongodb://127.0.0.1:" + address.getPort());
  }

  public String url() {
    return url;
  }

  public String name() {
    return name;
  }

  public StoreSettings settings() {
    return StoreSettings.of(url, name);
  }

  @Override
  public void close() {
    if (server == null) {
      try (MongoConnection all =
          MongoConnection.open(MongoSettings.of(url, name), Interceptor.NONE)) {
        all.dropDatabase();
      }
    } else {
      server.shutdownNow();
    }
  }
}
