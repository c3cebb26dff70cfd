package net.mailagent.model;

/**
 * The id of one immutable message content of one user: 12 random bytes shown as 24 lower-case hex
 * digits. Copies of a message within a user share it: it is the EMAILID of RFC 8474 with a letter
 * in front.
 */
public record ContentId(String hex) {
  /** Length of the binary form in bytes. */
  public static final int BYTES = 12;

  public ContentId {
    HexId.require(hex);
  }

  /** A new random id. */
  public static ContentId random() {
    return new ContentId(HexId.random());
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
