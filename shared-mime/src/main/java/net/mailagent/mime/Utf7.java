package net.mailagent.mime;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.Charset;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CoderResult;

/**
 * UTF-7 (RFC 2152), which the platform does not have; old mail is written in it. For reading only.
 * What is malformed becomes U+FFFD. Any thread; a decoder is confined to one.
 */
final class Utf7 extends ReadOnlyCharset {
  static final ReadOnlyCharset CHARSET = new Utf7();

  private static final char REPLACEMENT = '\ufffd';

  private Utf7() {
    super("UTF-7", "utf7", "x-utf-7", "unicode-1-1-utf-7", "unicode-2-0-utf-7", "csunicode11utf7");
  }

  @Override
  public CharsetDecoder newDecoder() {
    return new Decoder(this);
  }

  private static final class Decoder extends CharsetDecoder {
    /** Characters that one octet may end in: half a pair, another one, and itself. */
    private static final int MOST = 3;

    private static final int NONE = -1;

    /** Whether in a run of base64, and whether at its first octet. */
    private boolean encoded;

    private boolean first;
    private int bits;
    private int count;

    /** The first half of a pair, or {@link #NONE}. */
    private int high = NONE;

    Decoder(Charset charset) {
      super(charset, 1, MOST);
    }

    @Override
    protected void implReset() {
      encoded = false;
      high = NONE;
    }

    @Override
    protected CoderResult decodeLoop(ByteBuffer in, CharBuffer out) {
      while (in.hasRemaining()) {
        if (out.remaining() < MOST) {
          return CoderResult.OVERFLOW;
        }
        byte octet = in.get();
        if (encoded) {
          encoded(octet, out);
        } else {
          direct(octet, out);
        }
      }
      return CoderResult.UNDERFLOW;
    }

    private void direct(byte octet, CharBuffer out) {
      if (octet == '+') {
        encoded = true;
        first = true;
        bits = 0;
        count = 0;
      } else {
        out.put(octet < 0 ? REPLACEMENT : (char) octet);
      }
    }

    private void encoded(byte octet, CharBuffer out) {
      int value = value(octet);
      if (value < 0) {
        encoded = false; // bits that are left are padding
        pairEnds(out);
        if (octet == '-') {
          if (first) {
            out.put('+');
          }
        } else {
          direct(octet, out);
        }
        return;
      }
      first = false;
      bits = bits << 6 | value;
      count += 6;
      if (count >= 16) {
        count -= 16;
        unit((char) (bits >>> count), out);
      }
    }

    private void unit(char unit, CharBuffer out) {
      if (Character.isLowSurrogate(unit)) {
        out.put(high == NONE ? REPLACEMENT : (char) high);
        if (high != NONE) {
          out.put(unit);
        }
        high = NONE;
        return;
      }
      pairEnds(out);
      if (Character.isHighSurrogate(unit)) {
        high = unit;
      } else {
        out.put(unit);
      }
    }

    private void pairEnds(CharBuffer out) {
      if (high != NONE) {
        out.put(REPLACEMENT);
        high = NONE;
      }
    }

    @Override
    protected CoderResult implFlush(CharBuffer out) {
      if (high != NONE && !out.hasRemaining()) {
        return CoderResult.OVERFLOW;
      }
      pairEnds(out);
      return CoderResult.UNDERFLOW;
    }

    private static int value(byte octet) {
      if (octet >= 'A' && octet <= 'Z') {
        return octet - 'A';
      } else if (octet >= 'a' && octet <= 'z') {
        return octet - 'a' + 26;
      } else if (octet >= '0' && octet <= '9') {
        return octet - '0' + 52;
      }
      return octet == '+' ? 62 : octet == '/' ? 63 : -1;
    }
  }
}
