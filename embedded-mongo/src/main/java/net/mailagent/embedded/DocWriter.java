package net.mailagent.embedded;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Writes BSON into one growing array. Documents and arrays are opened and closed like brackets; an
 * array's names are numbered by the writer. One thread.
 */
final class DocWriter {
  private static final int SMALL = 4 << 10;

  /** What is larger than this goes into a large buffer, if there is one. */
  private static final int LARGE = 64 << 10;

  private final @Nullable LargeBuffers large;
  private byte[] buffer;
  private boolean taken; // the buffer is one of the large ones
  private int position;
  private int[] starts = new int[8];
  private int[] counts = new int[8];
  private int depth;

  DocWriter() {
    this(256);
  }

  DocWriter(int capacity) {
    large = null;
    buffer = new byte[capacity];
  }

  /** For one reply after the other; see {@link #letGo}. */
  DocWriter(LargeBuffers large) {
    this.large = large;
    buffer = new byte[SMALL];
  }

  /** Begins a document at the current position without a name (the outermost one). */
  DocWriter begin() {
    push(-1);
    return this;
  }

  DocWriter beginDocument(String name) {
    name(Bson.DOCUMENT, name);
    push(-1);
    return this;
  }

  DocWriter beginArray(String name) {
    name(Bson.ARRAY, name);
    push(0);
    return this;
  }

  /** A document as the next element of the open array. */
  DocWriter beginElement() {
    element(Bson.DOCUMENT);
    push(-1);
    return this;
  }

  DocWriter beginArrayElement() {
    element(Bson.ARRAY);
    push(0);
    return this;
  }

  DocWriter end() {
    writeByte(0);
    depth--;
    Bson.putInt32(buffer, starts[depth], position - starts[depth]);
    return this;
  }

  DocWriter put(String name, int value) {
    name(Bson.INT32, name);
    writeInt32(value);
    return this;
  }

  DocWriter put(String name, long value) {
    name(Bson.INT64, name);
    writeInt64(value);
    return this;
  }

  DocWriter put(String name, double value) {
    name(Bson.DOUBLE, name);
    writeInt64(Double.doubleToRawLongBits(value));
    return this;
  }

  DocWriter put(String name, boolean value) {
    name(Bson.BOOLEAN, name);
    writeByte(value ? 1 : 0);
    return this;
  }

  DocWriter put(String name, String value) {
    name(Bson.STRING, name);
    writeString(value);
    return this;
  }

  DocWriter put(String name, Doc value) {
    name(Bson.DOCUMENT, name);
    writeBytes(value.bytes(), value.offset(), value.size());
    return this;
  }

  DocWriter put(String name, Value value) {
    name(value.type(), name);
    writeBytes(value.bytes(), value.offset(), value.length());
    return this;
  }

  DocWriter putDate(String name, long millis) {
    name(Bson.DATE, name);
    writeInt64(millis);
    return this;
  }

  DocWriter putNull(String name) {
    name(Bson.NULL, name);
    return this;
  }

  DocWriter putLongs(String name, List<Long> values) {
    beginArray(name);
    for (long value : values) {
      element(Bson.INT64);
      writeInt64(value);
    }
    return end();
  }

  DocWriter add(Value value) {
    element(value.type());
    writeBytes(value.bytes(), value.offset(), value.length());
    return this;
  }

  DocWriter add(Doc value) {
    element(Bson.DOCUMENT);
    writeBytes(value.bytes(), value.offset(), value.size());
    return this;
  }

  DocWriter add(String value) {
    element(Bson.STRING);
    writeString(value);
    return this;
  }

  /** Copies a whole element (type, name, value) as it stands elsewhere. */
  DocWriter copy(byte[] bytes, int start, int end) {
    writeBytes(bytes, start, end - start);
    return this;
  }

  /** All fields of that document into the open one. */
  DocWriter copyFields(Doc doc) {
    return copy(doc.bytes(), doc.offset() + 4, doc.offset() + doc.size() - 1);
  }

  int position() {
    return position;
  }

  /** Forgets what was written after that position, with all brackets opened since. */
  DocWriter restart(int from) {
    position = from;
    while (depth > 0 && starts[depth - 1] >= from) {
      depth--;
    }
    return this;
  }

  byte[] buffer() {
    return buffer;
  }

  /** Nothing of what was written is wanted any more: lets a buffer go that is not small. */
  void letGo() {
    if (buffer.length > LARGE) {
      replace(new byte[SMALL], false);
    }
    position = 0;
    depth = 0;
  }

  private void replace(byte[] by, boolean byTaken) {
    byte[] before = buffer;
    boolean giveBack = taken;
    buffer = by;
    taken = byTaken;
    if (giveBack && large != null) {
      large.giveBack(before);
    }
  }

  byte[] toBytes() {
    return Arrays.copyOf(buffer, position);
  }

  Doc toDoc() {
    return new Doc(toBytes());
  }

  void writeByte(int value) {
    ensure(1);
    buffer[position++] = (byte) value;
  }

  void writeInt32(int value) {
    ensure(4);
    Bson.putInt32(buffer, position, value);
    position += 4;
  }

  void writeInt64(long value) {
    ensure(8);
    Bson.putInt64(buffer, position, value);
    position += 8;
  }

  void writeBytes(byte[] bytes, int offset, int length) {
    ensure(length);
    System.arraycopy(bytes, offset, buffer, position, length);
    position += length;
  }

  void writeString(String value) {
    byte[] utf8 = value.getBytes(StandardCharsets.UTF_8);
    writeInt32(utf8.length + 1);
    writeBytes(utf8, 0, utf8.length);
    writeByte(0);
  }

  /** The head of an element whose value the caller writes next. */
  void name(byte type, String name) {
    writeByte(type);
    int chars = name.length();
    ensure(chars + 1);
    for (int i = 0; i < chars; i++) {
      char c = name.charAt(i);
      if (c >= 0x80) {
        position -= i;
        byte[] utf8 = name.getBytes(StandardCharsets.UTF_8);
        writeBytes(utf8, 0, utf8.length);
        writeByte(0);
        return;
      }
      buffer[position++] = (byte) c;
    }
    writeByte(0);
  }

  /** The head of the open array's next element. */
  void element(byte type) {
    name(type, Integer.toString(counts[depth - 1]++));
  }

  private void push(int count) {
    if (depth == starts.length) {
      starts = Arrays.copyOf(starts, depth * 2);
      counts = Arrays.copyOf(counts, depth * 2);
    }
    starts[depth] = position;
    counts[depth] = count;
    depth++;
    writeInt32(0);
  }

  private void ensure(int more) {
    if (buffer.length - position < more) {
      grow((long) position + more);
    }
  }

  private void grow(long wanted) {
    byte[] from =
        large == null || taken || wanted <= LARGE || wanted > LargeBuffers.SIZE
            ? null
            : large.take();
    byte[] to = from;
    if (to == null) {
      to = new byte[(int) Math.min(Math.max(wanted, buffer.length * 2L), Integer.MAX_VALUE - 16)];
    }
    System.arraycopy(buffer, 0, to, 0, position);
    replace(to, from != null);
  }
}
