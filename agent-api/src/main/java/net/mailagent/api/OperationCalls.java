package net.mailagent.api;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import net.mailagent.runtime.ops.Health;
import net.mailagent.runtime.ops.Metrics;

/** The calls operators and their tools make. Virtual threads. */
final class OperationCalls {
  private final Health health;
  private final Metrics metrics;
  private final byte[] openApi;

  OperationCalls(Health health, Metrics metrics) {
    this.health = health;
    this.metrics = metrics;
    try (InputStream in = OperationCalls.class.getResourceAsStream("openapi.json")) {
      if (in == null) {
        throw new IllegalStateException("openapi.json is not in the jar");
      }
      openApi = in.readAllBytes();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** GET /health/live: whether the process works at all. */
  Answer live(Call call) {
    return report(health.live());
  }

  /** GET /health/ready and /health: whether the process should get traffic. */
  Answer ready(Call call) {
    return report(health.ready());
  }

  private static Answer report(Health.Report report) {
    ObjectNode body = Json.object().put("success", report.ok());
    body.put("status", report.ok() ? "up" : "down");
    if (report.ok()) {
      return Answer.json(200, body);
    }
    body.put("error", "not healthy: " + String.join(", ", report.failures().keySet()));
    body.put("code", "ServiceUnavailable");
    ObjectNode details = body.putObject("details");
    report.failures().forEach(details::put);
    return Answer.json(503, body);
  }

  /** GET /metrics: all meters in Prometheus' text format. */
  Answer metrics(Call call) {
    return Answer.text("text/plain; version=0.0.4; charset=utf-8", metrics.scrape());
  }

  /** GET /openapi.json: what this API is. */
  Answer openApi(Call call) {
    return new Answer(200, Answer.JSON, openApi, java.util.Map.of());
  }
}
