package net.mailagent.mime;

import java.nio.ByteBuffer;
import java.util.Set;
import java.util.function.Supplier;
import net.mailagent.model.ByteSource;
import org.jspecify.annotations.Nullable;

/** Undoes a Content-Transfer-Encoding as it streams by (RFC 2045 section 6). Any thread. */
public final class TransferDecoding {
  private static final Set<String> PLAIN = Set.of("7bit", "8bit", "binary");
  private static final Set<String> ENCODED =
      Set.of("base64", "quoted-printable", "x-uuencode", "uuencode", "x-uue");

  private TransferDecoding() {}

  /** Whether {@link #decode} knows that encoding; otherwise BINARY answers UNKNOWN-CTE. */
  public static boolean supports(String transferEncoding) {
    return PLAIN.contains(transferEncoding) || isEncoded(transferEncoding);
  }

  /** Whether the octets of a body in that encoding are not its own. */
  static boolean isEncoded(String transferEncoding) {
    return ENCODED.contains(transferEncoding);
  }

  /**
   * The decoded octets. Damaged input never fails: what cannot be decoded is left out.
   *
   * @param encoded opens the encoded octets; asked once or, when {@link ByteSource#length} is
   *     called, once more
   * @param transferEncoding lower-case; one that is not supported is passed through
   */
  public static ByteSource decode(Supplier<ByteSource> encoded, String transferEncoding) {
    return new Derived(() -> new Decoding(encoded.get(), TransferDecoder.of(transferEncoding)));
  }

  private static final class Decoding implements Derived.Blocks {
    private final ByteSource encoded;
    private final TransferDecoder decoder;
    private boolean ended;

    Decoding(ByteSource encoded, TransferDecoder decoder) {
      this.encoded = encoded;
      this.decoder = decoder;
    }

    @Override
    public @Nullable ByteBuffer next() {
      if (ended) {
        return null;
      }
      ByteBuffer block = encoded.next();
      if (block == null) {
        ended = true;
        return decoder.end();
      }
      return decoder.decode(block);
    }

    @Override
    public void close() {
      encoded.close();
    }
  }
}
