package net.mailagent.conformance;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.jar.Attributes;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;

/** The wall clocks of agents, which can be set while they run. */
final class SteppedClocks {
  private final Path folder;
  private final Path jar;

  SteppedClocks(Path folder) throws IOException {
    this.folder = Files.createDirectories(folder);
    this.jar = folder.resolve("clock.jar");
    Manifest manifest = new Manifest();
    Attributes main = manifest.getMainAttributes();
    main.put(Attributes.Name.MANIFEST_VERSION, "1.0");
    main.putValue("Premain-Class", SteppedClock.class.getName());
    // the class itself is on the class path of the agents, which is ours
    new JarOutputStream(Files.newOutputStream(jar), manifest).close();
  }

  /** What the virtual machine of that node is to be told. */
  List<String> jvm(int node) throws IOException {
    step(node, 0);
    return List.of("-javaagent:" + jar + "=" + file(node));
  }

  /** Sets a node's clock to so many seconds beside the true time. */
  void step(int node, int seconds) throws IOException {
    Path written = Files.writeString(folder.resolve("new" + node), seconds * 1000L + "\n");
    Files.move(
        written, file(node), StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
  }

  private Path file(int node) {
    return folder.resolve("clock" + node);
  }
}
