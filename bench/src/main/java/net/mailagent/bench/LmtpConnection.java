package net.mailagent.bench;

import java.io.Closeable;
import java.io.IOException;
import java.util.List;

/**
 * The little of an LMTP client that a measurement needs; MAIL, RCPT and DATA go out in one piece as
 * mail transfer agents do (RFC 2920). One thread at a time.
 */
final class LmtpConnection implements Closeable {
  private static final int TIMEOUT_MILLIS = 120_000;

  private final Wire wire;

  LmtpConnection(Server server) throws IOException {
    wire = new Wire(server.lmtp(), TIMEOUT_MILLIS);
    try {
      expect("220");
      wire.send("LHLO bench.test\r\n");
      expect("250");
    } catch (IOException e) {
      wire.close();
      throw e;
    }
  }

  /**
   * Delivers one message to all recipients.
   *
   * @param stuffed the message with CRLF line ends, dot-stuffed, up to and with the final dot
   * @throws IOException with the server's words when a recipient was not served
   */
  void deliver(List<String> recipients, byte[] stuffed) throws IOException {
    begin(recipients);
    finish(recipients, stuffed);
  }

  /** All up to the server's leave to send the message. */
  void begin(List<String> recipients) throws IOException {
    StringBuilder text = new StringBuilder("MAIL FROM:<sender@example.org>\r\n");
    recipients.forEach(r -> text.append("RCPT TO:<").append(r).append(">\r\n"));
    wire.send(text.append("DATA\r\n").toString());
    expect("250");
    for (int i = 0; i < recipients.size(); i++) {
      expect("250");
    }
    expect("354");
  }

  /** The message after {@link #begin}, and one verdict per recipient. */
  void finish(List<String> recipients, byte[] stuffed) throws IOException {
    wire.send(stuffed);
    for (int i = 0; i < recipients.size(); i++) {
      expect("250");
    }
  }

  private void expect(String code) throws IOException {
    String line;
    do {
      line = wire.line();
      if (!line.startsWith(code)) {
        throw new IOException("LMTP wanted " + code + ", got " + line);
      }
    } while (line.startsWith("-", 3));
  }

  @Override
  public void close() throws IOException {
    wire.close();
  }
}
