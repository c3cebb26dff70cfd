package net.mailagent.embedded;

import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.bson.types.Decimal128;

/**
 * One BSON value where it lies: its type and the bytes that hold it, shared, never changed. Any
 * thread.
 */
@SuppressWarnings("ArrayRecordComponent") // bytes are shared, never changed, and compared as such
record Value(byte type, byte[] bytes, int offset, int length) {
  private static final byte[] NONE = new byte[0];

  static final Value NULL = new Value(Bson.NULL, NONE, 0, 0);
  static final Value UNDEFINED = new Value(Bson.UNDEFINED, NONE, 0, 0);

  static Value of(Doc doc) {
    return new Value(Bson.DOCUMENT, doc.bytes(), doc.offset(), doc.size());
  }

  static Value of(String text) {
    byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
    byte[] bytes = new byte[utf8.length + 5];
    Bson.putInt32(bytes, 0, utf8.length + 1);
    System.arraycopy(utf8, 0, bytes, 4, utf8.length);
    return new Value(Bson.STRING, bytes, 0, bytes.length);
  }

  boolean isDocument() {
    return type == Bson.DOCUMENT;
  }

  boolean isArray() {
    return type == Bson.ARRAY;
  }

  boolean isString() {
    return type == Bson.STRING || type == Bson.SYMBOL;
  }

  boolean isNull() {
    return type == Bson.NULL || type == Bson.UNDEFINED;
  }

  boolean isNumber() {
    return type == Bson.INT32
        || type == Bson.INT64
        || type == Bson.DOUBLE
        || type == Bson.DECIMAL128;
  }

  /** This document or array as a document; the caller has looked at the type. */
  Doc asDoc() {
    return new Doc(bytes, offset);
  }

  String asString() {
    return new String(bytes, offset + 4, Bson.int32(bytes, offset) - 1, StandardCharsets.UTF_8);
  }

  /** What MongoDB takes as true in options: everything but false, zero, null. */
  boolean asBoolean() {
    return switch (type) {
      case Bson.BOOLEAN -> bytes[offset] != 0;
      case Bson.NULL, Bson.UNDEFINED -> false;
      case Bson.INT32, Bson.INT64, Bson.DOUBLE, Bson.DECIMAL128 -> asDouble() != 0;
      default -> true;
    };
  }

  /** A number as a long, truncated and saturated; 0 for what is no number. */
  long asLong() {
    return switch (type) {
      case Bson.INT32 -> Bson.int32(bytes, offset);
      case Bson.INT64, Bson.DATE, Bson.TIMESTAMP -> Bson.int64(bytes, offset);
      case Bson.DOUBLE -> (long) Double.longBitsToDouble(Bson.int64(bytes, offset));
      case Bson.DECIMAL128 -> (long) asDouble();
      default -> 0;
    };
  }

  double asDouble() {
    return switch (type) {
      case Bson.INT32 -> Bson.int32(bytes, offset);
      case Bson.INT64 -> Bson.int64(bytes, offset);
      case Bson.DOUBLE -> Double.longBitsToDouble(Bson.int64(bytes, offset));
      case Bson.DECIMAL128 -> {
        Decimal128 decimal = asDecimal();
        if (decimal.isNaN()) {
          yield Double.NaN;
        }
        if (decimal.isInfinite()) {
          yield decimal.isNegative() ? Double.NEGATIVE_INFINITY : Double.POSITIVE_INFINITY;
        }
        yield bigDecimal(decimal).doubleValue();
      }
      default -> 0;
    };
  }

  Decimal128 asDecimal() {
    return Decimal128.fromIEEE754BIDEncoding(
        Bson.int64(bytes, offset + 8), Bson.int64(bytes, offset));
  }

  /** Negative zero, which BigDecimal cannot hold, is zero here. */
  static BigDecimal bigDecimal(Decimal128 decimal) {
    try {
      return decimal.bigDecimalValue();
    } catch (ArithmeticException negativeZero) {
      return BigDecimal.ZERO;
    }
  }

  /** The elements of this array, in order. */
  List<Value> elements() {
    List<Value> elements = new ArrayList<>();
    Fields fields = asDoc().fields();
    while (fields.next()) {
      elements.add(fields.value());
    }
    return elements;
  }

  boolean sameBytes(Value other) {
    return type == other.type
        && Arrays.equals(
            bytes, offset, offset + length, other.bytes, other.offset, other.offset + other.length);
  }

  @Override
  public String toString() {
    return ValueText.of(this);
  }
}
