package net.mailagent.conformance;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Wall clocks of agents that can be set while they run: by libfaketime where it is installed, else
 * not at all. The monotonic clock is left alone, as when an administrator sets the time.
 */
final class FakeClocks {
  private static final List<String> FOLDERS =
      List.of(
          "/usr/lib/x86_64-linux-gnu/faketime",
          "/usr/lib/aarch64-linux-gnu/faketime",
          "/usr/lib64/faketime",
          "/usr/lib/faketime");

  private final Path folder;
  private final Optional<Path> library =
      FOLDERS.stream()
          .map(folder -> Path.of(folder, "libfaketimeMT.so.1"))
          .filter(Files::exists)
          .findFirst();

  FakeClocks(Path folder) {
    this.folder = folder;
  }

  boolean canStep() {
    return library.isPresent();
  }

  /** For the process whose clock it is. */
  Map<String, String> environment(int node) throws IOException {
    if (library.isEmpty()) {
      return Map.of();
    }
    step(node, 0);
    return Map.of(
        "LD_PRELOAD", library.get().toString(),
        "FAKETIME_TIMESTAMP_FILE", file(node).toString(),
        "FAKETIME_DONT_FAKE_MONOTONIC", "1",
        "DONT_FAKE_MONOTONIC", "1",
        "FAKETIME_CACHE_DURATION", "1");
  }

  /** Sets a node's clock to so many seconds beside the true time. */
  void step(int node, int seconds) throws IOException {
    Path written = folder.resolve("clock" + node + ".new");
    Files.writeString(written, "%+ds\n".formatted(seconds));
    Files.move(
        written,
        file(node),
        java.nio.file.StandardCopyOption.ATOMIC_MOVE,
        java.nio.file.StandardCopyOption.REPLACE_EXISTING);
  }

  private Path file(int node) {
    return folder.resolve("clock" + node);
  }
}
