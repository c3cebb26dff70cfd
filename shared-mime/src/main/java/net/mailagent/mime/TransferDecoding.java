package net.mailagent.mime;

import java.util.function.Supplier;
import net.mailagent.model.ByteSource;

/** Undoes a Content-Transfer-Encoding as it streams by (RFC 2045 section 6). Any thread. */
public final class TransferDecoding {
  private TransferDecoding() {}

  /** Whether {@link #decode} knows that encoding; otherwise BINARY answers UNKNOWN-CTE. */
  public static boolean supports(String transferEncoding) {
    throw new UnsupportedOperationException();
  }

  /**
   * The decoded octets. Damaged input never fails: what cannot be decoded is left out.
   *
   * @param encoded opens the encoded octets; asked once or, when {@link ByteSource#length} is
   *     called, once more
   * @param transferEncoding lower-case; one that is not supported is passed through
   */
  public static ByteSource decode(Supplier<ByteSource> encoded, String transferEncoding) {
    throw new UnsupportedOperationException();
  }
}
