package net.mailagent.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** An LMTP client that sends a message's octets as they are, dot-stuffed only. */
final class Lmtp implements AutoCloseable {
  private static final int TIMEOUT_MILLIS = 60_000;

  private final Socket socket;
  private final InputStream in;

  Lmtp(int port) throws IOException {
    socket = new Socket(InetAddress.getLoopbackAddress(), port);
    socket.setTcpNoDelay(true);
    socket.setSoTimeout(TIMEOUT_MILLIS);
    in = new BufferedInputStream(socket.getInputStream());
    expect("220");
    send("LHLO client.example.org\r\n");
    expect("250");
  }

  /** Delivers a message; a CRLF is added where it does not end in one, as DATA needs. */
  void deliver(String recipient, byte[] message) throws IOException {
    deliver(List.of(recipient), message);
  }

  /** Delivers a message to several recipients. */
  void deliver(List<String> recipients, byte[] message) throws IOException {
    StringBuilder commands = new StringBuilder("MAIL FROM:<sender@example.org> BODY=8BITMIME\r\n");
    recipients.forEach(r -> commands.append("RCPT TO:<").append(r).append(">\r\n"));
    send(commands.append("DATA\r\n").toString());
    expect("250");
    for (int i = 0; i < recipients.size(); i++) {
      expect("250");
    }
    expect("354");
    socket.getOutputStream().write(stuffed(message));
    for (int i = 0; i < recipients.size(); i++) {
      expect("250");
    }
  }

  /**
   * Delivers a message, whatever is answered.
   *
   * @return the first reply that refuses it, or the last one
   */
  String tryDeliver(String recipient, byte[] message) throws IOException {
    send("MAIL FROM:<sender@example.org> BODY=8BITMIME\r\nRCPT TO:<" + recipient + ">\r\nDATA\r\n");
    String sender = reply();
    String accepted = reply();
    String data = reply();
    if (!data.startsWith("354")) {
      return accepted.startsWith("2") ? sender : accepted;
    }
    socket.getOutputStream().write(stuffed(message));
    return reply();
  }

  private String reply() throws IOException {
    String line = line();
    while (line.startsWith("-", 3)) {
      line = line();
    }
    return line;
  }

  /** What DATA carries: a dot more where a line begins with one, and the final dot. */
  private static byte[] stuffed(byte[] message) {
    ByteArrayOutputStream out = new ByteArrayOutputStream(message.length + 64);
    boolean lineStart = true;
    int before = -1;
    for (byte octet : message) {
      if (lineStart && octet == '.') {
        out.write('.');
      }
      out.write(octet);
      lineStart = before == '\r' && octet == '\n';
      before = octet;
    }
    out.writeBytes((lineStart ? ".\r\n" : "\r\n.\r\n").getBytes(StandardCharsets.US_ASCII));
    return out.toByteArray();
  }

  private void send(String text) throws IOException {
    socket.getOutputStream().write(text.getBytes(StandardCharsets.US_ASCII));
  }

  private void expect(String code) throws IOException {
    String line;
    do {
      line = line();
      assertThat(line).startsWith(code);
    } while (line.startsWith("-", 3));
  }

  private String line() throws IOException {
    ByteArrayOutputStream line = new ByteArrayOutputStream();
    for (int octet = in.read(); octet != '\n'; octet = in.read()) {
      if (octet < 0) {
        throw new EOFException("LMTP connection closed");
      }
      line.write(octet);
    }
    return line.toString(StandardCharsets.US_ASCII).stripTrailing();
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
