package net.mailagent.store.content;

/**
 * A run of octets of a raw message and where they are stored: {@code length} is what the message
 * has, not what the store holds.
 */
sealed interface Segment {
  /** Octets of the message in this run; at least 1. */
  long length();

  /** In the {@code inline} field of the document, from {@code offset} on. */
  record Inline(int offset, long length) implements Segment {}

  /** In a blob, as they are, from {@code offset} on. */
  record Raw(BlobId blob, long offset, long length) implements Segment {}

  /**
   * The base64 encoding of a whole blob (RFC 2045 section 6.8) in lines that CRLF divides.
   *
   * @param octets of the blob, at least 1
   * @param line characters of a line, a multiple of 4; the last one may have fewer
   * @param length of the encoding; it says whether CRLF ends the last line, too
   */
  record Base64(BlobId blob, long octets, long line, long length) implements Segment {
    public Base64 {
      if (octets < 1 || line < 4 || line % 4 != 0) {
        throw new IllegalArgumentException("base64 of " + octets + " octets in lines of " + line);
      }
      long open = characters(octets) + (characters(octets) - 1) / line * 2;
      if (length != open && length != open + 2) {
        throw new IllegalArgumentException(octets + " octets do not give " + length);
      }
    }

    /** Characters without line breaks. */
    long characters() {
      return characters(octets);
    }

    private static long characters(long octets) {
      return Math.multiplyExact(Math.ceilDiv(octets, 3L), 4L);
    }
  }
}
