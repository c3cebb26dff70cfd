package net.mailagent.mime;

import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Random;

/**
 * Runs Jazzer on one of {@link FuzzTargets}, named by the system property {@code fuzz.target}: the
 * profile {@code fuzz} starts it. Jazzer itself is on the class path only there.
 */
public final class Fuzzing {
  private static final FuzzTargets.Target TARGET =
      FuzzTargets.Target.valueOf(
          System.getProperty("fuzz.target", "scanner").toUpperCase(Locale.ROOT));

  private Fuzzing() {}

  /** What Jazzer calls. */
  public static void fuzzerTestOneInput(byte[] octets) {
    TARGET.run(octets);
  }

  /** Fuzzes for that many seconds with inputs of at most that many octets. */
  public static void main(String[] args) throws ReflectiveOperationException, IOException {
    Path work = Path.of(System.getProperty("fuzz.work", "target"));
    Path corpus = Files.createDirectories(work.resolve("fuzz-corpus").resolve(TARGET.folder()));
    Path finds = Files.createDirectories(work.resolve("fuzz-finds").resolve(TARGET.folder()));
    for (int seed = 0; seed < 200; seed++) {
      String message = new RandomMessage(new Random(seed * 7_919L << 20)).text();
      Files.write(corpus.resolve("seed-" + seed), Parsing.octets(message));
    }
    String[] arguments = {
      "--target_class=" + Fuzzing.class.getName(),
      "--instrumentation_includes=net.mailagent.mime.**",
      "--instrumentation_excludes=net.mailagent.mime.Fuzz**:net.mailagent.mime.Reference**",
      "--disabled_hooks=.*",
      "-max_total_time=" + args[0],
      "-max_len=" + args[1],
      "-timeout=20",
      "-artifact_prefix=" + finds + "/",
      "--reproducer_path=" + finds,
      corpus.toString()
    };
    try {
      Class.forName("com.code_intelligence.jazzer.Jazzer")
          .getMethod("main", String[].class)
          .invoke(null, (Object) arguments);
    } catch (InvocationTargetException e) {
      throw new IllegalStateException("Jazzer failed", e.getCause());
    }
  }
}
