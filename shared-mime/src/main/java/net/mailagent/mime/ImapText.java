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
    append(syntax);
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
    String octets = text.indexOf('\0') < 0 ? text : text.replace("\0", "");
    if (!isQuotable(octets)) {
      raw("{" + octets.length() + "}\r\n");
      append(octets);
      return this;
    }
    room(2 * octets.length() + 2);
    out[size++] = '"';
    for (int i = 0; i < octets.length(); i++) {
      char c = octets.charAt(i);
      if (c == '"' || c == '\\') {
        out[size++] = '\\';
      }
      out[size++] = (byte) c;
    }
    out[size++] = '"';
    return this;
  }

  private void append(String octets) {
    byte[] bytes = octets.getBytes(StandardCharsets.ISO_8859_1);
    room(bytes.length);
    System.arraycopy(bytes, 0, out, size, bytes.length);
    size += bytes.length;
  }

  private void room(int octets) {
    if (out.length - size < octets) {
      out = Arrays.copyOf(out, Math.max(size + octets, out.length * 2));
    }
  }

  private static boolean isQuotable(String octets) {
    for (int i = 0; i < octets.length(); i++) {
      char c = octets.charAt(i);
      if (c == '\r' || c == '\n' || c > 126) {
        return false;
      }
    }
    return true;
  }
}
