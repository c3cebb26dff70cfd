package net.mailagent.runtime.ops;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;

/** The meters of one node, scraped in Prometheus' text format. Any thread. */
public final class Metrics implements AutoCloseable {
  private final PrometheusMeterRegistry registry =
      new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);

  /** Where meters are registered. */
  public MeterRegistry registry() {
    return registry;
  }

  /** All meters in Prometheus' text format 0.0.4, for {@code GET /metrics}. */
  public String scrape() {
    return registry.scrape();
  }

  @Override
  public void close() {
    registry.close();
  }
}
