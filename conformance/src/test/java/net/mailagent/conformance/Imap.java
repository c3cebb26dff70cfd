package net.mailagent.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
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

    boolean isOk() {
      return tagged.startsWith("OK");
    }

    /** The first group of a pattern, where it is there. */
    Optional<String> look(String pattern) {
      Matcher matcher =
          Pattern.compile(pattern).matcher(String.join("\n", lines()) + "\n" + tagged);
      return matcher.find() ? Optional.of(matcher.group(1)) : Optional.empty();
    }

    /** The FETCH responses, each held against the grammar. */
    List<Fetched> fetched() {
      return untagged.stream()
          .filter(Fetched::isFetch)
          .map(response -> new ResponseReader(response).fetch())
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
    String greeting = new String(response(), StandardCharsets.ISO_8859_1);
    if (greeting.startsWith("* BYE")) {
      socket.close();
      throw new IOException(greeting);
    }
    assertThat(greeting).startsWith("* OK");
  }

  static Imap login(int port, User user) throws IOException {
    Imap imap = new Imap(port);
    imap.run("LOGIN " + user.name() + " " + User.PASSWORD);
    return imap;
  }

  /**
   * As {@link #login}, of a server that may be about to die.
   *
   * @throws IOException also when it says that it cannot
   */
  static Imap tryLogin(int port, User user) throws IOException {
    Imap imap = new Imap(port);
    Answer answer = imap.ask("LOGIN " + user.name() + " " + User.PASSWORD);
    if (!answer.isOk()) {
      imap.close();
      throw new IOException(answer.tagged());
    }
    return imap;
  }

  /** Tries a password and hangs up; what was answered. */
  static String guess(int port, User user, String password) throws IOException {
    Imap imap = new Imap(port);
    try {
      return imap.ask("LOGIN " + user.name() + " " + password).tagged();
    } finally {
      imap.close();
    }
  }

  /** Runs a command to its tagged OK. */
  Answer run(String command) throws IOException {
    Answer answer = ask(command);
    assertThat(answer.tagged()).as(command).startsWith("OK");
    return answer;
  }

  /** Runs a command, whatever is answered. */
  Answer ask(String command) throws IOException {
    String id = "t" + ++tag;
    send(id + " " + command + "\r\n");
    return answer(id, command);
  }

  /** Begins IDLE. */
  void idle() throws IOException {
    send("t" + ++tag + " IDLE\r\n");
  }

  /** The next response while idle; null when there is none within that time. */
  byte[] next(int millis) throws IOException {
    if (in.available() == 0) {
      socket.setSoTimeout(millis);
      in.mark(1);
      try {
        if (in.read() < 0) {
          throw new EOFException("IMAP connection closed");
        }
      } catch (SocketTimeoutException e) {
        return null;
      } finally {
        socket.setSoTimeout(TIMEOUT_MILLIS);
      }
      in.reset();
    }
    return response();
  }

  /** Ends IDLE; what comes before its tagged answer is untagged. */
  Answer done() throws IOException {
    send("DONE\r\n");
    return answer("t" + tag, "IDLE");
  }

  /** Appends; gives the UID. */
  long append(String mailbox, byte[] message) throws IOException {
    Matcher uid = APPENDUID.matcher(tryAppend(mailbox, message).tagged());
    assertThat(uid.find()).isTrue();
    return Long.parseLong(uid.group(2));
  }

  /** Appends, whatever is answered. */
  Answer tryAppend(String mailbox, byte[] message) throws IOException {
    String id = "t" + ++tag;
    send(id + " APPEND " + mailbox + " {" + message.length + "}\r\n");
    byte[] ready = response();
    String text = new String(ready, StandardCharsets.ISO_8859_1);
    if (text.startsWith(id + " ")) {
      return new Answer(List.of(), text.substring(id.length() + 1).strip());
    }
    assertThat(text).startsWith("+");
    socket.getOutputStream().write(message);
    send("\r\n");
    return answer(id, "APPEND");
  }

  /** FETCH by uids, every response held against the grammar. */
  List<Fetched> fetch(String uids, String items) throws IOException {
    return run("UID FETCH " + uids + " " + items).fetched();
  }

  private Answer answer(String id, String command) throws IOException {
    List<byte[]> untagged = new ArrayList<>();
    while (true) {
      byte[] response = response();
      String text = new String(response, StandardCharsets.ISO_8859_1);
      if (text.startsWith(id + " ")) {
        return new Answer(untagged, text.substring(id.length() + 1).strip());
      }
      if (text.startsWith("+ ")) {
        continue; // of an IDLE that was ended before it had begun
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
