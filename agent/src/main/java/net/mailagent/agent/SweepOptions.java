package net.mailagent.agent;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.util.List;
import java.util.function.ToDoubleFunction;
import net.mailagent.runtime.settings.Setting;
import net.mailagent.runtime.settings.Settings;
import net.mailagent.store.sweep.SweepCounts;
import net.mailagent.store.sweep.SweepSettings;

/** The settings of the sweeper, and its metrics; {@link SweepSettings} says more. */
final class SweepOptions {
  static final Setting<Duration> EXPUNGED_RETENTION =
      Setting.duration(
          "sweep.expunged-retention",
          SweepSettings.DEFAULT.expungedRetention(),
          Duration.ofDays(2),
          Duration.ofDays(3650),
          "How long expunged messages are kept; the same on all nodes.");

  static final Setting<Duration> EVERY =
      Setting.duration(
          "sweep.every",
          SweepSettings.DEFAULT.every(),
          Duration.ofMinutes(1),
          Duration.ofDays(7),
          "How often everything is swept, by one of the nodes.");

  static final Setting<Integer> BATCH =
      Setting.integer(
          "sweep.batch",
          SweepSettings.DEFAULT.batch(),
          1,
          10000,
          "Contents, blobs or files deleted in one go.");

  static final List<Setting<?>> ALL = List.of(EXPUNGED_RETENTION, EVERY, BATCH);

  private SweepOptions() {}

  static SweepSettings sweep(Settings settings) {
    return new SweepSettings(
        settings.get(EXPUNGED_RETENTION), settings.get(EVERY), settings.get(BATCH));
  }

  static void bind(SweepCounts counts, MeterRegistry registry) {
    count(registry, "sweep.sweeps", "Sweeps of everything", counts, SweepCounts::sweeps);
    count(registry, "sweep.failures", "Steps that failed", counts, SweepCounts::failures);
    count(registry, "sweep.forgotten", "Expunged messages", counts, SweepCounts::forgotten);
    count(registry, "sweep.contents", "Contents deleted", counts, SweepCounts::contents);
    count(registry, "sweep.orphans", "Contents never placed", counts, SweepCounts::orphans);
    count(registry, "sweep.doomed", "Blobs doomed", counts, SweepCounts::doomed);
    count(registry, "sweep.blobs", "Blobs deleted", counts, SweepCounts::blobs);
    count(registry, "sweep.files", "Files deleted", counts, SweepCounts::files);
    count(registry, "sweep.bytes", "Octets of those files", counts, SweepCounts::bytes);
    count(registry, "sweep.users", "Users purged", counts, SweepCounts::users);
    count(registry, "sweep.names", "Names reclaimed", counts, SweepCounts::names);
  }

  private static void count(
      MeterRegistry registry,
      String name,
      String description,
      SweepCounts counts,
      ToDoubleFunction<SweepCounts> value) {
    FunctionCounter.builder("mailagent." + name, counts, value)
        .description(description)
        .register(registry);
  }
}
