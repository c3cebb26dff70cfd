package net.mailagent.bench;

import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.HashMap;
import java.util.Map;
import java.util.Random;

/** Messages that a parser meets every day, and one it does not; the same octets in every run. */
final class Samples {
  private static final Map<Character, String> LATIN = Map.of();
  private static final Map<Character, String> GERMAN =
      Map.of('q', utf8("\u00e4"), 'x', utf8("\u00f6"), 'y', utf8("\u00fc"));
  private static final Map<Character, String> QUOTED =
      Map.of('q', "=C3=A4", 'x', "=C3=B6", 'y', "=C3=BC");
  private static final Map<Character, String> RUSSIAN = russian();

  private final Random random = new Random(7);
  private final StringBuilder message = new StringBuilder();

  private Samples() {}

  /**
   * A message.
   *
   * @param name text, umlauts, cyrillic (each some KB in UTF-8), quoted (in quoted-printable),
   *     html, attachment (20 MB of base64), parts (10 MiB of many small ones), raw (10 MiB of 8-bit
   *     text in one part) or base64 (10 MiB in one part)
   */
  static byte[] message(String name) {
    Samples samples = new Samples();
    samples.header();
    switch (name) {
      case "text" -> samples.add("Content-Type: text/plain; charset=utf-8\r\n\r\n").text(40);
      case "umlauts" ->
          samples.add("Content-Type: text/plain; charset=utf-8\r\n\r\n").text(40, GERMAN);
      case "cyrillic" ->
          samples.add("Content-Type: text/plain; charset=utf-8\r\n\r\n").text(40, RUSSIAN);
      case "quoted" ->
          samples
              .add("Content-Type: text/plain; charset=utf-8\r\n")
              .add("Content-Transfer-Encoding: quoted-printable\r\n\r\n")
              .text(40, QUOTED);
      case "html" -> samples.add("Content-Type: text/html; charset=utf-8\r\n\r\n").html(400);
      case "attachment" -> samples.multipart(20_000_000 / 78 * 57);
      case "base64" -> samples.multipart((10 << 20) / 78 * 57);
      case "parts" -> samples.parts(5_000);
      case "raw" ->
          samples.add("Content-Type: text/plain; charset=iso-8859-1\r\n\r\n").raw(10 << 20);
      default -> throw new IllegalArgumentException(name);
    }
    return samples.message.toString().getBytes(StandardCharsets.ISO_8859_1);
  }

  private Samples add(String text) {
    message.append(text);
    return this;
  }

  private void header() {
    for (int hop = 0; hop < 5; hop++) {
      add("Received: from a" + hop + ".example.org (a.example.org [192.0.2." + hop + "])\r\n")
          .add("\tby mx.example.net with ESMTPS id " + random.nextLong() + "\r\n")
          .add("\tfor <reader@example.net>; Wed, 1 Oct 2025 10:00:0" + hop + " +0000\r\n");
    }
    add("DKIM-Signature: v=1; a=rsa-sha256; d=example.org; s=s1; h=from:to:subject;\r\n")
        .add("\tb=" + base64(190).replace("\r\n", "\r\n\t") + "\r\n")
        .add("From: \"A sender\" <sender@example.org>\r\nTo: reader@example.net\r\n")
        .add("Subject: =?utf-8?q?Gr=C3=BC=C3=9Fe?= from " + Mail.word(random.nextInt()) + "\r\n")
        .add("Date: Wed, 1 Oct 2025 10:00:00 +0000\r\nMessage-ID: <1@example.org>\r\n")
        .add("MIME-Version: 1.0\r\n");
  }

  private void text(int lines) {
    text(lines, LATIN);
  }

  /** Words whose letters a language writes in its own way. */
  private void text(int lines, Map<Character, String> letters) {
    for (int line = 0; line < lines; line++) {
      for (int n = 0; n < 11; n++) {
        for (char c : Mail.word(random.nextInt()).toCharArray()) {
          add(letters.getOrDefault(c, String.valueOf(c)));
        }
        add(n < 10 ? " " : "\r\n");
      }
    }
  }

  private static String utf8(String text) {
    return new String(text.getBytes(StandardCharsets.UTF_8), StandardCharsets.ISO_8859_1);
  }

  private static Map<Character, String> russian() {
    Map<Character, String> letters = new HashMap<>();
    for (char c = 'a'; c <= 'z'; c++) {
      letters.put(c, utf8(String.valueOf((char) ('\u0430' + c - 'a'))));
    }
    return letters;
  }

  private void html(int rows) {
    add("<html><head><style>td { padding: 0 }</style></head><body><table>\r\n");
    for (int row = 0; row < rows; row++) {
      add("<tr><td style=\"color:#333333;font-size:14px\"><a href=\"https://example.org/")
          .add(Mail.word(random.nextInt()))
          .add("\">")
          .add(Mail.word(random.nextInt()))
          .add("</a>&nbsp;");
      text(1);
      add("</td></tr>\r\n");
    }
    add("</table></body></html>\r\n");
  }

  private void multipart(int octets) {
    add("Content-Type: multipart/mixed; boundary=\"=_outer\"\r\n\r\n--=_outer\r\n")
        .add("Content-Type: text/plain\r\n\r\n");
    text(10);
    add("--=_outer\r\nContent-Type: application/pdf\r\nContent-Transfer-Encoding: base64\r\n\r\n")
        .add(base64(octets))
        .add("\r\n--=_outer--\r\n");
  }

  private void parts(int count) {
    add("Content-Type: multipart/mixed; boundary=\"=_outer\"\r\n\r\n");
    for (int part = 0; part < count; part++) {
      add("--=_outer\r\nContent-Type: text/plain; name=\"" + part + ".txt\"\r\n")
          .add("Content-Disposition: attachment; filename=\"" + part + ".txt\"\r\n\r\n");
      text(25);
    }
    add("--=_outer--\r\n");
  }

  private void raw(int octets) {
    for (int end = message.length() + octets; message.length() < end; ) {
      for (int i = 0; i < 76; i++) {
        message.append((char) (0x21 + random.nextInt(0xde)));
      }
      add("\r\n");
    }
  }

  private String base64(int octets) {
    byte[] content = new byte[octets];
    random.nextBytes(content);
    return Base64.getMimeEncoder().encodeToString(content);
  }
}
