package net.mailagent.store.content;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.util.Base64;
import java.util.Random;

/** Base64 bodies as senders and gateways make them, canonical and broken in every way. */
final class Base64Bodies {
  private static final int[] LINES = {4, 8, 60, 64, 72, 76, 76, 76, 100, 1_000, 1 << 20};
  private static final int[] ODD_LINES = {1, 3, 5, 75, 77, 78};

  private Base64Bodies() {}

  /** One whose re-encoding gives the same octets. */
  static byte[] canonical(Random random, int most) {
    return text(random, octets(random, most), LINES[random.nextInt(LINES.length)])
        .getBytes(ISO_8859_1);
  }

  /** Encodes in lines of that length, now and then with a final line break. */
  private static String text(Random random, byte[] octets, int line) {
    String text = lines(octets, line, "\r\n");
    return text.isEmpty() || random.nextBoolean() ? text : text + "\r\n";
  }

  static String lines(byte[] octets, int line, String lineBreak) {
    String digits = Base64.getEncoder().encodeToString(octets);
    StringBuilder text = new StringBuilder();
    for (int at = 0; at < digits.length(); at += line) {
      text.append(at == 0 ? "" : lineBreak);
      text.append(digits, at, Math.min(digits.length(), at + line));
    }
    return text.toString();
  }

  /** Any: canonical as often as broken. */
  static byte[] any(Random random, int most) {
    String text = new String(canonical(random, most), ISO_8859_1);
    int at = random.nextInt(text.length() + 1);
    String broken =
        switch (random.nextInt(18)) {
          case 0 -> text.substring(0, at) + (char) random.nextInt(256) + text.substring(at);
          case 1 -> text.substring(0, at);
          case 2 -> text.substring(0, at) + "=" + text.substring(at);
          case 3 -> text + "\r\n\r\n";
          case 4 -> text.replace("\r\n", "\n");
          case 5 -> text.replace("\r\n", " \r\n");
          case 6 -> text + text;
          case 7 -> text + "\r\n" + new String(canonical(random, most), ISO_8859_1);
          case 8 -> text(random, octets(random, most), ODD_LINES[random.nextInt(6)]);
          case 9 -> text + "\r\n-- \r\nA list's footer that stands behind it\r\n";
          case 10 -> text.replace("=", "");
          case 11 -> withTrailingBits(random, text);
          case 12 -> text.substring(0, at) + "\r\n" + text.substring(at);
          case 13 -> new String(octets(random, most), ISO_8859_1);
          default -> text;
        };
    return broken.getBytes(ISO_8859_1);
  }

  /** Padding whose unread bits are not zero. */
  private static String withTrailingBits(Random random, String text) {
    int pad = text.indexOf('=');
    return pad < 1
        ? text
        : text.substring(0, pad - 1) + "B/x9".charAt(random.nextInt(4)) + text.substring(pad);
  }

  /** A message whose first part has that body. */
  static byte[] message(String body) {
    return ("Subject: m\r\nContent-Type: multipart/mixed; boundary=\"-+-\"\r\n\r\n"
            + "---+-\r\nContent-Type: image/png\r\nContent-Transfer-Encoding: base64\r\n\r\n"
            + body
            + "\r\n---+---\r\n")
        .getBytes(ISO_8859_1);
  }

  static byte[] octets(Random random, int most) {
    byte[] octets = new byte[random.nextInt(most + 1)];
    random.nextBytes(octets);
    return octets;
  }
}
