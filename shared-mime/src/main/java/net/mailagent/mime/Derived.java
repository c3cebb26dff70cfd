package net.mailagent.mime;

import java.nio.ByteBuffer;
import java.util.function.Supplier;
import net.mailagent.model.ByteSource;
import org.jspecify.annotations.Nullable;

/**
 * A source made of another one as it streams by. Its length is not known without doing so: asking
 * for it reads the other one an extra time. One thread at a time.
 */
final class Derived implements ByteSource {
  /** What is derived, block by block; blocks may be empty, null is the end. */
  interface Blocks {
    @Nullable ByteBuffer next();

    void close();
  }

  private final Supplier<Blocks> open;
  private @Nullable Blocks blocks;
  private boolean closed;
  private long length = -1;

  Derived(Supplier<Blocks> open) {
    this.open = open;
  }

  @Override
  public long length() {
    if (length < 0) {
      Blocks all = open.get();
      try {
        long sum = 0;
        for (ByteBuffer block = all.next(); block != null; block = all.next()) {
          sum += block.remaining();
        }
        length = sum;
      } finally {
        all.close();
      }
    }
    return length;
  }

  @Override
  public @Nullable ByteBuffer next() {
    if (closed) {
      return null;
    }
    if (blocks == null) {
      blocks = open.get();
    }
    ByteBuffer block = blocks.next();
    while (block != null && !block.hasRemaining()) {
      block = blocks.next();
    }
    if (block == null) {
      close();
    }
    return block;
  }

  @Override
  public void close() {
    closed = true;
    if (blocks != null) {
      blocks.close();
      blocks = null;
    }
  }
}
