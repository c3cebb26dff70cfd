package net.mailagent.mime;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.Charset;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CoderResult;
import java.nio.charset.CodingErrorAction;

/**
 * HZ-GB-2312 (RFC 1843), which the platform does not have: between {@code ~\{} and {@code ~\}} two
 * octets of seven bits are a character of GB 2312, outside there is ASCII. For reading only. What
 * is malformed becomes U+FFFD, and no run of characters goes past its line. Any thread; a decoder
 * is confined to one.
 */
final class HzCharset extends ReadOnlyCharset {
  static final ReadOnlyCharset CHARSET = new HzCharset();

  private static final Charset PAIRS = Charset.forName("GB2312");
  private static final char REPLACEMENT = '\ufffd';

  private HzCharset() {
    super("HZ-GB-2312", "hz", "hz-gb2312", "cshzgb2312");
  }

  @Override
  public CharsetDecoder newDecoder() {
    return new Decoder(this);
  }

  private static final class Decoder extends CharsetDecoder {
    /** Characters that one octet may end in: what was begun, and itself. */
    private static final int MOST = 2;

    private static final int NONE = -1;

    private final CharsetDecoder pairs =
        PAIRS
            .newDecoder()
            .onMalformedInput(CodingErrorAction.REPLACE)
            .onUnmappableCharacter(CodingErrorAction.REPLACE);
    private final ByteBuffer pair = ByteBuffer.allocate(2);
    private boolean chinese;

    /** The octet before, if what it means depends on the next, or {@link #NONE}. */
    private int begun = NONE;

    Decoder(Charset charset) {
      super(charset, 1, MOST);
    }

    @Override
    protected void implReset() {
      chinese = false;
      begun = NONE;
    }

    @Override
    protected CoderResult decodeLoop(ByteBuffer in, CharBuffer out) {
      while (in.hasRemaining()) {
        if (out.remaining() < MOST) {
          return CoderResult.OVERFLOW;
        }
        int octet = in.get() & 0xff;
        if (octet == '\r' || octet == '\n') {
          lineEnds(octet, out);
        } else if (chinese && (octet <= ' ' || octet > '~')) {
          begun = NONE; // and what it stands in, if it is the second of two
          out.put(REPLACEMENT);
        } else if (begun != NONE) {
          int before = begun;
          begun = NONE;
          second(before, octet, out);
        } else if (chinese || octet == '~') {
          begun = octet;
        } else {
          out.put(octet < 0x80 ? (char) octet : REPLACEMENT);
        }
      }
      return CoderResult.UNDERFLOW;
    }

    /** A tilde at its end says that the line goes on. */
    private void lineEnds(int octet, CharBuffer out) {
      boolean goesOn = begun == '~' && !chinese;
      if (begun != NONE && chinese) {
        out.put(REPLACEMENT);
      }
      chinese = false;
      if (goesOn && octet == '\r') {
        return; // the tilde is still for the line feed
      }
      begun = NONE;
      if (!goesOn) {
        out.put((char) octet);
      }
    }

    private void second(int before, int octet, CharBuffer out) {
      if (before == '~' && octet == (chinese ? '}' : '{')) {
        chinese = !chinese;
      } else if (chinese) {
        character(before, octet, out);
      } else if (octet == '~') {
        out.put('~');
      } else {
        out.put('~').put(octet < 0x80 ? (char) octet : REPLACEMENT);
      }
    }

    private void character(int first, int second, CharBuffer out) {
      pair.clear().put((byte) (first | 0x80)).put((byte) (second | 0x80)).flip();
      pairs.reset();
      int limit = out.limit();
      out.limit(out.position() + 1); // malformed pairs become one character, too
      var _ = pairs.decode(pair, out, true);
      out.limit(limit);
    }

    @Override
    protected CoderResult implFlush(CharBuffer out) {
      if (begun == NONE) {
        return CoderResult.UNDERFLOW;
      }
      if (!out.hasRemaining()) {
        return CoderResult.OVERFLOW;
      }
      out.put(chinese ? REPLACEMENT : (char) begun);
      begun = NONE;
      return CoderResult.UNDERFLOW;
    }
  }
}
