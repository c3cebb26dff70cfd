package net.mailagent.store.check;

import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.atomic.LongAdder;

/** What this node has checked since it started, for metrics. Any thread. */
public final class CheckCounts {
  private final LongAdder users = new LongAdder();
  private final LongAdder passes = new LongAdder();
  private final LongAdder failures = new LongAdder();
  private final LongAdder repaired = new LongAdder();
  private final Map<Finding.Kind, LongAdder> findings = new EnumMap<>(Finding.Kind.class);

  CheckCounts() {
    for (Finding.Kind kind : Finding.Kind.values()) {
      findings.put(kind, new LongAdder());
    }
  }

  void user() {
    users.increment();
  }

  void pass() {
    passes.increment();
  }

  void failure() {
    failures.increment();
  }

  void add(Finding finding) {
    LongAdder adder = findings.get(finding.kind());
    if (adder != null) {
      adder.increment();
    }
    if (finding.repair() == Finding.Repair.DONE) {
      repaired.increment();
    }
  }

  /** Users that were checked. */
  public long users() {
    return users.sum();
  }

  /** Checks of everything that came to their end. */
  public long passes() {
    return passes.sum();
  }

  /** Users that could not be checked. */
  public long failures() {
    return failures.sum();
  }

  /** Findings that were repaired. */
  public long repaired() {
    return repaired.sum();
  }

  /** Findings of that kind. */
  public long findings(Finding.Kind kind) {
    LongAdder adder = findings.get(kind);
    return adder == null ? 0 : adder.sum();
  }
}
