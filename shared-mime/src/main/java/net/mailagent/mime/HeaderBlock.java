package net.mailagent.mime;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Locale;

/**
 * Gathers the lines of one header block into fields, one field at a time. A field longer than the
 * limit is cut for the reader (never for the message). Confined to one parser.
 */
final class HeaderBlock {
  private static final int KEPT_BUFFER = 64 << 10;

  /** Takes one field. */
  interface Reader {
    /**
     * @param name lower-case
     * @param raw a buffer whose [from, to) is the value, with its folds
     * @param cut whether the end of the value is missing
     */
    void field(String name, byte[] raw, int from, int to, boolean cut);
  }

  private final int maxField;
  private byte[] field = new byte[512];
  private int length;
  private boolean cut;

  HeaderBlock(int maxField) {
    this.maxField = maxField;
  }

  /** More octets of the field. */
  void add(ByteBuffer in, int from, int to) {
    int wanted = to - from;
    int n = Math.min(wanted, maxField - length);
    if (n < wanted) {
      cut = true;
    }
    if (n > field.length - length) {
      field = Arrays.copyOf(field, Math.max(length + n, Math.min(maxField, field.length * 2)));
    }
    in.get(from, field, length, n);
    length += n;
  }

  /** Whether what was gathered is no more than a line break. */
  boolean blank() {
    return length == 0 || field[0] == '\n' || (length == 2 && field[0] == '\r');
  }

  /** Drops what was gathered. */
  void reset() {
    length = 0;
    cut = false;
    if (field.length > KEPT_BUFFER) {
      field = new byte[512];
    }
  }

  /** The field is complete; lines that are no field (no colon, no name) are passed over. */
  void end(Reader reader) {
    int colon = colon();
    if (colon > 0) {
      int nameEnd = colon;
      while (nameEnd > 0 && (field[nameEnd - 1] == ' ' || field[nameEnd - 1] == '\t')) {
        nameEnd--;
      }
      if (nameEnd > 0) {
        String name = new String(field, 0, nameEnd, StandardCharsets.US_ASCII);
        reader.field(name.toLowerCase(Locale.ROOT), field, colon + 1, length, cut);
      }
    }
    reset();
  }

  /** Where the name ends: a colon behind a name of printable ASCII and perhaps white space. */
  private int colon() {
    boolean space = false;
    for (int i = 0; i < length; i++) {
      byte b = field[i];
      if (b == ':') {
        return i;
      }
      if (b == ' ' || b == '\t') {
        space = true;
      } else if (b <= ' ' || b == 127 || space) {
        return -1;
      }
    }
    return -1;
  }
}
