package net.mailagent.runtime.ops;

import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Named checks that say whether the process works at all (live) and whether it should get traffic
 * (ready). Any thread; checks may block, so no event loop asks.
 */
public final class Health {
  /** One check: returns when all is well, throws saying what is not. */
  @FunctionalInterface
  public interface Check {
    void run() throws Exception;
  }

  /**
   * What the checks said.
   *
   * @param failures what is not well by name of its check, empty when all is
   */
  public record Report(Map<String, String> failures) {
    public Report {
      failures = java.util.Collections.unmodifiableMap(new TreeMap<>(failures));
    }

    /** Whether all is well. */
    public boolean ok() {
      return failures.isEmpty();
    }
  }

  private final Map<String, Check> live = new ConcurrentHashMap<>();
  private final Map<String, Check> ready = new ConcurrentHashMap<>();

  /** Adds a check without which the process should be restarted. */
  public void addLive(String name, Check check) {
    live.put(name, check);
  }

  /** Adds a check without which the process should get no traffic. */
  public void addReady(String name, Check check) {
    ready.put(name, check);
  }

  /** Whether the process works at all. */
  public Report live() {
    return run(live);
  }

  /** Whether the process should get traffic: live, and ready too. */
  public Report ready() {
    Map<String, String> failures = new TreeMap<>(run(live).failures());
    failures.putAll(run(ready).failures());
    return new Report(failures);
  }

  private static Report run(Map<String, Check> checks) {
    Map<String, String> failures = new TreeMap<>();
    checks.forEach((name, check) -> {
      try {
        check.run();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        failures.put(name, "interrupted");
      } catch (Exception e) {
        failures.put(name, String.valueOf(e.getMessage()));
      }
    });
    return new Report(failures);
  }
}
