package net.mailagent.model;

import java.security.SecureRandom;
import java.util.HexFormat;

/** The common shape of our ids: 12 bytes as 24 lower-case hex digits. Any thread. */
final class HexId {
  private static final SecureRandom RANDOM = new SecureRandom();
  private static final HexFormat HEX = HexFormat.of();
  private static final int BYTES = 12;

  private HexId() {}

  static void require(String hex) {
    boolean valid = hex.length() == 2 * BYTES;
    for (int i = 0; valid && i < hex.length(); i++) {
      char c = hex.charAt(i);
      valid = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
    }
    if (!valid) {
      throw new IllegalArgumentException("an id is 24 lower-case hex digits, not: " + hex);
    }
  }

  static byte[] randomBytes() {
    byte[] bytes = new byte[BYTES];
    RANDOM.nextBytes(bytes);
    return bytes;
  }

  static String random() {
    return HEX.formatHex(randomBytes());
  }

  static String format(byte[] from, int offset) {
    return HEX.formatHex(from, offset, offset + BYTES);
  }

  static void parse(String hex, byte[] to, int offset) {
    for (int i = 0; i < BYTES; i++) {
      to[offset + i] = (byte) HexFormat.fromHexDigits(hex, 2 * i, 2 * i + 2);
    }
  }
}
