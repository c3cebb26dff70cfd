package net.mailagent.mime;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * The fuzz targets on what fuzzing found before, which is kept in {@code resources/fuzz}, and on
 * some thousand mutations of random messages, the same ones in every build.
 */
class FuzzTest {
  private static final Path FOUND = Path.of("src", "test", "resources", "fuzz");
  private static final int MUTATIONS = Integer.getInteger("fuzz.mutations", 200);
  private static final String[] PIECES = {
    "\r\n",
    "\n",
    "\r",
    "\0",
    "--a",
    "--",
    "=",
    "\"",
    "(",
    ")",
    "\\",
    ";",
    ",",
    "<",
    ">",
    "@",
    ":",
    "*",
    "*0*=",
    "%e9",
    "=?utf-8?q?",
    "?=",
    "<p>",
    "<!--",
    "</",
    "&#",
    "\u001b$B",
    "\u00ff",
    "\u00c3"
  };

  @TestFactory
  Stream<DynamicTest> whatWasFound() throws IOException {
    List<Path> files;
    try (Stream<Path> all = Files.walk(FOUND)) {
      files = all.filter(Files::isRegularFile).sorted().toList();
    }
    assertThat(files).isNotEmpty();
    return files.stream()
        .map(file -> DynamicTest.dynamicTest(FOUND.relativize(file).toString(), () -> run(file)));
  }

  private static void run(Path file) throws IOException {
    byte[] octets = Files.readAllBytes(file);
    String folder = String.valueOf(file.getParent().getFileName());
    for (FuzzTargets.Target target : FuzzTargets.Target.values()) {
      if (folder.equals("any") || folder.equals(target.folder())) {
        target.run(octets);
      }
    }
  }

  @ParameterizedTest
  @EnumSource(FuzzTargets.Target.class)
  void mutations(FuzzTargets.Target target) {
    for (int i = 0; i < MUTATIONS; i++) {
      Random random = new Random(i * 7_919L << 20);
      byte[] octets = mutated(random);
      try {
        target.run(octets);
      } catch (Throwable e) {
        String text = new String(octets, StandardCharsets.ISO_8859_1);
        throw new AssertionError(target + " fails on mutation " + i + ": " + text, e);
      }
    }
  }

  private static byte[] mutated(Random random) {
    StringBuilder text = new StringBuilder(new RandomMessage(random).text());
    if (text.length() > 4_000) {
      int at = random.nextInt(text.length() - 3_000);
      text.delete(at + 3_000, text.length()).delete(0, at);
    }
    for (int n = random.nextInt(12); n > 0; n--) {
      int at = random.nextInt(text.length() + 1);
      switch (random.nextInt(4)) {
        case 0 -> text.insert(at, (char) random.nextInt(256));
        case 1 -> text.insert(at, PIECES[random.nextInt(PIECES.length)]);
        case 2 -> text.delete(at, Math.min(text.length(), at + random.nextInt(20)));
        default ->
            text.insert(at, text.substring(at, Math.min(text.length(), at + random.nextInt(40))));
      }
    }
    return Parsing.octets(text.toString());
  }
}
