package net.mailagent.agent;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import net.mailagent.runtime.settings.Setting;
import net.mailagent.runtime.settings.Settings;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The command line, as far as it does not start a node. */
class MainTest {
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final ByteArrayOutputStream err = new ByteArrayOutputStream();

  @TempDir Path directory;

  private int run(String... arguments) {
    return Main.run(List.of(arguments), Map.of(), print(out), print(err));
  }

  private static PrintStream print(ByteArrayOutputStream to) {
    return new PrintStream(to, true, StandardCharsets.UTF_8);
  }

  @Test
  void helpListsEverySetting() {
    assertThat(run("--help")).isZero();
    for (Setting<?> setting : AgentSettings.ALL) {
      assertThat(out.toString(StandardCharsets.UTF_8)).contains("  " + setting.option());
    }
    assertThat(out.toString(StandardCharsets.UTF_8).lines()).allMatch(line -> line.length() <= 100);
  }

  @Test
  void versionNamesJavaToo() {
    assertThat(run("--version")).isZero();
    assertThat(out.toString(StandardCharsets.UTF_8)).startsWith("mail-agent ").contains("Java 2");
  }

  @Test
  void aWrongSettingIsExitCodeTwoAndOneLine() {
    assertThat(run("--imap-prot", "1")).isEqualTo(2);
    assertThat(err.toString(StandardCharsets.UTF_8).lines())
        .containsExactly(
            "mail-agent: unknown setting --imap-prot in the command line; did you mean"
                + " --imap-port? (--help lists all)");
    assertThat(run("--config", directory.resolve("none").toString())).isEqualTo(2);
  }

  @Test
  void aStoreThatDoesNotAnswerIsExitCodeOneAndOneLine() {
    assertThat(
            run(
                "--mongo",
                "mongodb://127.0.0.1:1/?directConnection=true",
                "--store-call-timeout",
                "300ms",
                "--data",
                directory.toString()))
        .isEqualTo(1);
    assertThat(err.toString(StandardCharsets.UTF_8).lines()).hasSize(1);
  }

  @Test
  void theFileInConfigIsWhatTheCodeSays() throws Exception {
    assertThat(run("--print-config")).isZero();
    Path file = Path.of("..", "config", "mail-agent.yaml");
    assertThat(Files.readString(file))
        .as("run: ./mail-agent --print-config > config/mail-agent.yaml")
        .isEqualTo(out.toString(StandardCharsets.UTF_8));
  }

  @Test
  void theFileGivesEverySettingItsDefault() {
    Path file = Path.of("..", "config", "mail-agent.yaml");
    Settings read = Settings.resolve(AgentSettings.ALL, List.of(), Map.of(), file);
    for (Setting<?> setting : AgentSettings.ALL) {
      assertThat(String.valueOf(read.get(setting)))
          .as(setting.name())
          .isEqualTo(String.valueOf(setting.defaultValue()));
      assertThat(read.isGiven(setting)).isEqualTo(!setting.defaultText().isEmpty());
    }
  }
}
