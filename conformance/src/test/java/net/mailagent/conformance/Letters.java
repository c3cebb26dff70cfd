package net.mailagent.conformance;

import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Random;

/** Plain messages for tests that care about other things than what is in them. */
final class Letters {
  private Letters() {}

  /** The {@code n}th message: a subject that says n, and a text of a few lines. */
  static byte[] small(int n) {
    return octets(header(n, "text/plain") + "Dear reader,\r\n.this is letter " + n + ".\r\n");
  }

  /** The {@code n}th message with an attachment of so many octets in part 2. */
  static byte[] withAttachment(int n, int size) {
    byte[] file = attachment(n, size);
    return octets(
        header(n, "multipart/mixed; boundary=\"frontier\"")
            + "--frontier\r\nContent-Type: text/plain\r\n\r\nSee letter "
            + n
            + " attached.\r\n"
            + "--frontier\r\nContent-Type: application/octet-stream; name=\"file.bin\"\r\n"
            + "Content-Disposition: attachment; filename=\"file.bin\"\r\n"
            + "Content-Transfer-Encoding: base64\r\n\r\n"
            + Base64.getMimeEncoder().encodeToString(file)
            + "\r\n--frontier--\r\n");
  }

  /** What is attached to it. */
  static byte[] attachment(int n, int size) {
    byte[] file = new byte[size];
    new Random(n).nextBytes(file);
    return file;
  }

  private static String header(int n, String contentType) {
    return "From: Sender <sender@example.org>\r\nTo: reader@example.org\r\nSubject: letter "
        + n
        + "\r\nDate: Mon, 6 Oct 2025 10:00:00 +0000\r\nMessage-ID: <letter."
        + n
        + "@example.org>\r\nMIME-Version: 1.0\r\nContent-Type: "
        + contentType
        + "\r\n\r\n";
  }

  private static byte[] octets(String text) {
    return text.getBytes(StandardCharsets.ISO_8859_1);
  }
}
