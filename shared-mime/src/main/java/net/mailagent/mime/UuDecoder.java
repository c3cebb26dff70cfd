package net.mailagent.mime;

import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * Undoes x-uuencode, which no RFC names and old gateways made (POSIX uuencode): lines that begin
 * with the number of their octets, between "begin" and "end". Other lines are left out; blanks that
 * were stripped from the end of a line are put back. Confined to one thread.
 */
final class UuDecoder implements TransferDecoder {
  /** Characters of the longest line: 63 octets and their number. */
  private static final int LONGEST = 1 + 63 / 3 * 4;

  private static final byte[] BEGIN = {'b', 'e', 'g', 'i', 'n', ' '};
  private static final byte[] END = {'e', 'n', 'd'};

  private final byte[] line = new byte[LONGEST];
  private int length; // of the line, as far as it is kept
  private boolean inside;
  private byte[] out = new byte[64];
  private int n;

  @Override
  public ByteBuffer decode(ByteBuffer in) {
    n = 0;
    while (in.hasRemaining()) {
      byte b = in.get();
      if (b == '\n') {
        line();
      } else if (b != '\r' && length < LONGEST) {
        line[length++] = b;
      }
    }
    return ByteBuffer.wrap(out, 0, n);
  }

  @Override
  public ByteBuffer end() {
    n = 0;
    line();
    return ByteBuffer.wrap(out, 0, n);
  }

  private void line() {
    if (!inside) {
      inside = startsWith(BEGIN);
    } else if (length == END.length && startsWith(END)) {
      inside = false;
    } else if (length > 0 && isDigit(line[0])) {
      octets(digit(0));
    }
    length = 0;
  }

  private boolean startsWith(byte[] word) {
    return length >= word.length && Arrays.equals(line, 0, word.length, word, 0, word.length);
  }

  /** Decodes so many octets of the line. */
  private void octets(int count) {
    if (out.length < n + count + 2) {
      out = Arrays.copyOf(out, Math.max(n + count + 2, 2 * out.length));
    }
    int at = n;
    for (int i = 1; at < n + count; i += 4) {
      int group = digit(i) << 18 | digit(i + 1) << 12 | digit(i + 2) << 6 | digit(i + 3);
      out[at++] = (byte) (group >> 16);
      out[at++] = (byte) (group >> 8);
      out[at++] = (byte) group;
    }
    n += count;
  }

  private static boolean isDigit(byte b) {
    return b >= ' ' && b <= '`';
  }

  /** The six bits of a character; a blank that is not there any more is 0. */
  private int digit(int i) {
    return i < length && isDigit(line[i]) ? line[i] - ' ' & 0x3f : 0;
  }
}
