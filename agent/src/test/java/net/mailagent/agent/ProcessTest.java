package net.mailagent.agent;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The program as a process of its own: what it says, and how it ends. */
@Timeout(400)
class ProcessTest {
  @TempDir Path directory;

  private Process start(Path output) throws IOException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("-cp", System.getProperty("java.class.path")));
    command.addAll(List.of(Main.class.getName(), "--data", directory.resolve("data").toString()));
    for (String port : List.of("imap", "imap-tls", "lmtp", "api", "store")) {
      command.addAll(List.of("--" + port + "-port", "0"));
    }
    return new ProcessBuilder(command)
        .redirectErrorStream(true)
        .redirectOutput(output.toFile())
        .start();
  }

  private static List<String> awaitReady(Process process, Path output) throws Exception {
    while (true) {
      List<String> lines = Files.readAllLines(output);
      if (lines.stream().anyMatch(line -> line.contains("ready after"))) {
        return lines;
      }
      assertThat(process.isAlive()).as("%s", lines).isTrue();
      Thread.sleep(50);
    }
  }

  @Test
  void saysWhatListensAndStopsCleanlyOnSigterm() throws Exception {
    Path said = directory.resolve("said");
    Process process = start(said);
    try {
      List<String> lines = awaitReady(process, said);
      for (String name : List.of("lmtp: ", "imap: ", "imaps: ", "api: ")) {
        assertThat(lines).filteredOn(line -> line.contains(" - " + name)).hasSize(1);
      }

      Path secondSaid = directory.resolve("said by the second");
      Process second = start(secondSaid);
      assertThat(second.waitFor(120, TimeUnit.SECONDS)).isTrue();
      assertThat(Files.readAllLines(secondSaid))
          .singleElement()
          .asString()
          .startsWith("mail-agent: The data directory ")
          .contains("in use");
      assertThat(second.exitValue()).isEqualTo(1);

      process.destroy();
      assertThat(process.waitFor(120, TimeUnit.SECONDS)).isTrue();
      assertThat(process.exitValue()).isZero();
      assertThat(Files.readAllLines(said)).last().asString().endsWith("stopped");
    } finally {
      process.destroyForcibly().waitFor();
    }
  }
}
