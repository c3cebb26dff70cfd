package net.mailagent.embedded;

import java.nio.charset.StandardCharsets;

/** Walks the elements of one document or array. One thread. */
final class Fields {
  private final byte[] bytes;
  private final int end;
  private int next;
  private int start;
  private int nameEnd;
  private byte type;
  private int valueEnd;

  Fields(byte[] bytes, int offset) {
    this.bytes = bytes;
    this.end = offset + Bson.int32(bytes, offset) - 1;
    this.next = offset + 4;
  }

  boolean next() {
    if (next >= end) {
      return false;
    }
    start = next;
    type = bytes[start];
    nameEnd = Bson.skipCString(bytes, start + 1) - 1;
    valueEnd = nameEnd + 1 + Bson.length(type, bytes, nameEnd + 1);
    next = valueEnd;
    return true;
  }

  byte type() {
    return type;
  }

  String name() {
    return new String(bytes, start + 1, nameEnd - start - 1, StandardCharsets.UTF_8);
  }

  /** Where the name lies, without its zero byte. */
  int nameStart() {
    return start + 1;
  }

  int nameEnd() {
    return nameEnd;
  }

  Value value() {
    return new Value(type, bytes, nameEnd + 1, valueEnd - nameEnd - 1);
  }

  /** Where the whole element (type, name, value) begins and ends, for copying it as it is. */
  int start() {
    return start;
  }

  int end() {
    return valueEnd;
  }
}
