package net.mailagent.api;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** A client of a push stream that reads events one by one, no further than it is asked to. */
final class EventReader implements AutoCloseable {
  private static final ObjectMapper MAPPER = new ObjectMapper();

  /** An event; its id is the last one that was told. */
  record Event(String id, JsonNode data) {
    String command() {
      return data.path("command").asText();
    }

    String text(String field) {
      return data.path(field).asText();
    }

    @Override
    public String toString() {
      return id + " " + data;
    }
  }

  private final Socket socket;
  private final BufferedReader in;
  private final int status;
  private String lastId = "";
  private int comments;
  private String pendingChunk = "";

  EventReader(ApiServer server, String path, String... headers) throws IOException {
    this(server, 0, path, headers);
  }

  /**
   * @param receiveBuffer octets the kernel keeps for a client that does not read; 0 for its default
   */
  EventReader(ApiServer server, int receiveBuffer, String path, String... headers)
      throws IOException {
    socket = new Socket();
    if (receiveBuffer > 0) {
      socket.setReceiveBufferSize(receiveBuffer);
    }
    socket.connect(
        new java.net.InetSocketAddress(InetAddress.getLoopbackAddress(), server.agent.port()));
    socket.setSoTimeout(60_000);
    StringBuilder request = new StringBuilder("GET " + path + " HTTP/1.1\r\nHost: localhost\r\n");
    for (String header : headers) {
      request.append(header).append("\r\n");
    }
    socket
        .getOutputStream()
        .write(request.append("\r\n").toString().getBytes(StandardCharsets.UTF_8));
    in =
        new BufferedReader(
            new InputStreamReader(socket.getInputStream(), StandardCharsets.UTF_8), 1024);
    status = Integer.parseInt(in.readLine().split(" ")[1]);
    while (!in.readLine().isEmpty()) {
      // headers
    }
  }

  int status() {
    return status;
  }

  /** The id that was told last, with or without an event. */
  String lastId() {
    return lastId;
  }

  /** How many comment lines came. */
  int comments() {
    return comments;
  }

  /** The next event, or null at the end of the stream. */
  @org.jspecify.annotations.Nullable
  Event next() throws IOException {
    while (true) {
      String data = "";
      boolean any = false;
      for (String line = line(); ; line = line()) {
        if (line == null) {
          return null;
        }
        if (line.isEmpty()) {
          break;
        }
        any = true;
        if (line.startsWith("id: ")) {
          lastId = line.substring(4);
        } else if (line.startsWith("data: ")) {
          data = line.substring(6);
        } else if (line.startsWith(":")) {
          comments++;
          return new Event(lastId, MAPPER.createObjectNode().put("command", ":"));
        }
      }
      if (any && !data.isEmpty()) {
        return new Event(lastId, MAPPER.readTree(data));
      }
    }
  }

  /** The lines up to the next empty one, at which a client takes over what they say. */
  List<String> block() throws IOException {
    List<String> lines = new ArrayList<>();
    for (String line = line(); line != null && !line.isEmpty(); line = line()) {
      lines.add(line);
    }
    return lines;
  }

  /** So many events; comments are left out. */
  List<Event> next(int count) throws IOException {
    List<Event> events = new ArrayList<>();
    while (events.size() < count) {
      Event event = next();
      if (event == null) {
        throw new IOException("the stream ended behind " + events);
      }
      if (!event.command().equals(":")) {
        events.add(event);
      }
    }
    return events;
  }

  /** Reads what tells the place before the first event, so that the stream is known to stand. */
  EventReader started() throws IOException {
    while (lastId.isEmpty()) {
      String line = line();
      if (line == null) {
        throw new IOException("the stream ended");
      }
      if (line.startsWith("id: ")) {
        lastId = line.substring(4);
      }
    }
    return this;
  }

  /** A line of the body, chunks put together; null at its end. */
  private @org.jspecify.annotations.Nullable String line() throws IOException {
    while (true) {
      int end = pendingChunk.indexOf('\n');
      if (end >= 0) {
        String line = pendingChunk.substring(0, end);
        pendingChunk = pendingChunk.substring(end + 1);
        return line;
      }
      String size = in.readLine();
      if (size == null || size.equals("0")) {
        return null;
      }
      int octets = Integer.parseInt(size, 16);
      StringBuilder chunk = new StringBuilder();
      int read = 0;
      while (read < octets) {
        int c = in.read();
        if (c < 0) {
          return null;
        }
        chunk.append((char) c);
        read += Character.toString(c).getBytes(StandardCharsets.UTF_8).length;
      }
      in.readLine();
      pendingChunk += chunk;
    }
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
