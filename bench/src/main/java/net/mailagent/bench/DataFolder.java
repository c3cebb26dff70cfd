package net.mailagent.bench;

import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.stream.Stream;

/** A folder for what a measurement stores; gone when it is closed. */
record DataFolder(Path path) implements Closeable {
  /** Makes one that nobody else has. */
  static DataFolder make() throws IOException {
    return new DataFolder(Files.createTempDirectory("mail-agent-bench"));
  }

  @Override
  public void close() throws IOException {
    try (Stream<Path> files = Files.walk(path)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }
}
