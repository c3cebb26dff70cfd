package net.mailagent.embedded;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * A BSON document where it lies in a byte array: shared, never changed, read lazily. Any thread.
 */
@SuppressWarnings("ArrayRecordComponent") // bytes are shared, never changed, and compared as such
record Doc(byte[] bytes, int offset) {
  static final Doc EMPTY = new Doc(new byte[] {5, 0, 0, 0, 0}, 0);

  Doc(byte[] bytes) {
    this(bytes, 0);
  }

  /** Bytes of the whole document. */
  int size() {
    return Bson.int32(bytes, offset);
  }

  boolean isEmpty() {
    return size() == 5;
  }

  Fields fields() {
    return new Fields(bytes, offset);
  }

  @Nullable Value get(String name) {
    int end = offset + size() - 1;
    int at = offset + 4;
    while (at < end) {
      byte type = bytes[at];
      int nameStart = at + 1;
      int value = Bson.skipCString(bytes, nameStart);
      int length = Bson.length(type, bytes, value);
      if (nameIs(bytes, nameStart, value - 1 - nameStart, name)) {
        return new Value(type, bytes, value, length);
      }
      at = value + length;
    }
    return null;
  }

  /** As {@link #get}, but absent and null are the same. */
  @Nullable Value getNonNull(String name) {
    Value value = get(name);
    return value == null || value.isNull() ? null : value;
  }

  Doc getDoc(String name, Doc otherwise) {
    Value value = getNonNull(name);
    if (value == null) {
      return otherwise;
    }
    if (!value.isDocument()) {
      throw new MongoError(
          ErrorKind.TYPE_MISMATCH, "field '" + name + "' must be of BSON type object");
    }
    return value.asDoc();
  }

  long getLong(String name, long otherwise) {
    Value value = getNonNull(name);
    return value == null ? otherwise : value.asLong();
  }

  boolean getBoolean(String name, boolean otherwise) {
    Value value = getNonNull(name);
    return value == null ? otherwise : value.asBoolean();
  }

  @Nullable String getString(String name) {
    Value value = getNonNull(name);
    return value != null && value.isString() ? value.asString() : null;
  }

  /** Bytes of their own, of the document's exact size: what is kept outlives the message. */
  byte[] copyBytes() {
    return Arrays.copyOfRange(bytes, offset, offset + size());
  }

  private static boolean nameIs(byte[] bytes, int start, int length, String name) {
    int chars = name.length();
    if (chars > length) {
      return false;
    }
    for (int i = 0; i < chars; i++) {
      char c = name.charAt(i);
      if (c >= 0x80) {
        return new String(bytes, start, length, StandardCharsets.UTF_8).equals(name);
      }
      if (bytes[start + i] != c) {
        return false;
      }
    }
    return chars == length;
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof Doc that
        && Arrays.equals(
            bytes, offset, offset + size(), that.bytes, that.offset, that.offset + that.size());
  }

  @Override
  public int hashCode() {
    int hash = 1;
    for (int i = offset; i < offset + size(); i++) {
      hash = 31 * hash + bytes[i];
    }
    return hash;
  }

  @Override
  public String toString() {
    return ValueText.of(Value.of(this));
  }
}
