package net.mailagent.mime;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * Encoded words in header text (RFC 2047, RFC 2231 section 5). Neighbours in one charset are joined
 * before they are decoded, as senders cut characters in two; what is no encoded word, or of an
 * unknown charset, stays as it is. Linear in its input, whatever that is.
 */
final class EncodedWords {
  private final String in;

  /** Where the last word can end, or -1. */
  private final int lastEnd;

  private final StringBuilder out = new StringBuilder();

  /** Octets of the words read last, which the next one may continue. */
  private final ByteArrayOutputStream octets = new ByteArrayOutputStream();

  private @Nullable Charset charset;

  private EncodedWords(String in) {
    this.in = in;
    this.lastEnd = in.lastIndexOf("?=");
  }

  static String decode(String text) {
    return text.contains("=?") ? new EncodedWords(text).run() : text;
  }

  private String run() {
    int pos = 0; // what stands before was written
    int at = in.indexOf("=?");
    while (at >= 0 && at < lastEnd) {
      int end = word(at, pos);
      if (end > 0) {
        pos = end;
        at = in.indexOf("=?", end);
      } else {
        at = in.indexOf("=?", at + 1);
      }
    }
    flush();
    return out.append(in, pos, in.length()).toString();
  }

  /** Reads the word at that place; returns where it ends, or -1 when there is none. */
  private int word(int at, int pos) {
    int q1 = in.indexOf('?', at + 2);
    if (q1 < 0 || q1 - at > 80 || q1 + 2 >= in.length() || in.charAt(q1 + 2) != '?') {
      return -1;
    }
    String name = in.substring(at + 2, q1);
    int star = name.indexOf('*');
    Charset named = Charsets.find(star < 0 ? name : name.substring(0, star)).orElse(null);
    int start = q1 + 3;
    // The end may be far away: it is looked for only when the word is sure to reach it.
    if (named == null || start > lastEnd || "bBqQ".indexOf(in.charAt(q1 + 1)) < 0) {
      return -1;
    }
    int end = in.indexOf("?=", start);
    byte[] content = octets(in.charAt(q1 + 1), in.substring(start, end));
    boolean follows = charset != null && isSpace(pos, at);
    if (!follows) {
      flush();
      out.append(in, pos, at);
    } else if (!named.equals(charset)) {
      flush();
    }
    charset = named;
    octets.writeBytes(content);
    return end + 2;
  }

  private static byte[] octets(char encoding, String text) {
    byte[] raw = text.getBytes(StandardCharsets.ISO_8859_1);
    if (encoding == 'q' || encoding == 'Q') {
      return q(raw);
    }
    TransferDecoder.Base64 base64 = new TransferDecoder.Base64();
    ByteArrayOutputStream out = new ByteArrayOutputStream(raw.length);
    write(base64.decode(ByteBuffer.wrap(raw)), out);
    write(base64.end(), out);
    return out.toByteArray();
  }

  private static void write(ByteBuffer from, ByteArrayOutputStream to) {
    to.write(from.array(), from.arrayOffset() + from.position(), from.remaining());
  }

  private static byte[] q(byte[] raw) {
    ByteArrayOutputStream out = new ByteArrayOutputStream(raw.length);
    for (int i = 0; i < raw.length; i++) {
      int high = raw[i] == '=' && i + 2 < raw.length ? Character.digit(raw[i + 1], 16) : -1;
      int low = high < 0 ? -1 : Character.digit(raw[i + 2], 16);
      if (low >= 0) {
        out.write(high << 4 | low);
        i += 2;
      } else {
        out.write(raw[i] == '_' ? ' ' : raw[i]);
      }
    }
    return out.toByteArray();
  }

  private boolean isSpace(int from, int to) {
    for (int i = from; i < to; i++) {
      if (!Parameters.isSpace(in.charAt(i))) {
        return false;
      }
    }
    return true;
  }

  private void flush() {
    if (charset != null) {
      out.append(octets.toString(charset));
      octets.reset();
      charset = null;
    }
  }
}
