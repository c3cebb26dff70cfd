package net.mailagent.mime;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.CharBuffer;
import java.nio.charset.Charset;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CoderResult;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * The octets of a text part to its characters, as they come: transfer encoding, charset, HTML. What
 * has no known charset is UTF-8 as far as it is valid, and windows-1252 from there on. One thread.
 */
final class TextPipe {
  /** Takes text in pieces. */
  interface Reader {
    /** Characters [from, to) of an array that is used again afterwards. */
    void text(char[] chars, int from, int to);

    /** Text that is searched like any other, but is quoted, or not in the body. */
    default void aside(char[] chars, int from, int to) {
      text(chars, from, to);
    }

    /**
     * Octets [from, to) of UTF-8, for a reader that can do without characters.
     *
     * @param octets little-endian, used again afterwards
     * @return up to where it took them: whole, valid characters only; the rest comes otherwise
     */
    default int utf8(ByteBuffer octets, int from, int to) {
      return from;
    }

    /**
     * Octets [from, to) that all are ASCII.
     *
     * @param octets little-endian, used again afterwards
     */
    default void ascii(ByteBuffer octets, int from, int to) {
      char[] chars = new char[Math.min(to - from, CHARS)];
      for (int at = from; at < to; at += chars.length) {
        int n = Math.min(chars.length, to - at);
        for (int i = 0; i < n; i++) {
          chars[i] = (char) octets.get(at + i);
        }
        text(chars, 0, n);
      }
    }
  }

  /** Characters that are decoded together. */
  static final int CHARS = 4 << 10;

  /** Octets of ASCII in a row that are worth not being decoded, as the first or after others. */
  private static final int STRETCH = 16;

  private static final int LONG_STRETCH = 64;

  private static final long HIGH = 0x8080808080808080L;

  private final TransferDecoder transfer;
  private final Reader reader;
  private final @Nullable HtmlText html;

  /** Octets of a character that is not complete. */
  private final ByteBuffer rest = ByteBuffer.allocate(64);

  /** What the octets are in; null while they are UTF-8 unless they show that they are not. */
  private @Nullable Charset charset;

  // Made when something is to be decoded: most text is ASCII and needs neither.
  private CharBuffer chars = CharBuffer.allocate(0);
  private @Nullable CharsetDecoder decoder;

  /** Whether octets below 128 are ASCII wherever they stand, and wanted as such. */
  private final boolean ascii;

  private long left;
  private boolean cut;

  /**
   * @param mediaType lower-case
   * @param charset as named by the sender, may be empty or unknown
   * @param transferEncoding lower-case
   * @param limit characters before HTML is undone; what comes behind is passed over
   */
  TextPipe(String mediaType, String charset, String transferEncoding, long limit, Reader reader) {
    this.transfer = TransferDecoder.of(transferEncoding);
    this.reader = reader;
    this.html = mediaType.equals("text/html") ? new HtmlText(reader) : null;
    this.left = limit;
    Charset named = Charsets.find(charset).orElse(StandardCharsets.US_ASCII);
    this.charset = named.equals(StandardCharsets.US_ASCII) ? null : named;
    this.ascii = html == null && Charsets.isAsciiInPlace(named);
  }

  /** The pipe of a part of the tree. */
  static TextPipe of(MimePart part, long limit, Reader reader) {
    String charset = part.parameter("charset").orElse("");
    return new TextPipe(part.mediaType(), charset, part.transferEncoding(), limit, reader);
  }

  private CharsetDecoder decoder() {
    CharsetDecoder known = decoder;
    if (known == null) {
      known =
          charset == null
              ? UTF_8.newDecoder().onMalformedInput(CodingErrorAction.REPORT)
              : charset
                  .newDecoder()
                  .onMalformedInput(CodingErrorAction.REPLACE)
                  .onUnmappableCharacter(CodingErrorAction.REPLACE);
      decoder = known;
    }
    if (chars.capacity() == 0) {
      chars = CharBuffer.allocate(CHARS);
    }
    return known;
  }

  /** Characters that the limit still allows. */
  long left() {
    return left;
  }

  /** Whether the limit left text out. */
  boolean cut() {
    return cut;
  }

  void write(ByteBuffer in) {
    if (left <= 0) {
      cut |= in.hasRemaining();
      return;
    }
    decode(transfer.decode(in.duplicate()), false);
  }

  void end() {
    if (left > 0) {
      decode(transfer.end(), true);
    }
    if (html != null) {
      html.end();
    }
  }

  private void decode(ByteBuffer octets, boolean last) {
    // An incomplete character is completed octet by octet, the bulk is decoded where it is.
    while (rest.position() > 0 && octets.hasRemaining()) {
      rest.put(octets.get()).flip();
      run(rest, false);
      rest.compact();
      if (!rest.hasRemaining()) {
        rest.clear();
      }
    }
    if (ascii) {
      stretches(octets.order(ByteOrder.LITTLE_ENDIAN));
    }
    if (octets.hasRemaining()) {
      run(octets, false);
    }
    if (octets.hasRemaining() && octets.remaining() <= rest.remaining()) {
      rest.put(octets);
    }
    if (last && decoder != null) {
      rest.flip();
      run(rest, true);
      rest.clear();
      boolean more = true;
      while (more) {
        more = decoder().flush(chars).isOverflow();
        drain();
      }
    }
  }

  /**
   * Passes on stretches of ASCII as they are and decodes what is between them; leaves over what it
   * cannot decide.
   */
  private void stretches(ByteBuffer octets) {
    int limit = octets.limit();
    int pos = octets.position();
    while (limit - pos >= STRETCH) {
      int taken = isUtf8() && left >= limit - pos ? reader.utf8(octets, pos, limit) : pos;
      if (taken > pos) {
        left -= characters(octets, pos, taken);
        pos = taken;
        octets.position(pos);
        continue;
      }
      int other = plainUntil(octets, pos, limit);
      if (other - pos >= STRETCH) {
        plain(octets, pos, other);
        pos = other;
        octets.position(pos);
      } else {
        octets.limit(otherUntil(octets, pos, limit));
        run(octets, false);
        boolean all = !octets.hasRemaining();
        pos = octets.limit();
        octets.limit(limit);
        if (!all) {
          return; // a character that is not whole, or the end
        }
      }
    }
  }

  private boolean isUtf8() {
    return charset == null || charset.equals(UTF_8);
  }

  /** How many characters valid UTF-8 has: octets but for those that continue one, pairs twice. */
  private static int characters(ByteBuffer octets, int from, int to) {
    int count = to - from;
    int i = from;
    for (; i + 8 <= to; i += 8) {
      long word = octets.getLong(i);
      if ((word & HIGH) != 0) {
        count -= Long.bitCount(word & ~(word << 1) & HIGH);
        count += Long.bitCount(word & word << 1 & word << 2 & word << 3 & HIGH);
      }
    }
    for (; i < to; i++) {
      byte b = octets.get(i);
      count -= b < -64 ? 1 : b >= -16 && b < 0 ? -1 : 0;
    }
    return count;
  }

  /** Where the ASCII that begins at {@code from} ends. */
  private static int plainUntil(ByteBuffer octets, int from, int limit) {
    int i = from;
    for (; i + 8 <= limit; i += 8) {
      long high = octets.getLong(i) & HIGH;
      if (high != 0) {
        return i + (Long.numberOfTrailingZeros(high) >>> 3);
      }
    }
    while (i < limit && octets.get(i) >= 0) {
      i++;
    }
    return i;
  }

  /** Where the next long stretch of ASCII begins, or the limit. */
  private static int otherUntil(ByteBuffer octets, int from, int limit) {
    int plain = from; // since where all was ASCII
    for (int i = from; i + 8 <= limit; i += 8) {
      if ((octets.getLong(i) & HIGH) != 0) {
        plain = i + 8;
      } else if (i + 8 - plain >= LONG_STRETCH) {
        return plain;
      }
    }
    return limit;
  }

  private void plain(ByteBuffer octets, int from, int to) {
    int end = (int) Math.min(to, from + left);
    cut |= end < to;
    left -= end - from;
    if (end > from) {
      reader.ascii(octets, from, end);
    }
  }

  private void run(ByteBuffer octets, boolean last) {
    while (true) {
      CoderResult result = decoder().decode(octets, chars, last);
      drain();
      if (result.isError()) {
        // Not UTF-8 then.
        charset = Charsets.FALLBACK;
        decoder = null;
      } else if (result.isUnderflow()) {
        return;
      }
    }
  }

  private void drain() {
    chars.flip();
    if (chars.hasRemaining() && left > 0) {
      if (chars.remaining() > left) {
        chars.limit((int) left);
        cut = true;
      }
      left -= chars.remaining();
      if (html == null) {
        reader.text(chars.array(), 0, chars.limit());
      } else {
        html.add(chars.array(), 0, chars.limit());
      }
    } else {
      cut |= chars.hasRemaining();
    }
    chars.clear();
  }
}
