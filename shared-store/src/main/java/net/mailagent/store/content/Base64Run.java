package net.mailagent.store.content;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Base64;
import java.util.function.Consumer;

/**
 * Decodes a base64 body for as long as encoding it again provably gives the same octets (RFC 2045
 * section 6.8): lines of one length, each ended by CRLF, the last one perhaps shorter and with or
 * without CRLF, canonical padding, nothing else. It stops at the first octet that breaks this; what
 * was taken so far is the run, and what is {@link #left()} of it belongs in front of what follows.
 * One pass, one thread.
 *
 * <p>Invariant: the octets taken are those of {@link Segment.Base64} with the present {@link
 * #octets()}, {@link #line()} and {@link #length()}, followed by {@link #left()}.
 */
final class Base64Run {
  private static final int BLOCK = 16 << 10;

  /** Digits that are decoded at once, their lines put together; they are fewer at a block's end. */
  private static final int MANY = 1 << 10;

  private static final Base64.Decoder DECODER = Base64.getDecoder();
  private static final byte[] NOTHING = {};

  /** What a digit adds to its group, by its place in it; negative for what is no digit. */
  private static final int[][] VALUES = new int[4][256];

  static {
    String digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    for (int place = 0; place < 4; place++) {
      Arrays.fill(VALUES[place], -1);
      for (int value = 0; value < 64; value++) {
        VALUES[place][digits.charAt(value)] = value << (18 - 6 * place);
      }
    }
  }

  private final byte[] in = new byte[BLOCK];
  private final byte[] out = new byte[BLOCK / 4 * 3];
  private final byte[] many = new byte[MANY];
  private final byte[] manyDecoded = new byte[MANY / 4 * 3];
  private int n; // decoded octets in out
  private long octets; // decoded and handed on
  private long taken; // of the body by whole groups and the line breaks between them

  private long line; // characters of a full line, 0 while the first one has not ended
  private long column; // characters of the line at hand, by whole groups
  private boolean padded; // there was padding: no group follows
  private boolean broken; // a line break follows the last group; it is not counted in taken
  private boolean carriageReturn; // half of one does
  private boolean ending; // among the next MANY digits is something that is none

  private final byte[] group = new byte[4]; // of a group that is not whole
  private int digits; // octets in it

  /**
   * Takes octets from the front of {@code body}, all of them unless the run ends.
   *
   * @param decoded is given what they mean; the buffer is valid during the call
   * @return whether the run goes on; if not, {@code body} stands at the first octet not taken
   */
  boolean take(ByteBuffer body, Consumer<ByteBuffer> decoded) {
    boolean goesOn = true;
    while (goesOn && body.hasRemaining()) {
      int from = body.position();
      int limit = Math.min(BLOCK, body.remaining());
      body.get(in, 0, limit);
      int end = decode(limit);
      goesOn = end == limit;
      body.position(from + end);
      if (n > 0) {
        octets += n;
        decoded.accept(ByteBuffer.wrap(out, 0, n));
        n = 0;
      }
    }
    return goesOn;
  }

  /** Decodes octets [0, limit) of in; returns how many were taken. */
  private int decode(int limit) {
    int pos = 0;
    while (pos < limit) {
      if (digits == 0 && !broken && !carriageReturn && !padded) {
        pos = groups(lines(pos, limit), limit);
        if (pos == limit) {
          break;
        }
      }
      if (!octet(in[pos])) {
        return pos;
      }
      pos++;
    }
    return pos;
  }

  /** Decodes many digits at a time while lines are as they should be; returns where that ends. */
  private int lines(int from, int limit) {
    long length = line > 0 ? line : Long.MAX_VALUE;
    int pos = from;
    while (limit - pos >= MANY && !ending && (line > 0 || column >= MANY)) {
      int at = pos;
      long reached = column;
      for (int gathered = 0; gathered < MANY; ) {
        if (reached == length) {
          if (limit - at < 2 || in[at] != '\r' || in[at + 1] != '\n') {
            return pos;
          }
          at += 2;
          reached = 0;
        }
        int more = (int) Math.min(Math.min(MANY - gathered, limit - at), length - reached);
        if (more == 0) {
          return pos;
        }
        System.arraycopy(in, at, many, gathered, more);
        gathered += more;
        at += more;
        reached += more;
      }
      if (!decodeMany()) {
        ending = true;
        return pos;
      }
      column = reached;
      taken += at - pos;
      pos = at;
    }
    return pos;
  }

  /** Decodes the digits gathered unless something else is among them. */
  private boolean decodeMany() {
    try {
      if (DECODER.decode(many, manyDecoded) < manyDecoded.length) {
        return false; // padding
      }
    } catch (IllegalArgumentException e) { // once in a run at most
      return false;
    }
    System.arraycopy(manyDecoded, 0, out, n, manyDecoded.length);
    n += manyDecoded.length;
    return true;
  }

  /** Decodes whole groups of the line at hand; returns where something else is. */
  private int groups(int from, int limit) {
    int most = limit - from;
    if (line > 0) {
      most = (int) Math.min(most, line - column);
    }
    int pos = from;
    int to = n;
    int[] first = VALUES[0];
    int[] second = VALUES[1];
    int[] third = VALUES[2];
    int[] fourth = VALUES[3];
    for (int end = from + (most & ~3); pos < end; pos += 4) {
      int value =
          first[in[pos] & 0xff]
              | second[in[pos + 1] & 0xff]
              | third[in[pos + 2] & 0xff]
              | fourth[in[pos + 3] & 0xff];
      if (value < 0) {
        break;
      }
      out[to++] = (byte) (value >> 16);
      out[to++] = (byte) (value >> 8);
      out[to++] = (byte) value;
    }
    n = to;
    column += pos - from;
    taken += pos - from;
    return pos;
  }

  /** Takes one octet unless it ends the run. */
  private boolean octet(byte b) {
    if (carriageReturn) {
      carriageReturn = b != '\n';
      broken = !carriageReturn;
      return broken;
    }
    if (b == '\r') {
      carriageReturn = digits == 0 && column > 0 && !broken;
      if (carriageReturn && line == 0) {
        line = column;
      }
      return carriageReturn;
    }
    boolean pad = b == '=';
    if (padded || (!pad && VALUES[0][b & 0xff] < 0) || (pad && !padding())) {
      return false;
    }
    if (broken) {
      if (column != line) {
        return false; // only the last line is shorter
      }
      broken = false;
      column = 0;
      taken += 2;
    }
    if (line > 0 && column == line) {
      return false; // a longer line
    }
    if (!pad && digits > 2 && group[2] == '=') {
      return false;
    }
    group[digits++] = b;
    if (digits == 4) {
      endGroup();
    }
    return true;
  }

  /** Whether an equals sign may follow: the bits that nobody reads must be zero. */
  private boolean padding() {
    return switch (digits) {
      case 2 -> (VALUES[1][group[1] & 0xff] >> 12 & 0xf) == 0;
      case 3 -> group[2] == '=' || (VALUES[2][group[2] & 0xff] >> 6 & 0x3) == 0;
      default -> false;
    };
  }

  private void endGroup() {
    int count = group[2] == '=' ? 1 : group[3] == '=' ? 2 : 3;
    int value = 0;
    for (int i = 0; i <= count; i++) {
      value |= VALUES[i][group[i] & 0xff];
    }
    for (int i = 0; i < count; i++) {
      out[n++] = (byte) (value >> (16 - 8 * i));
    }
    padded = count < 3;
    digits = 0;
    column += 4;
    taken += 4;
  }

  /** Octets of the run decoded. */
  long octets() {
    return octets;
  }

  /** Characters of a full line. */
  long line() {
    return line > 0 ? line : column;
  }

  /** Octets of the run as they were in the body, a final line break included. */
  long length() {
    return broken ? taken + 2 : taken;
  }

  /** Octets that were taken and are not of the run: they come before what was not taken. */
  byte[] left() {
    if (carriageReturn) {
      return new byte[] {'\r'};
    }
    return digits == 0 ? NOTHING : Arrays.copyOf(group, digits);
  }
}
