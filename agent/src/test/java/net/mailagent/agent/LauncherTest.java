package net.mailagent.agent;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** The script that people start, as far as it needs no build. */
@Timeout(60)
@DisabledOnOs(OS.WINDOWS)
class LauncherTest {
  private static final Path SCRIPT = Path.of("..", "mail-agent").toAbsolutePath().normalize();

  @TempDir Path directory;

  private record Result(int exit, String output) {}

  private Result run(Map<String, String> environment, String... command)
      throws IOException, InterruptedException {
    ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
    builder.environment().clear();
    builder.environment().putAll(environment);
    Process process = builder.start();
    String output = new String(process.getInputStream().readAllBytes());
    assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
    return new Result(process.exitValue(), output);
  }

  /** A folder that looks like a JDK of that version and says so when it is run. */
  private Path jdk(String name, String version) throws IOException {
    Path home = directory.resolve(name);
    Files.createDirectories(home.resolve("bin"));
    for (String tool : new String[] {"java", "javac"}) {
      Path file = home.resolve("bin").resolve(tool);
      Files.writeString(file, "#!/bin/sh\necho \"" + name + " runs $@\"\n");
      assertThat(file.toFile().setExecutable(true)).isTrue();
    }
    Files.writeString(home.resolve("release"), "JAVA_VERSION=\"" + version + "\"\n");
    return home;
  }

  /** A clone that was built, reached by a link from elsewhere. */
  private Path builtClone() throws IOException {
    Path clone = directory.resolve("a clone");
    Files.createDirectories(clone.resolve("agent/target"));
    // Without the folders of the whole machine: which JDKs those hold is not the test's to know.
    String script = Files.readString(SCRIPT).replaceAll("(?m)^ {4}/.*$", "");
    Files.writeString(clone.resolve("mail-agent"), script);
    assertThat(clone.resolve("mail-agent").toFile().setExecutable(true)).isTrue();
    Files.writeString(clone.resolve("agent/target/mail-agent.jar"), "");
    Files.writeString(clone.resolve("agent/target/built"), "");
    return Files.createSymbolicLink(directory.resolve("link"), clone.resolve("mail-agent"));
  }

  @Test
  void takesTheJdkOfJavaHomeAndPassesArgumentsOn() throws Exception {
    Result result =
        run(
            Map.of("JAVA_HOME", jdk("new", "25.0.1").toString(), "PATH", "/usr/bin:/bin"),
            builtClone().toString(),
            "--demo",
            "two words");
    assertThat(result.output())
        .startsWith("new runs ")
        .contains("-jar ")
        .endsWith("--demo two words\n");
    assertThat(result.exit()).isZero();
  }

  @Test
  void passesOverAJdkThatIsTooOldAndLooksAtHome() throws Exception {
    Path old = jdk("old", "17.0.15");
    Path candidates = directory.resolve("home/.sdkman/candidates/java");
    Files.createDirectories(candidates);
    Files.createSymbolicLink(candidates.resolve("26"), jdk("newer", "26"));
    Result result =
        run(
            Map.of(
                "JAVA_HOME",
                old.toString(),
                "HOME",
                directory.resolve("home").toString(),
                "PATH",
                "/usr/bin:/bin"),
            builtClone().toString(),
            "--version");
    assertThat(result.output()).startsWith("newer runs ");
  }

  @Test
  void saysWhatToDoWithoutAJdk() throws Exception {
    Path tools = Files.createDirectory(directory.resolve("tools"));
    for (String tool : new String[] {"bash", "dirname", "readlink", "sed", "cat"}) {
      Path file = Path.of("/usr/bin", tool);
      Files.createSymbolicLink(
          tools.resolve(tool), Files.exists(file) ? file : Path.of("/bin", tool));
    }
    Result result =
        run(
            Map.of("HOME", directory.toString(), "PATH", tools.toString()),
            "/bin/bash",
            builtClone().toString());
    assertThat(result.output()).contains("needs a JDK 25 or newer").contains("JAVA_HOME=");
    assertThat(result.exit()).isEqualTo(1);
  }
}
