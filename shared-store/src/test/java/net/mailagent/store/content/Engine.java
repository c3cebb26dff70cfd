package net.mailagent.store.content;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.stream.Stream;
import net.mailagent.embedded.EmbeddedMongo;
import net.mailagent.embedded.EmbeddedMongoSettings;
import org.jspecify.annotations.Nullable;

/**
 * The database server of all tests in this process: AGENT_TEST_MONGO, or an embedded engine in a
 * temporary folder that ends with the process.
 */
final class Engine {
  private static @Nullable String url = System.getenv("AGENT_TEST_MONGO");

  private Engine() {}

  static synchronized String url() {
    String known = url;
    if (known == null) {
      known = start();
      url = known;
    }
    return known;
  }

  private static String start() {
    try {
      Path folder = Files.createTempDirectory("content-test");
      EmbeddedMongo engine = EmbeddedMongo.start(EmbeddedMongoSettings.in(folder));
      Runtime.getRuntime()
          .addShutdownHook(
              new Thread(() -> {
                engine.close();
                delete(folder);
              }));
      return engine.url();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void delete(Path folder) {
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
