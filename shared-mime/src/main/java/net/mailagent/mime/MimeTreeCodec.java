package net.mailagent.mime;

/** The compact, versioned binary form of a MIME tree, for one field of a document. Any thread. */
public final class MimeTreeCodec {
  private MimeTreeCodec() {}

  /** The binary form; {@link #decode} gives an equal tree. */
  public static byte[] encode(MimePart root) {
    throw new UnsupportedOperationException();
  }

  /**
   * The tree of a binary form.
   *
   * @throws IllegalArgumentException when it is damaged or of an unknown version
   */
  public static MimePart decode(byte[] encoded) {
    throw new UnsupportedOperationException();
  }
}
