package net.mailagent.mime;

import java.nio.charset.Charset;
import java.util.Optional;
import org.apache.james.mime4j.util.CharsetUtil;

/** Charsets as mail names them. */
final class Charsets {
  /** What octets mean that are neither labelled nor UTF-8. */
  static final Charset FALLBACK = Charset.forName("windows-1252");

  private static final int MAX_NAME = 40;

  private Charsets() {}

  /** The charset of that name, if this platform can decode it. */
  static Optional<Charset> find(String name) {
    String stripped = name.strip();
    if (stripped.isEmpty() || stripped.length() > MAX_NAME) {
      return Optional.empty();
    }
    return Optional.ofNullable(CharsetUtil.lookup(stripped));
  }
}
