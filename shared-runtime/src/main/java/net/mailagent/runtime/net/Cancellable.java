package net.mailagent.runtime.net;

/** A task that was scheduled and need not run. */
@FunctionalInterface
public interface Cancellable {
  /** The task will not start any more; no effect when it has run. Any thread. */
  void cancel();
}
