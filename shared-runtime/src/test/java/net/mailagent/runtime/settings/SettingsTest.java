package net.mailagent.runtime.settings;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SettingsTest {
  private static final Setting<Integer> PORT =
      Setting.integer("imap.port", 9143, 0, 65535, "The port of IMAP.");
  private static final Setting<Boolean> DEMO = Setting.flag("demo", false, "Makes a user.");
  private static final Setting<Duration> WAIT =
      Setting.duration(
          "imap.idle-time-out", Duration.ofMinutes(30), Duration.ZERO, Duration.ofDays(1), "x");
  private static final Setting<Long> LIMIT =
      Setting.size("append.limit", 50 << 20, 1, 1L << 40, "x");
  private static final Setting<List<String>> ROLES =
      Setting.list("roles", List.of("imap", "lmtp"), "x");
  private static final Setting<Optional<String>> MONGO = Setting.optionalText("mongo", "x");
  private static final Setting<String> LEVEL =
      Setting.choice("log.level", "info", List.of("debug", "info", "warn"), "x");
  private static final List<Setting<?>> KNOWN =
      List.of(PORT, DEMO, WAIT, LIMIT, ROLES, MONGO, LEVEL);

  @TempDir Path directory;

  private static Settings resolve(
      List<String> arguments, Map<String, String> environment, @Nullable Path yaml) {
    return Settings.resolve(KNOWN, arguments, environment, yaml);
  }

  private Path yaml(String text) throws IOException {
    return Files.writeString(directory.resolve("agent.yaml"), text);
  }

  @Test
  void hasOneNameInThreeSpellings() {
    assertThat(WAIT.name()).isEqualTo("imap.idle-time-out");
    assertThat(WAIT.option()).isEqualTo("--imap-idle-time-out");
    assertThat(WAIT.variable()).isEqualTo("MAIL_AGENT_IMAP_IDLE_TIME_OUT");
  }

  @Test
  void noTwoSettingsOfTheRuntimeShareASpelling() {
    assertThat(RuntimeSettings.ALL).extracting(Setting::option).doesNotHaveDuplicates();
    assertThat(RuntimeSettings.ALL).extracting(Setting::variable).doesNotHaveDuplicates();
    for (Setting<?> setting : RuntimeSettings.ALL) {
      assertThat(setting.parse(setting.defaultText()))
          .as(setting.name())
          .satisfies(value ->
              assertThat(String.valueOf(value)).isEqualTo(String.valueOf(setting.defaultValue())));
    }
  }

  @Test
  void prefersCommandLineToEnvironmentToFileToDefault() throws IOException {
    Path file = yaml("imap:\n  port: 3\n");
    Map<String, String> environment = Map.of("MAIL_AGENT_IMAP_PORT", "2", "PATH", "/bin");
    assertThat(resolve(List.of("--imap-port", "1"), environment, file).get(PORT)).isEqualTo(1);
    assertThat(resolve(List.of(), environment, file).get(PORT)).isEqualTo(2);
    assertThat(resolve(List.of(), Map.of(), file).get(PORT)).isEqualTo(3);
    assertThat(resolve(List.of(), Map.of(), null).get(PORT)).isEqualTo(9143);
    assertThat(Settings.defaults().get(PORT)).isEqualTo(9143);
    assertThat(Settings.defaults().with(PORT, 7).get(PORT)).isEqualTo(7);
    assertThat(Settings.defaults().with(PORT, 9143).isGiven(PORT)).isTrue();
    assertThat(Settings.defaults().isGiven(PORT)).isFalse();
  }

  @Test
  void readsEveryType() throws IOException {
    Settings settings =
        resolve(
            List.of("--demo", "--append-limit=1GiB", "--mongo", "mongodb://x/?a=b"),
            Map.of("MAIL_AGENT_LOG_LEVEL", "WARN"),
            yaml("imap.idle-time-out: 90s\nroles: [imap, api]\n"));
    assertThat(settings.get(DEMO)).isTrue();
    assertThat(settings.get(LIMIT)).isEqualTo(1L << 30);
    assertThat(settings.get(WAIT)).isEqualTo(Duration.ofSeconds(90));
    assertThat(settings.get(ROLES)).containsExactly("imap", "api");
    assertThat(settings.get(MONGO)).contains("mongodb://x/?a=b");
    assertThat(settings.get(LEVEL)).isEqualTo("warn");
    assertThat(resolve(List.of("--demo=false"), Map.of(), null).get(DEMO)).isFalse();
    assertThat(resolve(List.of("--demo", "false"), Map.of(), null).get(DEMO)).isFalse();
    assertThat(resolve(List.of("--append-limit", "500"), Map.of(), null).get(LIMIT)).isEqualTo(500);
    assertThat(resolve(List.of(), Map.of(), yaml("# nothing\n")).get(MONGO)).isEmpty();
  }

  @Test
  void warnsOfUnknownNamesInTheEnvironment() {
    Settings settings =
        resolve(List.of(), Map.of("MAIL_AGENT_IMAP_PORTT", "1", "MAIL_AGENT_IMAP_PORT", "2"), null);
    assertThat(settings.get(PORT)).isEqualTo(2);
    assertThat(settings.warnings())
        .singleElement(org.assertj.core.api.InstanceOfAssertFactories.STRING)
        .contains("unknown setting MAIL_AGENT_IMAP_PORTT in the environment")
        .contains("did you mean MAIL_AGENT_IMAP_PORT?");
    assertThat(settings.with(PORT, 3).warnings()).isEqualTo(settings.warnings());
  }

  @Test
  void saysWhatIsWrongWhereAndWhatIsAllowed() throws IOException {
    assertWrong(
        List.of("--imap-port", "70000"),
        "--imap-port: \"70000\" is not allowed; allowed is a whole number from 0 to 65535");
    assertWrong(
        List.of("--imap-idle-time-out=5"),
        "--imap-idle-time-out: \"5\" is not allowed; allowed is a time span such as 500ms, 30s, 5m,"
            + " 2h or 7d, from 0ms to 1d");
    assertWrong(List.of("--append-limit=9999999999GiB"), "is not allowed; allowed is a size");
    assertWrong(List.of("--log-level=loud"), "allowed is one of debug, info, warn");
    assertWrong(List.of("--imap-port"), "--imap-port needs a value");
    assertWrong(List.of("--imap-prot=1"), "did you mean --imap-port?");
    assertWrong(List.of("something"), "unknown setting something in the command line");
    Path unknown = yaml("imap:\n  prt: 1\n");
    assertThatThrownBy(() -> resolve(List.of(), Map.of(), unknown))
        .isInstanceOf(SettingsException.class)
        .hasMessageContaining("unknown setting imap.prt in " + unknown)
        .hasMessageContaining("did you mean imap.port?");
    Path broken = yaml("imap: [\n");
    assertThatThrownBy(() -> resolve(List.of(), Map.of(), broken))
        .hasMessageContaining(broken + " is not YAML");
    assertThatThrownBy(() -> resolve(List.of(), Map.of(), directory.resolve("none.yaml")))
        .hasMessageContaining("cannot read " + directory.resolve("none.yaml"));
    Path scalar = yaml("hello\n");
    assertThatThrownBy(() -> resolve(List.of(), Map.of(), scalar))
        .hasMessageContaining("must hold names and values");
  }

  private static void assertWrong(List<String> arguments, String message) {
    assertThatThrownBy(() -> resolve(arguments, Map.of(), null))
        .isInstanceOf(SettingsException.class)
        .hasMessageContaining(message);
  }
}
