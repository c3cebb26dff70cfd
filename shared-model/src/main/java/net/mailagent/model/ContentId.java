package net.mailagent.model;

import java.nio.ByteBuffer;

/**
 * The id of one immutable message content of one user: 12 bytes shown as 24 lower-case hex digits.
 * The first 4 are the second it was made in, so that contents that no journal entry ever placed are
 * found by their age; the others are random. It orders contents only within their user, whose id is
 * random. Copies of a message within a user share it: it is the EMAILID of RFC 8474 with a letter
 * in front.
 */
public record ContentId(String hex) {
  /** Length of the binary form in bytes. */
  public static final int BYTES = 12;

  public ContentId {
    HexId.require(hex);
  }

  /** A new id by the clock of this machine. */
  public static ContentId random() {
    return at(System.currentTimeMillis() / 1000);
  }

  /** A new id of that second since 1970. */
  public static ContentId at(long seconds) {
    byte[] bytes = HexId.randomBytes();
    ByteBuffer.wrap(bytes).putInt((int) seconds);
    return read(bytes, 0);
  }

  /** The smallest id of that second since 1970. */
  public static ContentId first(long seconds) {
    return read(ByteBuffer.allocate(BYTES).putInt((int) seconds).array(), 0);
  }

  /** The second since 1970 it was made in, by the store's clock; good until 2106. */
  public long seconds() {
    byte[] bytes = new byte[BYTES];
    write(bytes, 0);
    return Integer.toUnsignedLong(ByteBuffer.wrap(bytes).getInt());
  }

  /** The id whose 12 bytes stand at {@code offset}. */
  public static ContentId read(byte[] from, int offset) {
    return new ContentId(HexId.format(from, offset));
  }

  /** Writes the 12 bytes of this id at {@code offset}. */
  public void write(byte[] to, int offset) {
    HexId.parse(hex, to, offset);
  }

  @Override
  public String toString() {
    return hex;
  }
}
