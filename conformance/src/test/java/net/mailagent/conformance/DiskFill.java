package net.mailagent.conformance;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/**
 * The disk of the store, which can be made full. Where this process may mount one, it is a small
 * file system of its own; else it cannot be filled.
 */
final class DiskFill implements AutoCloseable {
  private static final int MEGABYTES = 400;
  private static final int MEGABYTES_A_MINUTE = 80;

  private final Path folder;
  private final int megabytes;
  private final boolean mounted;

  /**
   * @param time how long clients will go on writing
   */
  DiskFill(Path folder, Duration time) throws IOException, InterruptedException {
    this.folder = folder;
    this.megabytes = MEGABYTES + MEGABYTES_A_MINUTE * (int) time.toMinutes();
    this.mounted =
        Program.isInstalled("mount")
            && run(
                "mount",
                "-t",
                "tmpfs",
                "-o",
                "size=" + megabytes + "m",
                "tmpfs",
                folder.toString());
  }

  private static boolean run(String... command) throws IOException, InterruptedException {
    return new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .start()
            .waitFor()
        == 0;
  }

  boolean canFill() {
    return mounted;
  }

  /** Where the store keeps its data. */
  Path folder() {
    return folder.resolve("data");
  }

  /** What the store is told of it. */
  List<String> options() {
    return List.of();
  }

  /** Writes until nothing more fits, but never more than its own file system has. */
  void fill() throws IOException {
    byte[] block = new byte[1 << 20];
    try (OutputStream out = Files.newOutputStream(filler())) {
      for (int n = 0; n <= megabytes; n++) {
        out.write(block);
      }
    } catch (IOException e) {
      if (!Files.exists(filler())) {
        throw e;
      }
    }
  }

  void free() throws IOException {
    Files.deleteIfExists(filler());
  }

  private Path filler() {
    return folder.resolve("filler");
  }

  @Override
  public void close() throws IOException, InterruptedException {
    if (mounted && !run("umount", folder.toString())) {
      throw new IOException("cannot unmount " + folder);
    }
  }
}
