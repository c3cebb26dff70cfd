package net.mailagent.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import net.mailagent.history.Violation;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Three agents behind HAProxy, the store and Redis as processes, broken all the time: nothing
 * acknowledged is lost, doubled or reordered, and everybody converges. The script cluster-run makes
 * a longer run of it.
 */
class ClusterRunTest {
  private static final Duration USUAL = Duration.ofSeconds(20);
  private static final double AT_ONCE_MILLIS = 250;

  /** Ten seconds of the slow timer, and something to read the journal. */
  private static final double SLOW_TIMER_MILLIS = 11_000;

  @TempDir private Path folder;

  @Test
  void nothingIsLostDoubledOrReordered() throws Exception {
    Program.require("redis-server");
    if ("required".equals(System.getenv("AGENT_TEST_CLIENTS"))) {
      Program.require("haproxy");
    }
    Optional<String> time = property("cluster.for");
    ClusterRun.Settings settings =
        new ClusterRun.Settings(
            time.map(ClusterRunTest::duration).orElse(USUAL),
            property("cluster.seed").map(Long::parseLong).orElseGet(() -> new Random().nextLong()),
            property("cluster.mongo"),
            time.isEmpty());
    ClusterRun.Result result = ClusterRun.run(folder, settings);
    print(settings, result);
    assertThat(result.violations()).isEmpty();
    assertThat(result.notConverged()).as("sessions that did not converge").isZero();
    assertThat(result.findings()).as("what mail-agent check found").isEmpty();
    assertThat(result.errors()).as("what was logged as an error").isEmpty();
    assertThat(result.acknowledged()).containsKeys("deliveries", "looks");
    assertThat(result.withRedis().at(time.isPresent() ? .99 : .5)).isLessThan(AT_ONCE_MILLIS);
    assertThat(result.withoutRedis().worst()).isLessThan(SLOW_TIMER_MILLIS);
  }

  private static Optional<String> property(String name) {
    return Optional.ofNullable(System.getProperty(name)).filter(value -> !value.isBlank());
  }

  /** 90s, 10m, 1h. */
  private static Duration duration(String text) {
    return Duration.parse("PT" + text.toUpperCase(java.util.Locale.ROOT));
  }

  private static void print(ClusterRun.Settings settings, ClusterRun.Result result) {
    row("seed", settings.seed());
    row("time under faults", settings.time());
    result.acknowledged().forEach((kind, count) -> row("acknowledged: " + kind, count));
    result.injected().forEach((kind, count) -> row("injected: " + kind, count));
    for (Violation.Promise promise : Violation.Promise.values()) {
      row(
          "broken: " + promise,
          result.violations().getOrDefault(promise, java.util.List.of()).size());
    }
    row("not converged", result.notConverged());
    row("findings of mail-agent check", Math.max(0, result.findings().size() - 1));
    row("errors logged", result.errors().size());
    row("worst catch-up after a phase", "%.0f ms".formatted(result.worstCatchUpMillis()));
    row("everybody knows, with Redis", result.withRedis());
    row("everybody knows, without Redis", result.withoutRedis());
    for (Map.Entry<Violation.Promise, java.util.List<String>> one :
        result.violations().entrySet()) {
      one.getValue().stream().limit(10).forEach(what -> row(one.getKey().name(), what));
    }
  }

  private static void row(String name, Object value) {
    System.out.printf("| %-40s | %s%n", name, value);
  }
}
