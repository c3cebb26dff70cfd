package net.mailagent.api;

import java.util.Map;
import net.mailagent.model.ByteSource;

/**
 * Octets to be handed out, all or a range of them.
 *
 * @param contentType of the octets
 * @param headers further ones
 * @param tag stands for these octets and no others for ever, without quotes: a strong validator
 *     (RFC 9110 section 8.8.3)
 * @param length of all octets
 */
record Download(
    String contentType, Map<String, String> headers, String tag, long length, Content content) {
  Download {
    headers = Map.copyOf(headers);
  }

  /** Where the octets come from. */
  @FunctionalInterface
  interface Content {
    /** Octets [offset, offset + length), which exist. */
    ByteSource open(long offset, long length);
  }
}
