package net.mailagent.conformance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;
import static org.junit.jupiter.api.Assumptions.abort;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Somebody else's program, run as its users run it. */
final class Program {
  /** Set to "required", as CI does, it makes a missing program a failure. */
  private static final String VARIABLE = "AGENT_TEST_CLIENTS";

  private static final Duration LIMIT = Duration.ofSeconds(90);

  /**
   * How a program ended.
   *
   * @param text what it wrote on both its outputs
   */
  record Outcome(List<String> command, int exit, String text) {
    /** Itself, once its exit code is 0. */
    Outcome good() {
      assertThat(exit).as("exit code of %s, which said%n%s", command, text).isZero();
      return this;
    }
  }

  private Program() {}

  /** Skips the test when a program is not installed, or fails it where that is asked for. */
  static void require(String... names) {
    for (String name : names) {
      if (!isInstalled(name)) {
        missing(name);
      }
    }
  }

  /** Skips the test for want of something, or fails it where that is asked for. */
  static void missing(String what) {
    String message = what + " is not installed, so what it does with us is not tried";
    if (isRequired()) {
      fail(message);
    }
    abort(message);
  }

  static boolean isInstalled(String name) {
    return Arrays.stream(System.getenv("PATH").split(File.pathSeparator))
        .anyMatch(folder -> Files.isExecutable(Path.of(folder, name)));
  }

  /** Whether CI runs, where nothing may be left out. */
  static boolean isRequired() {
    return "required".equals(System.getenv(VARIABLE));
  }

  /** Runs a program and waits no longer than that; whether it ended well. */
  static boolean succeeds(Path folder, Duration limit, List<String> command)
      throws IOException, InterruptedException {
    Process process =
        new ProcessBuilder(command)
            .directory(folder.toFile())
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .start();
    process.getOutputStream().close();
    if (!process.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS)) {
      process.descendants().forEach(ProcessHandle::destroyForcibly);
      process.destroyForcibly().waitFor();
      return false;
    }
    return process.exitValue() == 0;
  }

  /** Runs a program to its end, whatever that is. */
  static Outcome run(Path folder, List<String> command) throws IOException, InterruptedException {
    Path output = Files.createTempFile(folder, "output", ".txt");
    Process process =
        new ProcessBuilder(command)
            .directory(folder.toFile())
            .redirectErrorStream(true)
            .redirectOutput(output.toFile())
            .start();
    process.getOutputStream().close();
    if (!process.waitFor(LIMIT.toMillis(), TimeUnit.MILLISECONDS)) {
      process.destroyForcibly().waitFor();
      fail("%s did not end within %s; it said%n%s", command, LIMIT, text(output));
    }
    return new Outcome(command, process.exitValue(), text(output));
  }

  private static String text(Path output) throws IOException {
    return new String(Files.readAllBytes(output), java.nio.charset.StandardCharsets.ISO_8859_1);
  }
}
