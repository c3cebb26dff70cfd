package net.mailagent.imap;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A plain client that fails rather than hangs. Responses are read whole, literals included, as text
 * in which one character is one octet; CRLF within literals is kept.
 */
final class ImapClient implements AutoCloseable {
  private static final Pattern LITERAL = Pattern.compile("\\{(\\d+)\\}$");

  final Socket socket;
  private final InputStream in;
  private int tags;

  ImapClient(Socket socket) throws IOException {
    this.socket = socket;
    socket.setSoTimeout((int) Duration.ofSeconds(20).toMillis());
    socket.setTcpNoDelay(true);
    in = new BufferedInputStream(socket.getInputStream());
  }

  String greeting() throws IOException {
    String line = response();
    assertThat(line).startsWith("* OK [CAPABILITY IMAP4rev1 ");
    return line;
  }

  /** Sends octets as they stand. */
  ImapClient send(String text) throws IOException {
    socket.getOutputStream().write(text.getBytes(StandardCharsets.ISO_8859_1));
    socket.getOutputStream().flush();
    return this;
  }

  /** Sends a command and returns its tag. */
  String start(String command) throws IOException {
    String tag = "t" + ++tags;
    send(tag + " " + command + "\r\n");
    return tag;
  }

  /** Runs a command: its untagged responses and then its tagged one, without the tag. */
  List<String> run(String command) throws IOException {
    return finish(start(command));
  }

  /** The responses up to the tagged one, without its tag. */
  List<String> finish(String tag) throws IOException {
    List<String> responses = new ArrayList<>();
    while (true) {
      String response = response();
      if (response.startsWith(tag + " ")) {
        responses.add(response.substring(tag.length() + 1));
        return responses;
      }
      responses.add(response);
    }
  }

  /** Runs a command that must succeed: its untagged responses. */
  List<String> ok(String command) throws IOException {
    return expect(command, "OK ");
  }

  /** Runs a command whose tagged response must begin so: its untagged responses. */
  List<String> expect(String command, String tagged) throws IOException {
    List<String> responses = run(command);
    assertThat(responses.getLast()).as(command).startsWith(tagged);
    return responses.subList(0, responses.size() - 1);
  }

  /** APPEND with a synchronizing literal; the tagged response. */
  String append(String arguments, String message) throws IOException {
    String tag = start("APPEND " + arguments + " {" + message.length() + "}");
    String asked = response();
    if (!asked.startsWith("+ ")) {
      return asked.substring(tag.length() + 1);
    }
    send(message + "\r\n");
    return finish(tag).getLast();
  }

  /** The next response. */
  String response() throws IOException {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    while (true) {
      String line = line();
      all.writeBytes(line.getBytes(StandardCharsets.ISO_8859_1));
      Matcher literal = LITERAL.matcher(line);
      if (!literal.find()) {
        return all.toString(StandardCharsets.ISO_8859_1);
      }
      all.writeBytes("\r\n".getBytes(StandardCharsets.ISO_8859_1));
      byte[] octets = in.readNBytes(Integer.parseInt(literal.group(1)));
      all.writeBytes(octets);
    }
  }

  private String line() throws IOException {
    ByteArrayOutputStream line = new ByteArrayOutputStream();
    while (true) {
      int c = in.read();
      if (c < 0) {
        throw new EOFException("closed after: " + line.toString(StandardCharsets.ISO_8859_1));
      }
      if (c == '\n') {
        String text = line.toString(StandardCharsets.ISO_8859_1);
        assertThat(text).endsWith("\r");
        return text.substring(0, text.length() - 1);
      }
      line.write(c);
    }
  }

  /** Whether the server has closed, once everything it sent has been read. */
  boolean isClosed() throws IOException {
    try {
      return in.read() < 0;
    } catch (java.net.SocketException e) {
      return true; // reset
    }
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
