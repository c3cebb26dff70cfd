package net.mailagent.mime;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * Writes strings and numbers as IMAP data (RFC 9051 section 9). Texts hold octets as characters 0
 * to 255. Confined to one thread.
 */
final class ImapText {
  private final ByteArrayOutputStream out = new ByteArrayOutputStream(512);

  /** Octets written so far. */
  int size() {
    return out.size();
  }

  byte[] toByteArray() {
    return out.toByteArray();
  }

  /** Syntax as it stands. */
  ImapText raw(String syntax) {
    byte[] octets = syntax.getBytes(StandardCharsets.US_ASCII);
    out.write(octets, 0, octets.length);
    return this;
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
    if (isQuotable(octets)) {
      out.write('"');
      for (int i = 0; i < octets.length(); i++) {
        char c = octets.charAt(i);
        if (c == '"' || c == '\\') {
          out.write('\\');
        }
        out.write(c);
      }
      out.write('"');
    } else {
      byte[] bytes = octets.getBytes(StandardCharsets.ISO_8859_1);
      raw("{" + bytes.length + "}\r\n");
      out.write(bytes, 0, bytes.length);
    }
    return this;
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
