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
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * An IMAP client that keeps every octet it is sent, so that a test can be as strict as it wants.
 */
final class Imap implements AutoCloseable {
  private static final int TIMEOUT_MILLIS = 60_000;
  private static final Pattern LITERAL = Pattern.compile("\\{(\\d+)}\r\n\\z");
  private static final Pattern APPENDUID = Pattern.compile("\\[APPENDUID (\\d+) (\\d+)]");

  private final Socket socket;
  private final InputStream in;
  private int tag;

  /**
   * What a command brought.
   *
   * @param untagged whole responses with their literals and their final CRLF
   * @param tagged the last line without tag and CRLF
   */
  record Answer(List<byte[]> untagged, String tagged) {
    /** The untagged responses as text, each octet a character. */
    List<String> lines() {
      return untagged.stream()
          .map(r -> new String(r, StandardCharsets.ISO_8859_1).strip())
          .toList();
    }

    /** The first group of a pattern in the untagged responses or the tagged one. */
    String find(String pattern) {
      Matcher matcher =
          Pattern.compile(pattern).matcher(String.join("\n", lines()) + "\n" + tagged);
      assertThat(matcher.find()).as("%s in %s", pattern, this).isTrue();
      return matcher.group(1);
    }
  }

  private Imap(int port) throws IOException {
    socket = new Socket(InetAddress.getLoopbackAddress(), port);
    socket.setTcpNoDelay(true);
    socket.setSoTimeout(TIMEOUT_MILLIS);
    in = new BufferedInputStream(socket.getInputStream(), 1 << 16);
    assertThat(new String(response(), StandardCharsets.ISO_8859_1)).startsWith("* OK");
  }

  static Imap login(int port, User user) throws IOException {
    Imap imap = new Imap(port);
    imap.run("LOGIN " + user.name() + " " + User.PASSWORD);
    return imap;
  }

  /** Runs a command to its tagged OK. */
  Answer run(String command) throws IOException {
    String id = "t" + ++tag;
    send(id + " " + command + "\r\n");
    return answer(id, command);
  }

  /** Appends; gives the UID. */
  long append(String mailbox, byte[] message) throws IOException {
    String id = "t" + ++tag;
    send(id + " APPEND " + mailbox + " {" + message.length + "}\r\n");
    byte[] ready = response();
    assertThat(ready[0]).as(new String(ready, StandardCharsets.ISO_8859_1)).isEqualTo((byte) '+');
    socket.getOutputStream().write(message);
    send("\r\n");
    Matcher uid = APPENDUID.matcher(answer(id, "APPEND").tagged());
    assertThat(uid.find()).isTrue();
    return Long.parseLong(uid.group(2));
  }

  /** FETCH by uids, every response held against the grammar. */
  List<Fetched> fetch(String uids, String items) throws IOException {
    List<Fetched> fetched = new ArrayList<>();
    for (byte[] response : run("UID FETCH " + uids + " " + items).untagged()) {
      if (Fetched.isFetch(response)) {
        fetched.add(new ResponseReader(response).fetch());
      }
    }
    return fetched;
  }

  private Answer answer(String id, String command) throws IOException {
    List<byte[]> untagged = new ArrayList<>();
    while (true) {
      byte[] response = response();
      String text = new String(response, StandardCharsets.ISO_8859_1);
      if (text.startsWith(id + " ")) {
        String tagged = text.substring(id.length() + 1).strip();
        assertThat(tagged).as(command).startsWith("OK");
        return new Answer(untagged, tagged);
      }
      assertThat(text).as(command).startsWith("* ");
      untagged.add(response);
    }
  }

  /** One whole response: lines end in CRLF and nothing else, literals are what they say. */
  private byte[] response() throws IOException {
    ByteArrayOutputStream whole = new ByteArrayOutputStream();
    while (true) {
      byte[] line = line();
      whole.writeBytes(line);
      Matcher literal = LITERAL.matcher(new String(line, StandardCharsets.ISO_8859_1));
      if (!literal.find()) {
        return whole.toByteArray();
      }
      byte[] octets = in.readNBytes(Integer.parseInt(literal.group(1)));
      assertThat(octets.length)
          .as("octets of a literal")
          .isEqualTo(Integer.parseInt(literal.group(1)));
      whole.writeBytes(octets);
    }
  }

  private byte[] line() throws IOException {
    ByteArrayOutputStream line = new ByteArrayOutputStream();
    int before = -1;
    while (true) {
      int octet = in.read();
      if (octet < 0) {
        throw new EOFException("IMAP connection closed after " + line);
      }
      line.write(octet);
      if (octet == '\n') {
        assertThat(before).as("line end of %s", line).isEqualTo('\r');
        return line.toByteArray();
      }
      before = octet;
    }
  }

  private void send(String text) throws IOException {
    socket.getOutputStream().write(text.getBytes(StandardCharsets.ISO_8859_1));
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
