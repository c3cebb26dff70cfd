package net.mailagent.api;

import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * The headers under which octets that strangers sent are handed out: nothing of it may run, or be
 * taken for anything else than a file, in the browser of someone who follows a link to it. Pure.
 */
final class SafeContent {
  static final String UNKNOWN = "application/octet-stream";

  private static final Pattern MEDIA_TYPE =
      Pattern.compile("[a-z0-9!#$&^_.+-]{1,127}/[a-z0-9!#$&^_.+-]{1,127}");

  /** What a browser acts on by itself, wherever it stands: pages, scripts, styles. */
  private static final Set<String> ACTIVE =
      Set.of(
          "text/html",
          "text/xml",
          "text/xsl",
          "text/css",
          "text/cache-manifest",
          "application/xml",
          "application/wasm",
          "application/x-shockwave-flash");

  private static final Pattern SCRIPT =
      Pattern.compile("(text|application)/(x-)?(java|ecma|j|live|vb)script[0-9.]*");

  private static final String ATTRIBUTE_CHARACTERS = "!#$&+-.^_`|~"; // RFC 8187 section 3.2.1
  private static final String HEX = "0123456789ABCDEF";

  private SafeContent() {}

  /**
   * A media type under which nothing happens by itself.
   *
   * @param mediaType lower-case, as the sender gave it
   */
  static String mediaType(String mediaType) {
    boolean active =
        ACTIVE.contains(mediaType)
            || mediaType.endsWith("+xml")
            || mediaType.startsWith("multipart/")
            || SCRIPT.matcher(mediaType).matches();
    return active || !MEDIA_TYPE.matcher(mediaType).matches() ? UNKNOWN : mediaType;
  }

  /** Headers that go with a file of that name. */
  static Map<String, String> headers(String fileName) {
    return Map.of(
        "Content-Disposition",
        disposition(fileName),
        "Content-Security-Policy",
        "default-src 'none'; sandbox",
        "X-Content-Type-Options",
        "nosniff");
  }

  /**
   * Content-Disposition of a file to be saved (RFC 6266). A name that is no plain ASCII is given
   * encoded, too (RFC 8187).
   *
   * @param fileName as the sender gave it; may be empty
   */
  static String disposition(String fileName) {
    StringBuilder name = new StringBuilder();
    fileName.codePoints().map(SafeContent::harmless).forEach(name::appendCodePoint);
    while (!name.isEmpty() && name.charAt(0) == '.') {
      name.deleteCharAt(0); // no hidden file, nor a way upwards
    }
    if (name.isEmpty()) {
      return "attachment";
    }
    StringBuilder plain = new StringBuilder();
    name.codePoints().forEach(c -> plain.append(isPlain(c) ? (char) c : '_'));
    String disposition = "attachment; filename=\"" + plain + '"';
    return plain.compareTo(name) == 0
        ? disposition
        : disposition + "; filename*=UTF-8''" + encoded(name.toString());
  }

  /** Control characters, those that turn text around, and separators of folders are none of it. */
  private static int harmless(int c) {
    boolean control =
        switch (Character.getType(c)) {
          case Character.CONTROL,
              Character.SURROGATE,
              Character.LINE_SEPARATOR,
              Character.PARAGRAPH_SEPARATOR ->
              true;
          default -> false;
        };
    boolean turning =
        switch (Character.getDirectionality(c)) {
          case Character.DIRECTIONALITY_LEFT_TO_RIGHT_EMBEDDING,
              Character.DIRECTIONALITY_LEFT_TO_RIGHT_OVERRIDE,
              Character.DIRECTIONALITY_LEFT_TO_RIGHT_ISOLATE,
              Character.DIRECTIONALITY_RIGHT_TO_LEFT_EMBEDDING,
              Character.DIRECTIONALITY_RIGHT_TO_LEFT_OVERRIDE,
              Character.DIRECTIONALITY_RIGHT_TO_LEFT_ISOLATE,
              Character.DIRECTIONALITY_FIRST_STRONG_ISOLATE,
              Character.DIRECTIONALITY_POP_DIRECTIONAL_FORMAT,
              Character.DIRECTIONALITY_POP_DIRECTIONAL_ISOLATE ->
              true;
          default -> false;
        };
    return control || turning || "/\\:".indexOf(c) >= 0 ? '_' : c;
  }

  /** Whether it may stand in a quoted string that all clients read alike. */
  private static boolean isPlain(int c) {
    return c >= ' ' && c < 127 && c != '"' && c != '%';
  }

  private static String encoded(String name) {
    StringBuilder out = new StringBuilder();
    for (byte octet : name.getBytes(StandardCharsets.UTF_8)) {
      char c = (char) (octet & 0xff);
      boolean alphanumeric = c < 128 && Character.isLetterOrDigit(c);
      if (alphanumeric || ATTRIBUTE_CHARACTERS.indexOf(c) >= 0) {
        out.append(c);
      } else {
        out.append('%').append(HEX.charAt(c >> 4)).append(HEX.charAt(c & 15));
      }
    }
    return out.toString();
  }
}
