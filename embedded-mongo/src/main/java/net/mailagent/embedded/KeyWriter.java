package net.mailagent.embedded;

import java.math.BigDecimal;
import java.util.Arrays;
import org.bson.types.Decimal128;

/**
 * Writes BSON values as bytes whose unsigned order is MongoDB's comparison order (types first:
 * MinKey, undefined, null, numbers by value, string, object, array, binData, ObjectId, bool, date,
 * timestamp, regex, ... MaxKey). Equal values have equal bytes whatever their numeric type, and no
 * encoding is the beginning of another, so encodings can be strung together and complemented
 * (descending). One thread.
 *
 * <p>Decimals beyond the range of a double are compared as if at its end.
 */
final class KeyWriter {
  static final int MIN_KEY = 0x05;
  static final int UNDEFINED = 0x08;
  static final int NULL = 0x0A;
  static final int NUMBER = 0x10;
  static final int STRING = 0x20;
  static final int OBJECT = 0x30;
  static final int ARRAY = 0x38;
  static final int BINARY = 0x40;
  static final int OBJECT_ID = 0x48;
  static final int BOOLEAN = 0x50;
  static final int DATE = 0x58;
  static final int TIMESTAMP = 0x60;
  static final int REGEX = 0x68;
  static final int DB_POINTER = 0x70;
  static final int CODE = 0x78;
  static final int CODE_WITH_SCOPE = 0x80;
  static final int MAX_KEY = 0xF0;

  private static final int EXACT = 0x80;
  private static final int MORE = 0x81;
  private static final int LESS = 0x7F;

  private byte[] buffer = new byte[64];
  private int position;

  static byte[] encode(Value value) {
    return new KeyWriter().write(value).toBytes();
  }

  /** The place of the value's type in the order; comparisons stay within one type. */
  static int rank(byte type) {
    return switch (type) {
      case Bson.MIN_KEY -> MIN_KEY;
      case Bson.UNDEFINED -> UNDEFINED;
      case Bson.NULL -> NULL;
      case Bson.DOUBLE, Bson.INT32, Bson.INT64, Bson.DECIMAL128 -> NUMBER;
      case Bson.STRING, Bson.SYMBOL -> STRING;
      case Bson.DOCUMENT -> OBJECT;
      case Bson.ARRAY -> ARRAY;
      case Bson.BINARY -> BINARY;
      case Bson.OBJECT_ID -> OBJECT_ID;
      case Bson.BOOLEAN -> BOOLEAN;
      case Bson.DATE -> DATE;
      case Bson.TIMESTAMP -> TIMESTAMP;
      case Bson.REGEX -> REGEX;
      case Bson.DB_POINTER -> DB_POINTER;
      case Bson.CODE -> CODE;
      case Bson.CODE_WITH_SCOPE -> CODE_WITH_SCOPE;
      case Bson.MAX_KEY -> MAX_KEY;
      default -> throw new MongoError(ErrorKind.INVALID_BSON, "unknown BSON type " + type);
    };
  }

  KeyWriter write(Value value) {
    writeByte(rank(value.type()));
    writeBody(value);
    return this;
  }

  /** As {@link #write}, complemented, so that the order is reversed. */
  KeyWriter writeDescending(Value value) {
    int start = position;
    write(value);
    for (int i = start; i < position; i++) {
      buffer[i] = (byte) ~buffer[i];
    }
    return this;
  }

  KeyWriter writeRaw(byte[] bytes) {
    writeBytes(bytes, 0, bytes.length);
    return this;
  }

  int position() {
    return position;
  }

  byte[] toBytes() {
    return Arrays.copyOf(buffer, position);
  }

  private void writeBody(Value value) {
    byte[] bytes = value.bytes();
    int at = value.offset();
    switch (value.type()) {
      case Bson.DOUBLE -> writeNumber(Double.longBitsToDouble(Bson.int64(bytes, at)));
      case Bson.INT32 -> writeNumber((double) Bson.int32(bytes, at));
      case Bson.INT64 -> writeNumber(Bson.int64(bytes, at));
      case Bson.DECIMAL128 -> writeNumber(value.asDecimal());
      case Bson.STRING, Bson.SYMBOL, Bson.CODE ->
          writeText(bytes, at + 4, at + 3 + Bson.int32(bytes, at));
      case Bson.DOCUMENT -> writeObject(value.asDoc());
      case Bson.ARRAY -> writeArray(value.asDoc());
      case Bson.BINARY -> {
        writeInt(Bson.int32(bytes, at));
        writeBytes(bytes, at + 4, value.length() - 4);
      }
      case Bson.OBJECT_ID -> writeBytes(bytes, at, 12);
      case Bson.BOOLEAN -> writeByte(bytes[at]);
      case Bson.DATE -> writeLong(Bson.int64(bytes, at) ^ Long.MIN_VALUE);
      case Bson.TIMESTAMP -> writeLong(Bson.int64(bytes, at));
      case Bson.REGEX -> writeBytes(bytes, at, value.length());
      case Bson.DB_POINTER, Bson.CODE_WITH_SCOPE -> {
        writeInt(value.length());
        writeBytes(bytes, at, value.length());
      }
      default -> {}
    }
  }

  private void writeObject(Doc doc) {
    Fields fields = doc.fields();
    while (fields.next()) {
      Value value = fields.value();
      writeByte(rank(value.type()));
      writeBytes(value.bytes(), fields.nameStart(), fields.nameEnd() - fields.nameStart());
      writeByte(0);
      writeBody(value);
    }
    writeByte(0);
  }

  private void writeArray(Doc doc) {
    Fields fields = doc.fields();
    while (fields.next()) {
      write(fields.value());
    }
    writeByte(0);
  }

  /** UTF-8 order is code point order; a zero byte inside is escaped so that the end sorts first. */
  private void writeText(byte[] bytes, int start, int end) {
    ensure(end - start + 2);
    for (int i = start; i < end; i++) {
      byte b = bytes[i];
      writeByte(b);
      if (b == 0) {
        writeByte(0xFF);
      }
    }
    writeByte(0);
    writeByte(1);
  }

  private void writeNumber(double value) {
    writeOrdered(value);
    writeByte(EXACT);
  }

  /** The nearest double, then what is missing to the exact value (at most 512 either way). */
  private void writeNumber(long value) {
    double nearest = (double) value;
    long missing = nearest == 0x1p63 ? value - Long.MAX_VALUE - 1 : value - (long) nearest;
    writeOrdered(nearest);
    if (missing == 0) {
      writeByte(EXACT);
    } else {
      writeByte(missing > 0 ? MORE : LESS);
      writeNumber((double) missing);
    }
  }

  private void writeNumber(Decimal128 decimal) {
    if (decimal.isNaN()) {
      writeNumber(Double.NaN);
    } else if (decimal.isInfinite()) {
      writeNumber(decimal.isNegative() ? Double.NEGATIVE_INFINITY : Double.POSITIVE_INFINITY);
    } else {
      writeNumber(Value.bigDecimal(decimal), 4);
    }
  }

  private void writeNumber(BigDecimal value, int rounds) {
    double nearest = Math.max(-Double.MAX_VALUE, Math.min(Double.MAX_VALUE, value.doubleValue()));
    BigDecimal missing = value.subtract(new BigDecimal(nearest));
    writeOrdered(nearest);
    if (missing.signum() == 0 || rounds == 0) {
      writeByte(EXACT);
    } else {
      writeByte(missing.signum() > 0 ? MORE : LESS);
      writeNumber(missing, rounds - 1);
    }
  }

  private void writeOrdered(double value) {
    if (Double.isNaN(value)) {
      writeLong(0); // below minus infinity
      return;
    }
    long bits = Double.doubleToLongBits(value == 0 ? 0.0 : value);
    writeLong(bits < 0 ? ~bits : bits | Long.MIN_VALUE);
  }

  private void writeByte(int value) {
    ensure(1);
    buffer[position++] = (byte) value;
  }

  private void writeInt(int value) {
    for (int shift = 24; shift >= 0; shift -= 8) {
      writeByte(value >>> shift);
    }
  }

  private void writeLong(long value) {
    for (int shift = 56; shift >= 0; shift -= 8) {
      writeByte((int) (value >>> shift));
    }
  }

  private void writeBytes(byte[] bytes, int offset, int length) {
    ensure(length);
    System.arraycopy(bytes, offset, buffer, position, length);
    position += length;
  }

  private void ensure(int more) {
    if (buffer.length - position < more) {
      buffer = Arrays.copyOf(buffer, Math.max(position + more, buffer.length * 2));
    }
  }

  /**
   * The least key above every key that begins with those bytes; none when they are all 0xFF, which
   * no encoding is.
   */
  static byte[] after(byte[] prefix) {
    for (int i = prefix.length - 1; i >= 0; i--) {
      if (prefix[i] != (byte) 0xFF) {
        byte[] end = Arrays.copyOf(prefix, i + 1);
        end[i]++;
        return end;
      }
    }
    return new byte[] {(byte) 0xFF};
  }

  static boolean startsWith(byte[] key, byte[] prefix) {
    return key.length >= prefix.length
        && Arrays.equals(key, 0, prefix.length, prefix, 0, prefix.length);
  }
}
