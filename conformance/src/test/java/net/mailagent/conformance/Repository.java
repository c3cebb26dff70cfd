package net.mailagent.conformance;

import java.nio.file.Files;
import java.nio.file.Path;

/** Where the checkout is that these tests look at. */
final class Repository {
  private Repository() {}

  /** The top folder: the first one upwards that has the agents in it. */
  static Path root() {
    Path folder = Path.of("").toAbsolutePath();
    while (!Files.isDirectory(folder.resolve("agent-imap"))) {
      folder = folder.getParent();
    }
    return folder;
  }
}
