package net.mailagent.agent;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import net.mailagent.runtime.settings.Setting;
import net.mailagent.runtime.settings.Settings;
import net.mailagent.store.check.CheckCounts;
import net.mailagent.store.check.Finding;
import net.mailagent.store.check.ScrubSettings;

/** The settings of the scrubber, and the metrics of checks; {@link ScrubSettings} says more. */
final class CheckOptions {
  static final Setting<Duration> EVERY =
      Setting.duration(
          "scrub.every",
          ScrubSettings.DEFAULT.every(),
          Duration.ofMinutes(1),
          Duration.ofDays(365),
          "How often everything that is stored is checked, by one of the nodes.");

  static final Setting<Duration> PAUSE =
      Setting.duration(
          "scrub.pause",
          ScrubSettings.DEFAULT.pause(),
          Duration.ofMillis(0),
          Duration.ofHours(1),
          "How long that rests between two users, blobs or files.");

  static final Setting<Boolean> REPAIR =
      Setting.flag(
          "scrub.repair",
          ScrubSettings.DEFAULT.repair(),
          "Whether what can be told for certain is repaired at once.");

  static final List<Setting<?>> ALL = List.of(EVERY, PAUSE, REPAIR);

  private CheckOptions() {}

  static ScrubSettings scrub(Settings settings) {
    return new ScrubSettings(settings.get(EVERY), settings.get(PAUSE), settings.get(REPAIR));
  }

  static void bind(CheckCounts counts, MeterRegistry registry) {
    for (Finding.Kind kind : Finding.Kind.values()) {
      FunctionCounter.builder("mailagent.check.findings", counts, c -> c.findings(kind))
          .description("What was not as it should be")
          .tag("kind", kind.name().toLowerCase(Locale.ROOT))
          .register(registry);
    }
    FunctionCounter.builder("mailagent.check.repaired", counts, CheckCounts::repaired)
        .description("Findings that were repaired")
        .register(registry);
    FunctionCounter.builder("mailagent.check.users", counts, CheckCounts::users)
        .description("Users that were checked")
        .register(registry);
    FunctionCounter.builder("mailagent.check.failures", counts, CheckCounts::failures)
        .description("Users that could not be checked")
        .register(registry);
    FunctionCounter.builder("mailagent.check.passes", counts, CheckCounts::passes)
        .description("Checks of everything")
        .register(registry);
  }
}
