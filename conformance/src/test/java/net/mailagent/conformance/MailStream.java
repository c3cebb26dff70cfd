package net.mailagent.conformance;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.security.MessageDigest;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A client of IMAP or LMTP that holds no message: it sends one as it is made and digests one as it
 * comes. One thread at a time.
 */
final class MailStream implements AutoCloseable {
  private static final int TIMEOUT_MILLIS = 300_000;
  private static final Pattern LITERAL = Pattern.compile("\\{(\\d+)}$");

  private final Socket socket = new Socket();
  private final InputStream in;
  private int exists; // messages in the mailbox, as far as the server told
  private long left; // of a literal that is being read
  private long skip; // octets of it that are not digested
  private MessageDigest digest = LargeMessage.newDigest();

  private MailStream(int port, int window) throws IOException {
    if (window > 0) {
      socket.setReceiveBufferSize(window);
    }
    socket.setTcpNoDelay(true);
    socket.setSoTimeout(TIMEOUT_MILLIS);
    socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
    in = new BufferedInputStream(socket.getInputStream(), window > 0 ? window : 64 << 10);
    line();
  }

  /** Delivers a message to one user by LMTP. */
  static void deliver(int port, User user, LargeMessage message) throws IOException {
    try (MailStream lmtp = new MailStream(port, 0)) {
      lmtp.send("LHLO client.example.org\r\n");
      lmtp.reply("250");
      lmtp.send("MAIL FROM:<sender@example.org> BODY=8BITMIME\r\n");
      lmtp.reply("250");
      lmtp.send("RCPT TO:<" + user.address() + ">\r\nDATA\r\n");
      lmtp.reply("250");
      lmtp.reply("354");
      message.send(lmtp.socket.getOutputStream()); // none of its lines begins with a dot
      lmtp.send(".\r\n");
      lmtp.reply("250");
    }
  }

  private void reply(String code) throws IOException {
    String line;
    do {
      line = line();
      assertThat(line).startsWith(code);
    } while (line.startsWith("-", 3));
  }

  /** Logs in to IMAP and selects INBOX. */
  static MailStream inbox(int port, User user) throws IOException {
    return inbox(port, user, 0);
  }

  /**
   * The same over a socket that takes little.
   *
   * @param window octets that the client's socket holds; 0 for what the system likes
   */
  static MailStream inbox(int port, User user, int window) throws IOException {
    MailStream imap = new MailStream(port, window);
    imap.run("LOGIN " + user.name() + " " + User.PASSWORD);
    imap.run("SELECT INBOX");
    return imap;
  }

  /** Runs a command that brings no literal. */
  void run(String command) throws IOException {
    send("t " + command + "\r\n");
    finish(command);
  }

  private void finish(String command) throws IOException {
    String line = line();
    while (line.startsWith("* ")) {
      if (line.endsWith(" EXISTS")) {
        exists = Integer.parseInt(line.substring(2, line.length() - 7));
      } else if (line.endsWith(" EXPUNGE")) {
        exists--;
      }
      line = line();
    }
    assertThat(line).as(command).startsWith("t OK");
  }

  /** How many messages the mailbox has; the number of the last one. */
  int exists() {
    return exists;
  }

  void append(LargeMessage message) throws IOException {
    send("t APPEND INBOX {" + message.length() + "}\r\n");
    assertThat(line()).startsWith("+");
    message.send(socket.getOutputStream());
    send("\r\n");
    finish("APPEND");
  }

  /**
   * Asks for one section of a message and reads up to its content.
   *
   * @return how many octets follow
   */
  long open(int number, String section) throws IOException {
    send("t FETCH " + number + " (" + section + ")\r\n");
    String line = line();
    while (!line.startsWith("* " + number + " FETCH")) {
      assertThat(line).startsWith("* ");
      line = line();
    }
    Matcher literal = LITERAL.matcher(line);
    assertThat(literal.find()).as(line).isTrue();
    left = Long.parseLong(literal.group(1));
    skip = 0;
    digest = LargeMessage.newDigest();
    return left;
  }

  /** The first octets of what was opened are not to be digested. */
  void skip(long octets) {
    skip = octets;
  }

  /** Reads on in the content that was opened; 0 at its end. */
  int read(byte[] into) throws IOException {
    int count = (int) Math.min(left, into.length);
    if (count == 0) {
      return 0;
    }
    int read = in.read(into, 0, count);
    if (read < 0) {
      throw new EOFException("the connection was closed within a literal");
    }
    int skipped = (int) Math.min(skip, read);
    skip -= skipped;
    digest.update(into, skipped, read - skipped);
    left -= read;
    return read;
  }

  /** Reads the rest of what was opened, and the answer's end; gives the digest of all of it. */
  byte[] digest() throws IOException {
    byte[] piece = new byte[64 << 10];
    while (left > 0) {
      read(piece);
    }
    end();
    return digest.digest();
  }

  /** A short section as a whole. */
  byte[] fetch(int number, String section) throws IOException {
    byte[] octets = new byte[Math.toIntExact(open(number, section))];
    int at = 0;
    byte[] piece = new byte[8 << 10];
    for (int count = read(piece); count > 0; count = read(piece)) {
      System.arraycopy(piece, 0, octets, at, count);
      at += count;
    }
    end();
    return octets;
  }

  private void end() throws IOException {
    assertThat(line()).isEqualTo(")");
    finish("FETCH");
  }

  private void send(String text) throws IOException {
    socket.getOutputStream().write(text.getBytes(ISO_8859_1));
  }

  private String line() throws IOException {
    ByteArrayOutputStream line = new ByteArrayOutputStream();
    for (int octet = in.read(); octet != '\n'; octet = in.read()) {
      if (octet < 0) {
        throw new EOFException("the connection was closed after " + line);
      }
      line.write(octet);
    }
    return line.toString(ISO_8859_1).stripTrailing();
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
