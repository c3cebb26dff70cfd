package net.mailagent.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.googlejavaformat.java.Formatter;
import com.google.googlejavaformat.java.ImportOrderer;
import com.google.googlejavaformat.java.JavaFormatterOptions;
import com.google.googlejavaformat.java.RemoveUnusedImports;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * All Java sources have the form of google-java-format. It runs here, on the toolchain's JDK, since
 * a Maven plugin would run on Maven's own, which may be too old to parse the code. {@code mvn -pl
 * conformance -am test -Dtest=FormatTest -Dformat.write=true
 * -Dsurefire.failIfNoSpecifiedTests=false} rewrites them.
 */
class FormatTest {
  @Test
  void sourcesAreFormatted() throws Exception {
    boolean write = Boolean.getBoolean("format.write");
    Path root = Repository.root();
    List<Path> sources;
    try (Stream<Path> files = Files.walk(root)) {
      sources =
          files
              .filter(file -> file.toString().endsWith(".java"))
              .filter(file -> !root.relativize(file).toString().contains("target"))
              .toList();
    }
    assertThat(sources).hasSizeGreaterThan(20);
    List<Path> others =
        sources.parallelStream().filter(file -> !isFormatted(file, write)).sorted().toList();
    assertThat(write ? List.of() : others.stream().map(root::relativize).toList())
        .as("files to format; the comment of this test says how")
        .isEmpty();
  }

  private static boolean isFormatted(Path file, boolean write) {
    try {
      String source = Files.readString(file);
      String formatted =
          new Formatter()
              .formatSource(
                  RemoveUnusedImports.removeUnusedImports(
                      ImportOrderer.reorderImports(source, JavaFormatterOptions.Style.GOOGLE)));
      if (write && !formatted.equals(source)) {
        Files.writeString(file, formatted);
      }
      return formatted.equals(source);
    } catch (IOException | com.google.googlejavaformat.java.FormatterException e) {
      throw new IllegalStateException("cannot format " + file, e);
    }
  }
}
