package net.mailagent.bench;

import java.nio.charset.StandardCharsets;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.Base64;
import java.util.Random;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Makes messages: plain ones of two to four thousand octets, and ones with an attachment. Each
 * looks as if a relay had passed it on just now, with a queue id of its own, so that what a server
 * does against double delivery is measured too. One thread at a time.
 */
final class Mail {
  private static final String[] WORDS = words();
  private static final AtomicLong SEEDS = new AtomicLong(System.currentTimeMillis() * 1000);
  private static final int ATTACHMENT = 100 << 10;

  private final Random random;
  private final long seed;
  private int made;

  Mail(long seed) {
    this.seed = seed;
    this.random = new Random(seed);
  }

  /** A seed that nobody had in this run nor in an earlier one. */
  static long newSeed() {
    return SEEDS.incrementAndGet();
  }

  private static String[] words() {
    Random random = new Random(42);
    String[] words = new String[5000];
    for (int i = 0; i < words.length; i++) {
      StringBuilder word = new StringBuilder();
      for (int n = 3 + random.nextInt(7); n > 0; n--) {
        word.append((char) ('a' + random.nextInt(26)));
      }
      words[i] = word.toString();
    }
    return words;
  }

  /** A word that some subjects and most bodies of many have. */
  static String word(int n) {
    return WORDS[Math.floorMod(n, WORDS.length)];
  }

  /** A message of one text part. */
  byte[] small() {
    StringBuilder message = header("text/plain; charset=utf-8");
    text(message, 25 + random.nextInt(30));
    return octets(message);
  }

  /** A message of a text and an attachment of 100 KiB, whose octets no other message has. */
  byte[] withAttachment() {
    String boundary = "=_" + seed + "_" + made;
    StringBuilder message = header("multipart/mixed; boundary=\"" + boundary + "\"");
    message.append("--").append(boundary).append("\r\nContent-Type: text/plain\r\n\r\n");
    text(message, 12);
    message
        .append("\r\n--")
        .append(boundary)
        .append("\r\nContent-Type: application/pdf; name=\"report.pdf\"\r\n")
        .append("Content-Disposition: attachment; filename=\"report.pdf\"\r\n")
        .append("Content-Transfer-Encoding: base64\r\n\r\n");
    byte[] file = new byte[ATTACHMENT];
    random.nextBytes(file);
    message
        .append(Base64.getMimeEncoder().encodeToString(file))
        .append("\r\n--")
        .append(boundary)
        .append("--\r\n");
    return octets(message);
  }

  private StringBuilder header(String contentType) {
    made++;
    return new StringBuilder(8192)
        .append("Received: from a.example.org by mx.bench.test with ESMTP id ")
        .append(seed)
        .append('x')
        .append(made)
        .append(";\r\n\t")
        .append(DateTimeFormatter.RFC_1123_DATE_TIME.format(ZonedDateTime.now(ZoneOffset.UTC)))
        .append("\r\n")
        .append("From: \"")
        .append(word(random.nextInt()))
        .append("\" <")
        .append(word(random.nextInt()))
        .append("@example.org>\r\nTo: reader@bench.test\r\nSubject: ")
        .append(word(random.nextInt()))
        .append(' ')
        .append(word(random.nextInt()))
        .append(' ')
        .append(made)
        .append("\r\nDate: Wed, 1 Oct 2025 10:00:00 +0000\r\nMessage-ID: <")
        .append(seed)
        .append('.')
        .append(made)
        .append("@bench.test>\r\nMIME-Version: 1.0\r\nContent-Type: ")
        .append(contentType)
        .append("\r\n\r\n");
  }

  private void text(StringBuilder message, int lines) {
    for (int line = 0; line < lines; line++) {
      for (int n = 0; n < 11; n++) {
        message.append(WORDS[random.nextInt(WORDS.length)]).append(n < 10 ? " " : "\r\n");
      }
    }
  }

  private static byte[] octets(StringBuilder message) {
    return message.toString().getBytes(StandardCharsets.ISO_8859_1);
  }

  /** What LMTP sends for it. None of these messages has a line that begins with a dot. */
  static byte[] stuffed(byte[] message) {
    byte[] all = new byte[message.length + 3];
    System.arraycopy(message, 0, all, 0, message.length);
    all[message.length] = '.';
    all[message.length + 1] = '\r';
    all[message.length + 2] = '\n';
    return all;
  }
}
