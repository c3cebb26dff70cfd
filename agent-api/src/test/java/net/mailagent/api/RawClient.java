package net.mailagent.api;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;

/** An HTTP client that sends what it is told and reads no further than it is asked to. */
final class RawClient implements AutoCloseable {
  private static final int TIMEOUT_MILLIS = 60_000;

  final Socket socket = new Socket();
  private final InputStream in;

  RawClient(ApiServer server) throws IOException {
    socket.setSoTimeout(TIMEOUT_MILLIS);
    socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), server.agent.port()));
    in = new BufferedInputStream(socket.getInputStream(), 4_096);
  }

  /** Sends the head of an upload. */
  RawClient post(String path, String... headers) throws IOException {
    List<String> lines = new ArrayList<>(List.of("POST " + path + " HTTP/1.1", "Host: localhost"));
    lines.addAll(List.of(headers));
    return send(String.join("\r\n", lines) + "\r\n\r\n");
  }

  RawClient send(String text) throws IOException {
    socket.getOutputStream().write(text.getBytes(ISO_8859_1));
    return this;
  }

  /** Sends one chunk of a chunked body. */
  RawClient chunk(byte[] octets) throws IOException {
    send(Integer.toHexString(octets.length) + "\r\n");
    socket.getOutputStream().write(octets);
    return send("\r\n");
  }

  /** Reads a head: the status line and the headers. */
  List<String> head() throws IOException {
    List<String> lines = new ArrayList<>();
    for (String line = line(); !line.isEmpty(); line = line()) {
      lines.add(line);
    }
    return lines;
  }

  /** Reads a head and gives its status. */
  int status() throws IOException {
    return Integer.parseInt(head().getFirst().split(" ")[1]);
  }

  /** Reads an answer whose length is given, and gives its head and its body. */
  String answer() throws IOException {
    List<String> head = head();
    int length = 0;
    for (String line : head) {
      if (line.regionMatches(true, 0, "Content-Length: ", 0, 16)) {
        length = Integer.parseInt(line.substring(16));
      }
    }
    return String.join("\n", head) + "\n\n" + new String(in.readNBytes(length), ISO_8859_1);
  }

  /** Whatever is left until the server closes. */
  byte[] rest() throws IOException {
    return in.readAllBytes();
  }

  private String line() throws IOException {
    ByteArrayOutputStream line = new ByteArrayOutputStream();
    for (int octet = in.read(); octet != '\n'; octet = in.read()) {
      if (octet < 0) {
        throw new IOException("the connection was closed after " + line);
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
