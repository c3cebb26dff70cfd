package net.mailagent.model.journal;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Numbers of variable length in bytes, for the columns of checkpoints and entries: seven bits per
 * byte, low bits first, the high bit says that more follow.
 */
final class Bytes {
  private Bytes() {}

  /** Grows as it is written. One thread. */
  static final class Writer {
    private byte[] bytes;
    private int size;

    Writer(int expected) {
      bytes = new byte[Math.max(16, expected)];
    }

    private void room(int more) {
      if (bytes.length - size < more) {
        bytes = Arrays.copyOf(bytes, Math.max(bytes.length * 2, size + more));
      }
    }

    void unsigned(long value) {
      room(10);
      long rest = value;
      while ((rest & ~0x7FL) != 0) {
        bytes[size++] = (byte) (rest | 0x80);
        rest >>>= 7;
      }
      bytes[size++] = (byte) rest;
    }

    /** A number that may be negative: small absolute values are short. */
    void signed(long value) {
      unsigned((value << 1) ^ (value >> 63));
    }

    void bytes(byte[] more) {
      room(more.length);
      System.arraycopy(more, 0, bytes, size, more.length);
      size += more.length;
    }

    void text(String text) {
      byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
      unsigned(utf8.length);
      bytes(utf8);
    }

    byte[] toBytes() {
      return Arrays.copyOf(bytes, size);
    }
  }

  /** Reads what a writer wrote. One thread. */
  static final class Reader {
    private final byte[] bytes;
    private int at;

    Reader(byte[] bytes) {
      this.bytes = bytes;
    }

    long unsigned() {
      long value = 0;
      for (int shift = 0; shift < 64; shift += 7) {
        byte b = next();
        value |= (b & 0x7FL) << shift;
        if (b >= 0) {
          return value;
        }
      }
      throw new IllegalArgumentException("a number is longer than 64 bits");
    }

    long signed() {
      long value = unsigned();
      return (value >>> 1) ^ -(value & 1);
    }

    /**
     * A count of things that follow.
     *
     * @throws IllegalArgumentException if so many cannot follow
     */
    int count(int bytesEach) {
      long count = unsigned();
      if (count < 0 || count > (bytes.length - at) / Math.max(1, bytesEach)) {
        throw new IllegalArgumentException("the bytes end before their content");
      }
      return (int) count;
    }

    byte[] bytes(int length) {
      if (length > bytes.length - at) {
        throw new IllegalArgumentException("the bytes end before their content");
      }
      byte[] read = Arrays.copyOfRange(bytes, at, at + length);
      at += length;
      return read;
    }

    String text() {
      return new String(bytes(count(1)), StandardCharsets.UTF_8);
    }

    private byte next() {
      if (at == bytes.length) {
        throw new IllegalArgumentException("the bytes end before their content");
      }
      return bytes[at++];
    }

    boolean atEnd() {
      return at == bytes.length;
    }
  }
}
