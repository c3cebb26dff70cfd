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
   * The next block, or null at the end; never empty. The octets of a read-only block are changed by
   * nobody and may be kept; those of another are valid until the next call.
   *
   * @throws StoreUnavailable when the store cannot be read
   */
  @Nullable ByteBuffer next();

  /** Ends reading early; no effect when it was read to the end. */
  @Override
  void close();
}
