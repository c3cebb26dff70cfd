package net.mailagent.runtime.net;

import java.nio.ByteBuffer;

/**
 * What a client has sent, read in blocking style on the connection's runner. When more than a bound
 * is buffered the socket is paused, and resumed when half of it was read. Every blocking method
 * throws {@link Disconnected} when the client is gone and everything it sent has been read, and
 * {@link IdleTimeout} when nothing arrives for the idle time-out.
 *
 * <p>Only the connection's runner reads; its event loop fills.
 */
public final class Input {
  Input() {}

  /** Whether nothing is buffered: a read would block, or the client is gone. */
  public boolean isEmpty() {
    throw new UnsupportedOperationException();
  }

  /** How many octets are buffered. */
  public int buffered() {
    throw new UnsupportedOperationException();
  }

  /**
   * The next line; blocks until its end is there.
   *
   * @param maxBytes how long it may be without its end
   * @throws LineTooLong when it is longer; the rest of it was skipped without buffering
   */
  public Line readLine(int maxBytes) throws LineTooLong {
    throw new UnsupportedOperationException();
  }

  /**
   * The next piece of input, as it arrived; blocks while there is none. Not copied where it need
   * not be; it stays valid.
   *
   * @param max how many octets at most, at least 1
   * @return 1 to max octets, read-only, backed by an array
   */
  public ByteBuffer read(int max) {
    throw new UnsupportedOperationException();
  }

  /**
   * Like {@link #read}, but what is returned stays to be read: for data whose end shows only in the
   * data. {@link #skip} then takes what belongs to it.
   */
  public ByteBuffer peek(int max) {
    throw new UnsupportedOperationException();
  }

  /** Exactly so many octets, in one array; for small literals whose length was checked. */
  public byte[] readExactly(int length) {
    throw new UnsupportedOperationException();
  }

  /** Drops so many octets, waiting for them as needed, without buffering. */
  public void skip(long length) {
    throw new UnsupportedOperationException();
  }
}
