package net.mailagent.mime;

import java.nio.ByteBuffer;

/**
 * Undoes a transfer encoding piece by piece (RFC 2045 section 6). What is damaged is left out or
 * passed on as it is, nothing fails. Confined to one thread.
 */
sealed interface TransferDecoder
    permits TransferDecoder.Identity,
        TransferDecoder.Base64,
        TransferDecoder.QuotedPrintable,
        UuDecoder {
  /** The decoded octets of these, as far as they are decided; valid until the next call. */
  ByteBuffer decode(ByteBuffer in);

  /** What the end decides. */
  ByteBuffer end();

  /** The decoder of a lower-case encoding; octets pass through one that is not known. */
  static TransferDecoder of(String transferEncoding) {
    return switch (transferEncoding) {
      case "base64" -> new Base64();
      case "quoted-printable" -> new QuotedPrintable();
      case "x-uuencode", "uuencode", "x-uue" -> new UuDecoder();
      default -> new Identity();
    };
  }

  /** 7bit, 8bit, binary. */
  final class Identity implements TransferDecoder {
    @Override
    public ByteBuffer decode(ByteBuffer in) {
      return in;
    }

    @Override
    public ByteBuffer end() {
      return ByteBuffer.allocate(0);
    }
  }

  /** Section 6.8; padding ends a group, not the body, as gateways join encoded pieces. */
  final class Base64 implements TransferDecoder {
    private static final byte[] VALUES = new byte[256];

    static {
      java.util.Arrays.fill(VALUES, (byte) -1);
      String alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
      for (int i = 0; i < alphabet.length(); i++) {
        VALUES[alphabet.charAt(i)] = (byte) i;
      }
      VALUES['='] = -2;
    }

    private byte[] out = new byte[0];
    private int group;
    private int digits;

    @Override
    public ByteBuffer decode(ByteBuffer in) {
      int most = in.remaining() / 4 * 3 + 6;
      if (out.length < most) {
        out = new byte[most];
      }
      int n = 0;
      while (in.hasRemaining()) {
        if (digits == 0) {
          n = groups(in, n);
          if (!in.hasRemaining()) {
            break;
          }
        }
        int value = VALUES[in.get() & 0xff];
        if (value >= 0) {
          group = group << 6 | value;
          if (++digits == 4) {
            out[n++] = (byte) (group >> 16);
            out[n++] = (byte) (group >> 8);
            out[n++] = (byte) group;
            digits = 0;
          }
        } else if (value == -2) {
          n = flush(n);
        }
      }
      return ByteBuffer.wrap(out, 0, n);
    }

    /** Decodes groups without anything between. */
    private int groups(ByteBuffer in, int from) {
      int n = from;
      int i = in.position();
      int last = in.limit() - 4;
      while (i <= last) {
        int four =
            VALUES[in.get(i) & 0xff] << 18
                | VALUES[in.get(i + 1) & 0xff] << 12
                | VALUES[in.get(i + 2) & 0xff] << 6
                | VALUES[in.get(i + 3) & 0xff];
        if (four < 0) {
          break;
        }
        out[n] = (byte) (four >> 16);
        out[n + 1] = (byte) (four >> 8);
        out[n + 2] = (byte) four;
        n += 3;
        i += 4;
      }
      in.position(i);
      return n;
    }

    @Override
    public ByteBuffer end() {
      if (out.length < 2) {
        out = new byte[2];
      }
      return ByteBuffer.wrap(out, 0, flush(0));
    }

    /** The octets of an unfinished group. */
    private int flush(int n) {
      int to = n;
      if (digits == 2) {
        out[to++] = (byte) (group >> 4);
      } else if (digits == 3) {
        out[to++] = (byte) (group >> 10);
        out[to++] = (byte) (group >> 2);
      }
      digits = 0;
      return to;
    }
  }

  /** Section 6.7. */
  final class QuotedPrintable implements TransferDecoder {
    /** White space that is held because the end of the line would delete it; more is passed on. */
    private static final int MAX_SPACE = 1_000;

    private byte[] out = new byte[0];
    private int n;

    /** Held: spaces and tabs, or an equals sign and what followed it. */
    private final byte[] held = new byte[MAX_SPACE];

    private int size;

    @Override
    public ByteBuffer decode(ByteBuffer in) {
      int most = in.remaining() + MAX_SPACE;
      if (out.length < most) {
        out = new byte[most];
      }
      n = 0;
      while (in.hasRemaining()) {
        if (size > 0) {
          octet(in.get());
        } else {
          run(in);
        }
      }
      return ByteBuffer.wrap(out, 0, n);
    }

    /** Copies what needs no decoding up to an equals sign or the end of a line, nothing held. */
    private void run(ByteBuffer in) {
      int from = in.position();
      int at = from;
      int limit = in.limit();
      byte b = 0;
      while (at < limit && (b = in.get(at)) != '=' && b != '\n') {
        at++;
      }
      int end = at; // of what is no white space
      while (end > from && isSpace(in.get(end - 1))) {
        end--;
      }
      if (b == '=') {
        end = at;
      }
      in.get(from, out, n, end - from);
      n += end - from;
      in.position(end);
      if (b == '=' && limit - at > 2) {
        int high = Character.digit(in.get(at + 1), 16);
        int low = Character.digit(in.get(at + 2), 16);
        if (high >= 0 && low >= 0) {
          out[n++] = (byte) (high << 4 | low);
          in.position(at + 3);
          return;
        }
      }
      if (b == '=' || at - end >= MAX_SPACE / 2) {
        octet(in.get()); // and what follows it, octet by octet
      } else if (at < limit) {
        if (at > end && in.get(at - 1) == '\r') {
          out[n++] = '\r';
        }
        out[n++] = '\n';
        in.position(at + 1);
      } else {
        while (in.position() < limit) {
          hold(in.get());
        }
      }
    }

    private static boolean isSpace(byte b) {
      return b == ' ' || b == '\t' || b == '\r';
    }

    @Override
    public ByteBuffer end() {
      if (out.length < MAX_SPACE) {
        out = new byte[MAX_SPACE];
      }
      n = 0;
      if (size == 0 || held[0] != '=' || !softBreak()) {
        release(); // white space before the end of the body is no line's end
      }
      return ByteBuffer.wrap(out, 0, n);
    }

    private void octet(byte b) {
      if (size > 0 && held[0] == '=') {
        escape(b);
      } else if (b == '=') {
        release();
        hold(b);
      } else if (b == ' ' || b == '\t' || (b == '\r' && size < MAX_SPACE)) {
        hold(b);
      } else {
        if (b == '\n' && size > 0) {
          boolean carriageReturn = held[size - 1] == '\r';
          size = 0;
          if (carriageReturn) {
            out[n++] = '\r';
          }
        }
        release();
        out[n++] = b;
      }
    }

    /** Goes on behind an equals sign: two hex digits, or white space and a line break. */
    private void escape(byte b) {
      if (size == 1 && Character.digit(b, 16) >= 0) {
        hold(b);
      } else if (size == 2 && Character.digit(held[1], 16) >= 0) {
        int low = Character.digit(b, 16);
        if (low >= 0) {
          out[n++] = (byte) (Character.digit(held[1], 16) << 4 | low);
          size = 0;
        } else {
          release();
          octet(b);
        }
      } else if (b == '\n') {
        size = 0;
      } else if ((b == ' ' || b == '\t' || b == '\r') && size < MAX_SPACE - 1) {
        hold(b);
      } else {
        release();
        octet(b);
      }
    }

    private boolean softBreak() {
      for (int i = 1; i < size; i++) {
        if (held[i] != ' ' && held[i] != '\t' && held[i] != '\r') {
          return false;
        }
      }
      return true;
    }

    private void hold(byte b) {
      if (size == held.length) {
        release();
      }
      held[size++] = b;
    }

    private void release() {
      System.arraycopy(held, 0, out, n, size);
      n += size;
      size = 0;
    }
  }
}
