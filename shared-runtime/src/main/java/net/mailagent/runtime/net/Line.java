package net.mailagent.runtime.net;

/**
 * One line of input.
 *
 * @param octets the line without its end; not copied, the receiver owns it
 * @param end what ended it
 */
@SuppressWarnings("ArrayRecordComponent") // a line is handed over, never compared
public record Line(byte[] octets, End end) {
  /** How a line can end. A CR that no LF follows is part of the line. */
  public enum End {
    CRLF,
    /** A lone LF, which SMTP and LMTP must not take for a line end in message data. */
    LF
  }
}
