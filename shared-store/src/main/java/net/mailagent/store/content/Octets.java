package net.mailagent.store.content;

import java.nio.ByteBuffer;
import java.util.Arrays;

/** A growing array of octets with a bound. One thread. */
final class Octets {
  private final int limit;
  private byte[] array;
  private int size;

  Octets(int initial, int limit) {
    this.limit = limit;
    this.array = new byte[Math.min(initial, limit)];
  }

  int size() {
    return size;
  }

  /** How many more octets fit below the bound. */
  int room() {
    return limit - size;
  }

  /** Takes all remaining octets, which must be no more than {@link #room()}. */
  void add(ByteBuffer octets) {
    int more = octets.remaining();
    if (more > array.length - size) {
      array = Arrays.copyOf(array, Math.min(limit, Math.max(2 * array.length, size + more)));
    }
    octets.get(array, size, more);
    size += more;
  }

  /** A view of the octets; valid until the next change. */
  ByteBuffer view() {
    return ByteBuffer.wrap(array, 0, size);
  }

  byte[] toArray() {
    return Arrays.copyOf(array, size);
  }

  void clear() {
    size = 0;
  }
}
