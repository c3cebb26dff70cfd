package net.mailagent.runtime.net;

import java.nio.charset.StandardCharsets;
import java.util.function.BiConsumer;

/** Serves a protocol of single lines, of which tests give the meaning. */
class Lines implements ConnectionHandler {
  static final int LIMIT = 100;
  private final BiConsumer<Connection, String> command;

  Lines(BiConsumer<Connection, String> command) {
    this.command = command;
  }

  @Override
  public void opened(Connection connection) {
    connection.write("hello\r\n");
  }

  @Override
  public void readable(Connection connection) {
    try {
      Line line = connection.input().readLine(LIMIT);
      command.accept(connection, new String(line.octets(), StandardCharsets.ISO_8859_1));
    } catch (LineTooLong e) {
      connection.write(
          "too long: "
              + new String(e.start(), StandardCharsets.ISO_8859_1).substring(0, 4)
              + ".."
              + new String(e.end(), StandardCharsets.ISO_8859_1).replace('\r', '^')
              + "\r\n");
    }
  }

  @Override
  public void closed(Connection connection) {}
}
