package net.mailagent.lmtp;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.time.Duration;

/** A plain socket that speaks LMTP as a test tells it to. One thread. */
final class LmtpClient implements AutoCloseable {
  private static final int TIMEOUT = 60_000;

  private Socket socket;
  private InputStream in;
  private OutputStream out;

  LmtpClient(int port) throws IOException {
    this(new Socket(InetAddress.getLoopbackAddress(), port));
    reply();
  }

  private LmtpClient(Socket socket) throws IOException {
    this.socket = socket;
    use(socket);
  }

  private void use(Socket plainOrTls) throws IOException {
    socket = plainOrTls;
    socket.setSoTimeout(TIMEOUT);
    in = new BufferedInputStream(socket.getInputStream());
    out = socket.getOutputStream();
  }

  /** A client behind its greeting and LHLO. */
  static LmtpClient greeted(int port) throws IOException {
    LmtpClient client = new LmtpClient(port);
    client.command("LHLO client.example");
    return client;
  }

  void send(String text) throws IOException {
    send(text.getBytes(UTF_8));
  }

  void send(byte[] octets) throws IOException {
    out.write(octets);
    out.flush();
  }

  /** Sends a line and returns its reply. */
  String command(String line) throws IOException {
    send(line + "\r\n");
    return reply();
  }

  /** MAIL, RCPT for each, DATA, the message as it stands and a final dot; ends behind the dot. */
  void transmit(String message, String... recipients) throws IOException {
    StringBuilder group = new StringBuilder("MAIL FROM:<sender@example.org>\r\n");
    for (String recipient : recipients) {
      group.append("RCPT TO:<").append(recipient).append(">\r\n");
    }
    send(group + "DATA\r\n");
    for (int i = 0; i < recipients.length + 1; i++) {
      reply();
    }
    String go = reply();
    if (!go.startsWith("354")) {
      throw new IOException("DATA was refused: " + go);
    }
    send((message + "\r\n.\r\n").getBytes(ISO_8859_1));
  }

  /** One reply, its lines divided by LF; "" when the connection has ended. */
  String reply() throws IOException {
    StringBuilder reply = new StringBuilder();
    while (true) {
      String line = line();
      reply.append(line);
      if (line.length() < 4 || line.charAt(3) != '-') {
        return reply.toString();
      }
      reply.append('\n');
    }
  }

  private String line() throws IOException {
    ByteArrayOutputStream line = new ByteArrayOutputStream();
    int last = 0;
    for (int octet = in.read(); octet >= 0; octet = in.read()) {
      if (octet == '\n' && last == '\r') {
        String text = line.toString(UTF_8);
        return text.substring(0, text.length() - 1);
      }
      line.write(octet);
      last = octet;
    }
    return line.toString(UTF_8);
  }

  /** Whether nothing comes within that time. */
  boolean silentFor(Duration time) throws IOException {
    socket.setSoTimeout((int) time.toMillis());
    in.mark(1);
    try {
      in.read();
      in.reset();
      return false;
    } catch (SocketTimeoutException e) {
      return true;
    } finally {
      socket.setSoTimeout(TIMEOUT);
    }
  }

  /** Goes on over TLS, trusting any certificate: what is tested is the protocol around it. */
  void startTls(javax.net.ssl.SSLSocketFactory factory) throws IOException {
    use(factory.createSocket(socket, "localhost", socket.getPort(), true));
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
