package net.mailagent.imap.response;

import java.nio.ByteBuffer;
import net.mailagent.imap.wire.Dates;
import net.mailagent.imap.wire.ResponseWriter;
import net.mailagent.model.ByteSource;
import net.mailagent.model.Flags;

/**
 * Writes one FETCH response (RFC 3501 section 7.4.2), item by item, bodies as they are pulled. What
 * it writes is legal whenever {@link #end} is called. One thread.
 */
public final class FetchWriter {
  /** A literal ended before its announced length: only closing the connection tells the client. */
  public static final class BrokenLiteral extends RuntimeException {
    private static final long serialVersionUID = 1;

    BrokenLiteral(String message, @org.jspecify.annotations.Nullable Throwable cause) {
      super(message, cause);
    }
  }

  private final ResponseWriter out;
  private boolean first = true;

  /** Begins the response about the message of that number. */
  public FetchWriter(ResponseWriter out, int number) {
    this.out = out;
    out.text("* ").number(number).text(" FETCH (");
  }

  private ResponseWriter item(String name) {
    if (!first) {
      out.space();
    }
    first = false;
    return out.text(name).space();
  }

  public void uid(int uid) {
    item("UID").number(uid);
  }

  public void modSeq(long modSeq) {
    item("MODSEQ").octet('(').number(modSeq).octet(')');
  }

  public void flags(Flags flags) {
    item("FLAGS").octet('(').text(flags.toString()).octet(')');
  }

  /** INTERNALDATE in seconds since 1970. */
  public void internalDate(long seconds) {
    item("INTERNALDATE").octet('"').text(Dates.format(seconds)).octet('"');
  }

  public void size(long octets) {
    item("RFC822.SIZE").number(octets);
  }

  /** How many octets BINARY gives. */
  public void binarySize(String label, long octets) {
    item(label).number(octets);
  }

  /** EMAILID or THREADID. */
  public void objectId(String name, String id) {
    item(name).octet('(').text(id).octet(')');
  }

  public void preview(String text) {
    item("PREVIEW").string(text);
  }

  /** Whether no item was written yet. */
  public boolean isEmpty() {
    return first;
  }

  /** ENVELOPE, BODY or BODYSTRUCTURE, encoded already. */
  public void stored(String name, byte[] encoded) {
    item(name).octets(encoded);
  }

  /** A section that the message does not have. */
  public void nothing(String label) {
    item(label).text("NIL");
  }

  /**
   * A section, pulled to its end and closed.
   *
   * @throws net.mailagent.model.StoreUnavailable when its beginning cannot be read; then nothing
   *     was written
   * @throws BrokenLiteral when the rest of it cannot
   */
  public void content(String label, ByteSource source) {
    write(label, source, "");
  }

  /** A section that may hold any octets, so that it is sent as literal8 (RFC 3516 section 4.2). */
  public void binary(String label, ByteSource source) {
    write(label, source, "~");
  }

  private void write(String label, ByteSource source, String literal) {
    try (source) {
      long left = source.length();
      ByteBuffer block = left == 0 ? null : source.next(); // before anything is promised
      if (block == null && left > 0) {
        throw new net.mailagent.model.StoreUnavailable("a section has no content: " + label);
      }
      item(label);
      if (block == null) {
        out.text("\"\"");
        return;
      }
      out.text(literal).literal(left);
      while (block != null && block.remaining() <= left) {
        left -= block.remaining();
        out.octets(block);
        block = next(source, label);
      }
      if (left != 0 || block != null) {
        throw new BrokenLiteral("a section has not the length it said: " + label, null);
      }
    }
  }

  private static @org.jspecify.annotations.Nullable ByteBuffer next(
      ByteSource source, String label) {
    try {
      return source.next();
    } catch (RuntimeException e) {
      throw new BrokenLiteral("cannot read on in " + label, e);
    }
  }

  public void end() {
    out.text(")\r\n");
  }
}
