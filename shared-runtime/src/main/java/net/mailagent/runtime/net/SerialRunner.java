package net.mailagent.runtime.net;

import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/**
 * Runs tasks one after the other, in the order they came, on a virtual thread that exists only
 * while there are any: an idle runner holds neither a thread nor a queue. Any thread adds.
 */
final class SerialRunner {
  private final String name;
  private @Nullable ArrayDeque<Runnable> tasks;
  private volatile @Nullable Thread thread;

  /** With the name that its threads get. */
  SerialRunner(String name) {
    this.name = name;
  }

  /** Adds a task; tasks catch what they throw. */
  void execute(Runnable task) {
    Thread start = null;
    synchronized (this) {
      if (tasks == null) {
        tasks = new ArrayDeque<>(2);
      }
      tasks.add(task);
      if (thread == null) {
        start = Thread.ofVirtual().name(name).unstarted(this::drain);
        thread = start;
      }
    }
    if (start != null) {
      start.start();
    }
  }

  /** Whether the caller is one of the runner's tasks. */
  @SuppressWarnings("ReferenceEquality") // a thread is itself
  boolean isCurrent() {
    return Thread.currentThread() == thread;
  }

  private void drain() {
    while (true) {
      Runnable task;
      synchronized (this) {
        task = tasks == null ? null : tasks.poll();
        if (task == null) {
          tasks = null;
          thread = null;
          return;
        }
      }
      task.run();
    }
  }
}
