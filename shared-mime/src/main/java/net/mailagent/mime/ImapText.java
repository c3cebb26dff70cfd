package net.mailagent.mime;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Writes strings and numbers as IMAP data (RFC 9051 section 9). Texts hold octets as characters 0
 * to 255. Confined to one thread.
 */
final class ImapText {
  private byte[] out = new byte[512];
  private int size;

  /** Octets written so far. */
  int size() {
    return size;
  }

  byte[] toByteArray() {
    return Arrays.copyOf(out, size);
  }

  /** Syntax as it stands. */
  ImapText raw(String syntax) {
    append(octets(syntax));
    return this;
  }

  /** What stands in another text from that octet on. */
  void raw(ImapText other, int from) {
    int length = other.size - from;
    room(length);
    System.arraycopy(other.out, from, out, size, length);
    size += length;
  }

  ImapText number(long number) {
    return raw(Long.toString(number));
  }

  /** A string, or NIL for null. */
  ImapText nstring(@Nullable String text) {
    return text == null ? raw("NIL") : string(text);
  }

  /**
   * A quoted string or, where that cannot carry the octets, a literal. Neither can carry NUL
   * (literal8 is for BINARY only): it is left out.
   */
  ImapText string(String text) {
    byte[] octets = octets(text.indexOf('\0') < 0 ? text : text.replace("\0", ""));
    if (!isQuotable(octets)) {
      raw("{" + octets.length + "}\r\n");
      append(octets);
      return this;
    }
    room(2 * octets.length + 2);
    out[size++] = '"';
    for (byte b : octets) {
      if (b == '"' || b == '\\') {
        out[size++] = '\\';
      }
      out[size++] = b;
    }
    out[size++] = '"';
    return this;
  }

  private static byte[] octets(String text) {
    return text.getBytes(StandardCharsets.ISO_8859_1);
  }

  private void append(byte[] octets) {
    room(octets.length);
    System.arraycopy(octets, 0, out, size, octets.length);
    size += octets.length;
  }

  private void room(int octets) {
    if (out.length - size < octets) {
      out = Arrays.copyOf(out, Math.max(size + octets, out.length * 2));
    }
  }

  private static boolean isQuotable(byte[] octets) {
    for (byte b : octets) {
      if (b == '\r' || b == '\n' || b < 0 || b > 126) {
        return false;
      }
    }
    return true;
  }
}
