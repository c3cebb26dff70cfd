package net.mailagent.conformance;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.JarURLConnection;
import java.util.List;
import java.util.Objects;
import java.util.TreeMap;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;

/** Messages out of another project's tests: odd, broken and hostile ones among them. */
final class Fixtures {
  private static final String ONE_OF_THEM = "/testmsgs/simple-attachment.msg";

  /** A message and the name of its file. */
  record Fixture(String name, byte[] octets) {
    @Override
    public String toString() {
      return name;
    }
  }

  private Fixtures() {}

  /** The .msg files of mime4j's test jar on the class path, by name. */
  static List<Fixture> mime4j() {
    TreeMap<String, Fixture> found = new TreeMap<>();
    try {
      JarURLConnection connection =
          (JarURLConnection)
              Objects.requireNonNull(Fixtures.class.getResource(ONE_OF_THEM)).openConnection();
      connection.setUseCaches(false);
      try (JarFile jar = connection.getJarFile()) {
        for (JarEntry entry : (Iterable<JarEntry>) jar.stream()::iterator) {
          if (entry.getName().endsWith(".msg")) {
            try (InputStream in = jar.getInputStream(entry)) {
              found.put(entry.getName(), new Fixture(entry.getName(), in.readAllBytes()));
            }
          }
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return List.copyOf(found.values());
  }
}
