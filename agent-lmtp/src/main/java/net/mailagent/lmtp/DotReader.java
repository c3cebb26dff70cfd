package net.mailagent.lmtp;

import java.nio.ByteBuffer;
import java.util.function.Consumer;

/**
 * Undoes the dot-stuffing of DATA (RFC 5321 section 4.5.2) and finds its end, piece by piece,
 * however the pieces are cut. Octets are handed on as slices of what came in, not copied.
 *
 * <p>Invariant: only CRLF is a line end, so only CRLF.CRLF (or .CRLF at the very beginning) ends
 * the message. A lone LF or CR and NUL are octets like any other: accepting "LF.LF" or "LF.CRLF" as
 * an end lets a sender smuggle a second message past the server in front. Not thread-safe; one
 * reader per message.
 */
final class DotReader {
  private enum State {
    /** At the beginning of the message, or right behind CRLF. */
    LINE_START,
    /** Behind a dot at the beginning of a line; the dot was not handed on. */
    DOT,
    /** Behind such a dot and a CR; the CR was not handed on yet. */
    DOT_CR,
    /** Behind a CR that was handed on. */
    CR,
    /** Within a line. */
    TEXT,
    /** Behind the end of the message. */
    END
  }

  private State state = State.LINE_START;

  /**
   * Reads on.
   *
   * @param in is used up, or, when the end is found, its position stands behind the end
   * @param out gets the message's octets in order; a slice is valid as long as {@code in} is
   * @return whether the end of the message was found
   * @throws IllegalStateException when the end was found before
   */
  boolean feed(ByteBuffer in, Consumer<ByteBuffer> out) {
    if (state == State.END) {
      throw new IllegalStateException("the message has ended");
    }
    int limit = in.limit();
    int from = in.position(); // the first octet that was not handed on
    int at = from;
    while (at < limit) {
      if (state == State.TEXT) {
        at = skipText(in, at, limit);
        if (at == limit) {
          break;
        }
      }
      byte octet = in.get(at);
      switch (state) {
        case LINE_START -> {
          if (octet == '.') {
            emit(in, from, at, out);
            from = at + 1;
            state = State.DOT;
          } else {
            state = behind(octet);
          }
        }
        case DOT -> {
          // ".." is a stuffed dot, and of ".x" the dot goes too; ".CR" is not decided yet
          state = octet == '\r' ? State.DOT_CR : State.TEXT;
          if (state == State.DOT_CR) {
            from = at + 1;
          }
        }
        case DOT_CR -> {
          if (octet == '\n') {
            state = State.END;
            in.position(at + 1);
            return true;
          }
          out.accept(ByteBuffer.wrap(new byte[] {'\r'}));
          state = behind(octet);
        }
        case CR -> state = octet == '\n' ? State.LINE_START : behind(octet);
        case TEXT -> state = behind(octet);
        case END -> throw new IllegalStateException("the message has ended");
      }
      at++;
    }
    emit(in, from, limit, out);
    in.position(limit);
    return false;
  }

  private static State behind(byte octet) {
    return octet == '\r' ? State.CR : State.TEXT;
  }

  private static int skipText(ByteBuffer in, int from, int limit) {
    int at = from;
    while (at < limit && in.get(at) != '\r') {
      at++;
    }
    return at;
  }

  private static void emit(ByteBuffer in, int from, int to, Consumer<ByteBuffer> out) {
    if (to > from) {
      out.accept(in.slice(from, to - from));
    }
  }
}
