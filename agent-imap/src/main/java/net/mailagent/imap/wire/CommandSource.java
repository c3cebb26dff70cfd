package net.mailagent.imap.wire;

import java.nio.ByteBuffer;
import net.mailagent.runtime.net.LineTooLong;

/** Where a command comes from, piece by piece; blocks until a piece is there. One thread. */
public interface CommandSource {
  /**
   * The next line without its end.
   *
   * @param max octets it may have
   */
  byte[] line(int max) throws LineTooLong;

  /** Exactly so many octets. */
  byte[] exactly(int length);

  /** Some octets, at least 1 and at most {@code max}. */
  ByteBuffer read(int max);

  /** Drops so many octets without buffering. */
  void skip(long length);

  /** Sends a command continuation request, {@code + text}, at once. */
  void askFor(String text);
}
