package net.mailagent.runtime.net;

import java.util.Arrays;

/**
 * A line longer than allowed. It has been skipped up to and including its end without being
 * buffered: the connection can go on.
 */
public final class LineTooLong extends Exception {
  private static final long serialVersionUID = 1;

  /** How many octets of the end of the line {@link #end} keeps. */
  static final int END_LENGTH = 32;

  private final byte[] start;
  private final byte[] end;

  LineTooLong(int limit, byte[] start, byte[] end) {
    super("line longer than " + limit + " octets", null, false, false);
    this.start = start;
    this.end =
        end.length > END_LENGTH
            ? Arrays.copyOfRange(end, end.length - END_LENGTH, end.length)
            : end;
  }

  /** The first octets of the line, as many as the limit allows: enough for an IMAP tag. */
  public byte[] start() {
    return start.clone();
  }

  /**
   * The last octets of the line without its end, at most 32: shows whether it announced a literal
   * that the client sends without waiting.
   */
  public byte[] end() {
    return end.clone();
  }
}
