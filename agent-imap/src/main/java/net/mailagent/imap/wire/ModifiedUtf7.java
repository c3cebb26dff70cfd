package net.mailagent.imap.wire;

import java.nio.charset.StandardCharsets;
import java.util.Base64;
import org.jspecify.annotations.Nullable;

/**
 * Mailbox names as IMAP4rev1 writes them (RFC 3501 section 5.1.3): printable ASCII stands for
 * itself, {@code &-} is {@code &}, anything else is UTF-16 in a base64 with {@code ,} for {@code /}
 * between {@code &} and {@code -}. Pure; any thread.
 */
public final class ModifiedUtf7 {
  private ModifiedUtf7() {}

  /** The name as it goes over the wire. */
  public static String encode(String name) {
    int plain = 0;
    while (plain < name.length() && isPlain(name.charAt(plain)) && name.charAt(plain) != '&') {
      plain++;
    }
    if (plain == name.length()) {
      return name;
    }
    StringBuilder out = new StringBuilder(name.length() + 16);
    int i = 0;
    while (i < name.length()) {
      char c = name.charAt(i);
      if (c == '&') {
        out.append("&-");
        i++;
      } else if (isPlain(c)) {
        out.append(c);
        i++;
      } else {
        int start = i;
        while (i < name.length() && !isPlain(name.charAt(i))) {
          i++;
        }
        byte[] utf16 = name.substring(start, i).getBytes(StandardCharsets.UTF_16BE);
        String base64 = Base64.getEncoder().withoutPadding().encodeToString(utf16);
        out.append('&').append(base64.replace('/', ',')).append('-');
      }
    }
    return out.toString();
  }

  /**
   * The name that was meant. What is not well formed stands for itself: some clients send a raw
   * {@code &}, some raw UTF-8.
   */
  public static String decode(String wire) {
    if (wire.indexOf('&') < 0) {
      return wire;
    }
    StringBuilder out = new StringBuilder(wire.length());
    int i = 0;
    while (i < wire.length()) {
      char c = wire.charAt(i);
      int end = c == '&' ? endOfShift(wire, i + 1) : -1;
      String shifted = end < 0 ? null : shifted(wire.substring(i + 1, end));
      if (shifted == null) {
        out.append(c);
        i++;
      } else {
        out.append(shifted);
        i = end + 1;
      }
    }
    return out.toString();
  }

  /** Where the "-" is; -1 if "&" or "/", the delimiter, comes first: so decoding is linear. */
  private static int endOfShift(String wire, int from) {
    int end = from;
    while (end < wire.length() && "-&/".indexOf(wire.charAt(end)) < 0) {
      end++;
    }
    return end < wire.length() && wire.charAt(end) == '-' ? end : -1;
  }

  private static boolean isPlain(char c) {
    return c >= 0x20 && c < 0x7f;
  }

  private static @Nullable String shifted(String base64) {
    if (base64.isEmpty()) {
      return "&";
    }
    byte[] utf16;
    try {
      utf16 = Base64.getDecoder().decode(base64.replace(',', '/'));
    } catch (IllegalArgumentException e) {
      return null;
    }
    String text = new String(utf16, StandardCharsets.UTF_16BE);
    // Only the one canonical form, else a name would have several spellings.
    return utf16.length % 2 == 0 && encode(text).equals("&" + base64 + "-") ? text : null;
  }
}
