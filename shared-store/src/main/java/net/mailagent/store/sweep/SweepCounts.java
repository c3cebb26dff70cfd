package net.mailagent.store.sweep;

import java.util.concurrent.atomic.LongAdder;

/** What this node has swept since it started, for metrics. Any thread. */
public final class SweepCounts {
  final LongAdder sweeps = new LongAdder();
  final LongAdder failures = new LongAdder();
  final LongAdder forgotten = new LongAdder();
  final LongAdder contents = new LongAdder();
  final LongAdder orphans = new LongAdder();
  final LongAdder doomed = new LongAdder();
  final LongAdder blobs = new LongAdder();
  final LongAdder files = new LongAdder();
  final LongAdder bytes = new LongAdder();
  final LongAdder users = new LongAdder();
  final LongAdder names = new LongAdder();

  SweepCounts() {}

  /** Sweeps of everything that came to their end. */
  public long sweeps() {
    return sweeps.sum();
  }

  /** Steps that failed and are tried again at the next sweep. */
  public long failures() {
    return failures.sum();
  }

  /** Expunged messages whose retention was over. */
  public long forgotten() {
    return forgotten.sum();
  }

  /** Contents that were deleted. */
  public long contents() {
    return contents.sum();
  }

  /** Those of them that no journal entry had ever placed. */
  public long orphans() {
    return orphans.sum();
  }

  /** Blobs that nothing referred to; they are looked at once more. */
  public long doomed() {
    return doomed.sum();
  }

  /** Blobs that were deleted. */
  public long blobs() {
    return blobs.sum();
  }

  /** Files that no blob named. */
  public long files() {
    return files.sum();
  }

  /** Octets of those files. */
  public long bytes() {
    return bytes.sum();
  }

  /** Deleted users of whom nothing is left. */
  public long users() {
    return users.sum();
  }

  /** Names that were reserved for users who were never made. */
  public long names() {
    return names.sum();
  }
}
