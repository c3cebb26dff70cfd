package net.mailagent.model;

import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * Bytes that are pulled block by block, so that however long they are no more than a block is in
 * memory. One thread at a time (a virtual thread: {@link #next()} may block on the store).
 */
public interface ByteSource extends AutoCloseable {
  /** How many octets all blocks together have; exact. */
  long length();

  /**
   * The next block, or null at the end. Its content is valid until the next call; never empty.
   *
   * @throws StoreUnavailable when the store cannot be read
   */
  @Nullable ByteBuffer next();

  /** Ends reading early; no effect when it was read to the end. */
  @Override
  void close();
}
