package net.mailagent.api;

import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/** The body of a request, pulled piece by piece as it arrives. One thread at a time. */
interface Upload {
  /**
   * The next octets, or null at the end; blocks until they are there. Their content is valid until
   * the next call; never empty.
   *
   * @throws ClientGone when the client broke off
   */
  @Nullable ByteBuffer next();
}
