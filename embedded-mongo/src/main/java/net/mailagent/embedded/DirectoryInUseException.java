package net.mailagent.embedded;

import java.nio.file.Path;

/** The directory belongs to another engine that is running, in this process or in another. */
public final class DirectoryInUseException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  DirectoryInUseException(Path directory) {
    super(
        "The data directory "
            + directory.toAbsolutePath()
            + " is in use by another running mail-agent. Stop that one, choose another directory,"
            + " or connect to it by its address (a process that serves the store, `--roles store`,"
            + " prints it) instead of opening the directory twice.");
  }
}
