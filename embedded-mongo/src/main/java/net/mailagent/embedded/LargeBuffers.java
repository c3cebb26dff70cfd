package net.mailagent.embedded;

import java.util.ArrayDeque;
import java.util.Deque;
import org.jspecify.annotations.Nullable;

/**
 * A few large buffers for all connections. A reply of megabytes that grew out of a small buffer
 * would be copied about twice on the way, and a connection that kept its own would hold it for
 * ever. Any thread.
 */
final class LargeBuffers {
  /** A batch of chunks as nodes read them, twice over. */
  static final int SIZE = 4 << 20;

  private static final int MOST = 4;

  private final Deque<byte[]> free = new ArrayDeque<>(MOST);
  private int made;

  /** One of {@link #SIZE}, or null when all are in use. */
  synchronized byte @Nullable [] take() {
    byte[] buffer = free.poll();
    if (buffer == null && made < MOST) {
      made++;
      buffer = new byte[SIZE];
    }
    return buffer;
  }

  /** Somebody else may have it; each that was taken must come back. */
  synchronized void giveBack(byte[] buffer) {
    free.push(buffer);
  }
}
