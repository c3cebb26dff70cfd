package net.mailagent.mime;

import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * Charsets as mail names them. All names are known beforehand: asking the platform for one that
 * does not exist searches its providers each time, which a sender could ask for a million times.
 * Any thread.
 */
final class Charsets {
  /** What octets mean that are neither labelled nor UTF-8. */
  static final Charset FALLBACK = Charset.forName("windows-1252");

  private static final Map<String, Charset> BY_NAME = byName();

  private Charsets() {}

  private static Map<String, Charset> byName() {
    Map<String, Charset> names = new HashMap<>();
    for (Charset charset : Charset.availableCharsets().values()) {
      charset.aliases().forEach(alias -> names.putIfAbsent(lower(alias), charset));
    }
    for (Charset charset : Charset.availableCharsets().values()) {
      names.put(lower(charset.name()), charset);
    }
    // What mail calls Latin-1 and ASCII was often written on Windows; there it means a little more.
    names.put("iso-8859-1", FALLBACK);
    names.put("latin1", FALLBACK);
    names.put("gb2312", names.getOrDefault("gb18030", FALLBACK));
    names.put("ks_c_5601-1987", names.getOrDefault("x-windows-949", FALLBACK));
    return names;
  }

  /** The charset of that name, if this platform can decode it. */
  static Optional<Charset> find(String name) {
    return Optional.ofNullable(BY_NAME.get(lower(name.strip())));
  }

  /** Whether octets below 128 mean ASCII there wherever they stand, and no state is kept. */
  static boolean isAsciiInPlace(Charset charset) {
    String name = charset.name();
    return charset.equals(StandardCharsets.UTF_8)
        || charset.equals(StandardCharsets.US_ASCII)
        || name.startsWith("ISO-8859-")
        || name.startsWith("windows-125")
        || name.startsWith("KOI8-");
  }

  private static String lower(String name) {
    return name.toLowerCase(Locale.ROOT);
  }
}
