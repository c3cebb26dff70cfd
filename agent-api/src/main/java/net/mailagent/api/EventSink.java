package net.mailagent.api;

/**
 * Where a stream of server-sent events goes. {@link #write} blocks until the socket has taken what
 * was written: one piece is under way, never a queue of them. The stream's thread only, except
 * where noted.
 */
interface EventSink {
  /** Sends the header; from here on the answer is 200 and a stream. */
  void begin();

  /**
   * Sends octets; blocks while the client does not read.
   *
   * @throws ClientGone when the client is gone or the node stops
   */
  void write(byte[] octets);

  /** Whether there is still somebody to write to. Any thread. */
  boolean isOpen();

  /** Runs the task once the stream has ended, at once if it has. Any thread runs it. */
  void onEnd(Runnable task);
}
