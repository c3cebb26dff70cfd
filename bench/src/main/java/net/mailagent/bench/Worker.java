package net.mailagent.bench;

import java.io.Closeable;
import java.io.IOException;
import java.util.List;

/** One client of one operation, with its connections open. One thread at a time. */
interface Worker extends Closeable {
  /** What {@link #once} gives when there is nothing left to do it to. */
  long EXHAUSTED = -1;

  /** Does the operation once; gives the nanoseconds that count, or {@link #EXHAUSTED}. */
  long once() throws IOException;

  /** Something done to the {@code n}th message, n from 0. */
  @FunctionalInterface
  interface Step {
    void run(int n) throws IOException;
  }

  /** A worker whose step counts whole, for at most {@code limit} times. */
  static Worker of(int limit, List<? extends Closeable> connections, Step step) {
    return new Worker() {
      private int n;

      @Override
      public long once() throws IOException {
        if (n >= limit) {
          return EXHAUSTED;
        }
        long began = System.nanoTime();
        step.run(n++);
        return System.nanoTime() - began;
      }

      @Override
      public void close() throws IOException {
        for (Closeable connection : connections) {
          connection.close();
        }
      }
    };
  }
}
