package net.mailagent.embedded;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/** The BSON type bytes and the reading of raw bytes (bsonspec.org 1.1). Any thread. */
final class Bson {
  static final byte DOUBLE = 0x01;
  static final byte STRING = 0x02;
  static final byte DOCUMENT = 0x03;
  static final byte ARRAY = 0x04;
  static final byte BINARY = 0x05;
  static final byte UNDEFINED = 0x06;
  static final byte OBJECT_ID = 0x07;
  static final byte BOOLEAN = 0x08;
  static final byte DATE = 0x09;
  static final byte NULL = 0x0A;
  static final byte REGEX = 0x0B;
  static final byte DB_POINTER = 0x0C;
  static final byte CODE = 0x0D;
  static final byte SYMBOL = 0x0E;
  static final byte CODE_WITH_SCOPE = 0x0F;
  static final byte INT32 = 0x10;
  static final byte TIMESTAMP = 0x11;
  static final byte INT64 = 0x12;
  static final byte DECIMAL128 = 0x13;
  static final byte MAX_KEY = 0x7F;
  static final byte MIN_KEY = (byte) 0xFF;

  /** The largest document a client may store, as MongoDB says in hello. */
  static final int MAX_DOCUMENT_BYTES = 16 * 1024 * 1024;

  /**
   * Deeper nesting is refused, as by MongoDB: it would otherwise be a way to overflow the stack.
   */
  static final int MAX_DEPTH = 180;

  private static final VarHandle INT =
      MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);
  private static final VarHandle LONG =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

  private Bson() {}

  static int int32(byte[] bytes, int offset) {
    return (int) INT.get(bytes, offset);
  }

  static long int64(byte[] bytes, int offset) {
    return (long) LONG.get(bytes, offset);
  }

  static void putInt32(byte[] bytes, int offset, int value) {
    INT.set(bytes, offset, value);
  }

  static void putInt64(byte[] bytes, int offset, long value) {
    LONG.set(bytes, offset, value);
  }

  /** The offset just after the zero byte that ends the C string at {@code offset}. */
  static int skipCString(byte[] bytes, int offset) {
    int i = offset;
    while (bytes[i] != 0) {
      i++;
    }
    return i + 1;
  }

  static String cString(byte[] bytes, int offset) {
    return new String(
        bytes, offset, skipCString(bytes, offset) - 1 - offset, StandardCharsets.UTF_8);
  }

  /** The number of bytes the value of that type takes at {@code offset}. */
  static int length(byte type, byte[] bytes, int offset) {
    return switch (type) {
      case DOUBLE, DATE, TIMESTAMP, INT64 -> 8;
      case STRING, CODE, SYMBOL -> Math.addExact(4, int32(bytes, offset));
      case DOCUMENT, ARRAY, CODE_WITH_SCOPE -> int32(bytes, offset);
      case BINARY -> Math.addExact(5, int32(bytes, offset));
      case OBJECT_ID -> 12;
      case BOOLEAN -> 1;
      case UNDEFINED, NULL, MIN_KEY, MAX_KEY -> 0;
      case REGEX -> skipCString(bytes, skipCString(bytes, offset)) - offset;
      case DB_POINTER -> Math.addExact(16, int32(bytes, offset));
      case INT32 -> 4;
      case DECIMAL128 -> 16;
      default -> throw new MongoError(ErrorKind.INVALID_BSON, "unknown BSON type " + type);
    };
  }

  /**
   * Walks a document that came from outside, so that everything after may trust its lengths.
   *
   * @param end the first byte that no longer belongs to the message
   * @throws MongoError InvalidBSON, or Overflow when it is nested too deeply
   */
  static void validate(byte[] bytes, int offset, int end) {
    try {
      validate(bytes, offset, end, 0);
    } catch (IndexOutOfBoundsException | ArithmeticException e) {
      throw invalid(e);
    }
  }

  private static void validate(byte[] bytes, int offset, int end, int depth) {
    if (depth > MAX_DEPTH) {
      throw new MongoError(
          ErrorKind.OVERFLOW, "BSONObj exceeds maximum nested object depth: " + MAX_DEPTH);
    }
    int size = int32(bytes, offset);
    if (size < 5 || size > end - offset || bytes[offset + size - 1] != 0) {
      throw invalid(null);
    }
    int last = offset + size - 1;
    int at = offset + 4;
    while (at < last) {
      byte type = bytes[at];
      int value = skipCString(bytes, at + 1);
      int length = length(type, bytes, value);
      if (length < 0 || value > last || length > last - value) {
        throw invalid(null);
      }
      validateValue(type, bytes, value, length, depth);
      at = value + length;
    }
    if (at != last) {
      throw invalid(null);
    }
  }

  private static void validateValue(byte type, byte[] bytes, int value, int length, int depth) {
    switch (type) {
      case DOCUMENT, ARRAY -> validate(bytes, value, value + length, depth + 1);
      case STRING, CODE, SYMBOL -> {
        if (length < 5 || bytes[value + length - 1] != 0) {
          throw invalid(null);
        }
      }
      case BINARY -> {
        if (length < 5) {
          throw invalid(null);
        }
      }
      case CODE_WITH_SCOPE -> {
        if (length < 14) {
          throw invalid(null);
        }
        int code = int32(bytes, value + 4);
        if (code < 1 || code > length - 13) {
          throw invalid(null);
        }
        validate(bytes, value + 8 + code, value + length, depth + 1);
      }
      default -> {}
    }
  }

  private static MongoError invalid(@org.jspecify.annotations.Nullable Exception cause) {
    MongoError error = new MongoError(ErrorKind.INVALID_BSON, "not a valid BSON document");
    if (cause != null) {
      error.initCause(cause);
    }
    return error;
  }
}
