package net.mailagent.store;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.UUID;
import java.util.stream.Stream;
import net.mailagent.embedded.EmbeddedMongo;
import net.mailagent.embedded.EmbeddedMongoSettings;
import net.mailagent.store.journal.UpkeepSettings;
import net.mailagent.store.mongo.Interceptor;
import net.mailagent.store.mongo.MongoConnection;
import net.mailagent.store.mongo.MongoSettings;
import org.jspecify.annotations.Nullable;

/**
 * A database for one test: the embedded engine in a directory of its own, or at the URL that
 * AGENT_TEST_MONGO names (then a database of a random name, dropped at the end).
 */
public final class TestDatabase implements AutoCloseable {
  private final EmbeddedMongo server; // null with a URL from outside
  private final Path directory; // likewise
  private final String url;
  private final String name = "test_" + UUID.randomUUID().toString().replace("-", "");

  private TestDatabase(EmbeddedMongo server, Path directory, String url) {
    this.server = server;
    this.directory = directory;
    this.url = url;
  }

  /** Whether tests run on somebody else's server. */
  public static boolean isGiven() {
    return given() != null;
  }

  private static @Nullable String given() {
    String given = System.getenv("AGENT_TEST_MONGO");
    return given == null || given.isBlank() ? null : given;
  }

  public static TestDatabase open() {
    String given = given();
    if (given != null) {
      return new TestDatabase(null, null, given);
    }
    try {
      Path directory = Files.createTempDirectory("store-test");
      EmbeddedMongo server = EmbeddedMongo.start(EmbeddedMongoSettings.in(directory));
      return new TestDatabase(server, directory, server.url());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * The embedded engine in fault mode, whatever AGENT_TEST_MONGO says. With {@code &appName=} at
   * the end of its URL nodes are told apart.
   */
  public static TestDatabase open(net.mailagent.embedded.Faults faults) {
    try {
      Path directory = Files.createTempDirectory("store-test");
      EmbeddedMongo server = EmbeddedMongo.start(EmbeddedMongoSettings.in(directory), faults);
      return new TestDatabase(server, directory, server.url());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** As {@link #open()}, the embedded engine with those faults; a server that is given has none. */
  public static TestDatabase openWith(net.mailagent.embedded.Faults faults) {
    return isGiven() ? open() : open(faults);
  }

  public String url() {
    return url;
  }

  public String name() {
    return name;
  }

  public StoreSettings settings() {
    // what tests trim goes at once, unless they say otherwise
    return StoreSettings.of(url, name)
        .withUpkeep(UpkeepSettings.DEFAULT.withAnnounced(java.time.Duration.ZERO));
  }

  /**
   * For one node of several: faults of the engine tell them apart by that name, and collections are
   * sharded. Of a server that is given as always.
   */
  public StoreSettings settings(String node) {
    if (server == null) {
      return settings();
    }
    MongoSettings d = settings().mongo();
    return settings()
        .withMongo(
            new MongoSettings(
                url + "&appName=" + node,
                name,
                d.callTimeout(),
                d.connectTimeout(),
                d.maxConnections(),
                true));
  }

  /** A connection beside those of the stores, for a look behind them. */
  public MongoConnection connect() {
    return MongoConnection.open(MongoSettings.of(url, name), Interceptor.NONE);
  }

  @Override
  public void close() {
    if (server == null) {
      try (MongoConnection all = connect()) {
        all.dropDatabase();
      }
      return;
    }
    server.close();
    try (Stream<Path> files = Files.walk(directory)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
