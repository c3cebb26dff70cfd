package net.mailagent.conformance;

import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.BufferedReader;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import net.mailagent.history.Position;
import org.jspecify.annotations.Nullable;

/** A client of a user's push stream. One thread. */
final class PushStream implements AutoCloseable {
  private static final JsonMapper JSON = new JsonMapper();
  private static final int TIMEOUT_MILLIS = 30_000;

  private final Socket socket;
  private final BufferedReader in;
  private String id = "";

  /**
   * Reads on from that position.
   *
   * @throws IOException also when the server says no
   */
  PushStream(int http, User user, Position from) throws IOException {
    socket = new Socket(InetAddress.getLoopbackAddress(), http);
    socket.setSoTimeout(TIMEOUT_MILLIS);
    socket
        .getOutputStream()
        .write(
            ("GET /users/%s/updates HTTP/1.1\r\nHost: localhost\r\nLast-Event-ID: %s\r\n\r\n")
                .formatted(user.id(), StreamEvent.id(from))
                .getBytes(StandardCharsets.US_ASCII));
    in =
        new BufferedReader(
            new InputStreamReader(socket.getInputStream(), StandardCharsets.UTF_8), 1 << 14);
    String status = line();
    for (String header = line(); !header.isEmpty(); header = line()) {
      // of no interest
    }
    if (!status.contains(" 200 ")) {
      socket.close();
      throw new IOException(status);
    }
  }

  /** The next event; null when there is none for that time. A stream may be closed meanwhile. */
  @Nullable StreamEvent next(int millis) throws IOException {
    try {
      while (true) {
        if (!in.ready()) {
          socket.setSoTimeout(millis);
          in.mark(1);
          if (in.read() < 0) {
            throw new EOFException("the stream has ended");
          }
          in.reset();
          socket.setSoTimeout(TIMEOUT_MILLIS);
        }
        String line = line();
        if (line.startsWith("id: ")) {
          id = line.substring(4);
        } else if (line.startsWith("data: ")) {
          return StreamEvent.of(id, JSON.readTree(line.substring(6)));
        }
      }
    } catch (SocketTimeoutException e) {
      return null;
    }
  }

  private String line() throws IOException {
    String line = in.readLine();
    if (line == null) {
      throw new EOFException("the stream has ended");
    }
    return line;
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
