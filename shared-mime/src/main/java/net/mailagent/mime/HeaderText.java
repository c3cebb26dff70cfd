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
    int start = from;
    int end = to;
    while (start < end && isBlank(raw[start])) {
      start++;
    }
    while (end > start && isBlank(raw[end - 1])) {
      end--;
    }
    String value = new String(raw, start, end - start, StandardCharsets.ISO_8859_1);
    return value.indexOf('\n') < 0 ? value : value.replace("\r\n", "").replace("\n", "");
  }

  private static boolean isBlank(byte b) {
    return b == ' ' || b == '\t' || b == '\r' || b == '\n';
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
    int all = 0;
    for (byte b : bytes) {
      all |= b;
    }
    return all >= 0;
  }
}
