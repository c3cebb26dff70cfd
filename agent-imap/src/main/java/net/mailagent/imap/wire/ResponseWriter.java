package net.mailagent.imap.wire;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Encodes what goes to the client: numbers, strings as quoted or literal, mailbox names. Gathers
 * small pieces and hands them on in larger ones. One thread, the connection's runner.
 */
public final class ResponseWriter {
  /** Takes octets; may block while the client reads slowly. */
  @FunctionalInterface
  public interface Sink {
    void write(ByteBuffer octets);
  }

  private static final int SMALL = 256;
  private static final int LARGE = 8192;
  private static final byte[] EMPTY = new byte[0];

  private final Sink sink;
  private byte[] buffer = EMPTY;
  private int size;

  public ResponseWriter(Sink sink) {
    this.sink = sink;
  }

  private void room(int octets) {
    if (buffer.length - size >= octets) {
      return;
    }
    if (buffer.length < LARGE) {
      int wanted = Math.max(size + octets, Math.max(SMALL, buffer.length * 2));
      buffer = Arrays.copyOf(buffer, Math.min(wanted, LARGE));
    }
    if (buffer.length - size < octets) {
      pass();
    }
  }

  private void pass() {
    if (size > 0) {
      sink.write(ByteBuffer.wrap(buffer, 0, size));
      size = 0;
    }
  }

  /** Hands on what was gathered and lets its memory go. */
  public void drain() {
    pass();
    buffer = EMPTY;
  }

  /** ASCII text as it stands. */
  public ResponseWriter text(CharSequence ascii) {
    int length = ascii.length();
    int from = 0;
    while (from < length) {
      int part = Math.min(length - from, LARGE);
      room(part);
      for (int i = 0; i < part; i++) {
        buffer[size++] = (byte) ascii.charAt(from++);
      }
    }
    return this;
  }

  public ResponseWriter space() {
    return octet(' ');
  }

  /** One ASCII character. */
  public ResponseWriter octet(char c) {
    room(1);
    buffer[size++] = (byte) c;
    return this;
  }

  public ResponseWriter crlf() {
    return octet('\r').octet('\n');
  }

  public ResponseWriter number(long value) {
    return text(Long.toString(value));
  }

  /** Octets that are encoded already. */
  public ResponseWriter octets(byte[] encoded) {
    return octets(ByteBuffer.wrap(encoded));
  }

  /** Octets that are encoded already; the buffer is used up. */
  public ResponseWriter octets(ByteBuffer encoded) {
    int length = encoded.remaining();
    if (length > LARGE / 4) {
      pass();
      sink.write(encoded);
      return this;
    }
    room(length);
    encoded.get(buffer, size, length);
    size += length;
    return this;
  }

  /** A string: quoted where that is possible, else a literal in UTF-8. */
  public ResponseWriter string(String value) {
    boolean quotable = value.length() <= 1000;
    for (int i = 0; quotable && i < value.length(); i++) {
      char c = value.charAt(i);
      quotable = c != 0 && c != '\r' && c != '\n' && c < 0x80;
    }
    if (!quotable) {
      byte[] utf8 = value.getBytes(StandardCharsets.UTF_8);
      return literal(utf8.length).octets(utf8);
    }
    octet('"');
    for (int i = 0; i < value.length(); i++) {
      char c = value.charAt(i);
      if (c == '"' || c == '\\') {
        octet('\\');
      }
      octet(c);
    }
    return octet('"');
  }

  /** An astring: an atom where that is possible. */
  public ResponseWriter astring(String value) {
    boolean atom = !value.isEmpty() && !value.equalsIgnoreCase("NIL");
    for (int i = 0; atom && i < value.length(); i++) {
      atom = value.charAt(i) < 0x80 && Chars.isAstring(value.charAt(i));
    }
    return atom ? text(value) : string(value);
  }

  /** A mailbox name in modified UTF-7. */
  public ResponseWriter mailbox(String name) {
    return astring(ModifiedUtf7.encode(name));
  }

  /** The head of a literal; exactly so many octets must follow. */
  public ResponseWriter literal(long length) {
    return octet('{').number(length).octet('}').crlf();
  }
}
