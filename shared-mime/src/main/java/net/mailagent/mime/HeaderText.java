package net.mailagent.mime;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.Set;

/** The text of header fields: unfolded, octets to characters, encoded words (RFC 2047). */
final class HeaderText {
  private static final Set<String> SEARCHED_IN_EMBEDDED =
      Set.of("subject", "from", "sender", "reply-to", "to", "cc", "bcc");

  private HeaderText() {}

  /** Whether that field of an embedded message belongs to the text that BODY searches read. */
  static boolean isSearchedInEmbedded(String name) {
    return SEARCHED_IN_EMBEDDED.contains(name);
  }

  /** At most that many characters, none cut in two. */
  static String cut(String text, int max) {
    if (text.length() <= max) {
      return text;
    }
    boolean pair = max > 0 && Character.isHighSurrogate(text.charAt(max - 1));
    return text.substring(0, pair ? max - 1 : max);
  }

  /** The value without its folds and outer white space, octets as characters 0 to 255. */
  static String unfold(byte[] raw, int from, int to) {
    byte[] out = new byte[to - from];
    int n = 0;
    for (int i = from; i < to; i++) {
      byte b = raw[i];
      boolean lineBreak = b == '\n' || (b == '\r' && i + 1 < to && raw[i + 1] == '\n');
      if (!lineBreak) {
        out[n++] = b;
      }
    }
    int start = 0;
    while (start < n && isBlank(out[start])) {
      start++;
    }
    while (n > start && isBlank(out[n - 1])) {
      n--;
    }
    return new String(out, start, n - start, StandardCharsets.ISO_8859_1);
  }

  private static boolean isBlank(byte b) {
    return b == ' ' || b == '\t' || b == '\r';
  }

  /** The characters of an unfolded value: UTF-8 or else windows-1252, encoded words decoded. */
  static String decode(String octets) {
    return EncodedWords.decode(inCharset(octets, ""));
  }

  /** The characters of octets in a named charset; an unknown one counts as not named. */
  static String inCharset(String octets, String charset) {
    byte[] bytes = octets.getBytes(StandardCharsets.ISO_8859_1);
    Charset known = charset.isEmpty() ? null : Charsets.find(charset).orElse(null);
    if (known != null && !known.equals(StandardCharsets.US_ASCII)) {
      return new String(bytes, known);
    }
    if (isAscii(bytes)) {
      return octets;
    }
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
    } catch (CharacterCodingException e) {
      return new String(bytes, Charsets.FALLBACK);
    }
  }

  private static boolean isAscii(byte[] bytes) {
    for (byte b : bytes) {
      if (b < 0) {
        return false;
      }
    }
    return true;
  }
}
