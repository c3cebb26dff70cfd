package net.mailagent.bench;

import java.io.Closeable;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * The little of an IMAP client that a measurement needs: a command, its untagged lines, its
 * verdict. Literals of the server are counted and dropped. One thread at a time.
 */
final class ImapConnection implements Closeable {
  private static final int TIMEOUT_MILLIS = 120_000;

  private final Wire wire;
  private int tag;

  /**
   * What one command brought.
   *
   * @param lines the untagged responses, a literal shown as its {@code {n}} alone
   * @param literals octets of all literals
   */
  record Reply(List<String> lines, long literals) {}

  private ImapConnection(Server server) throws IOException {
    wire = new Wire(server.imap(), TIMEOUT_MILLIS);
    try {
      String greeting = wire.line();
      if (!greeting.startsWith("* OK")) {
        throw new IOException(server.name() + " greets with " + greeting);
      }
    } catch (IOException e) {
      wire.close();
      throw e;
    }
  }

  /** Connects and logs in. */
  static ImapConnection login(Server server, String user) throws IOException {
    ImapConnection connection = new ImapConnection(server);
    try {
      connection.run("LOGIN " + user + " " + Server.PASSWORD);
      return connection;
    } catch (IOException e) {
      connection.close();
      throw e;
    }
  }

  /**
   * Runs a command to its tagged OK.
   *
   * @throws IOException with the server's words when it says NO or BAD
   */
  Reply run(String command) throws IOException {
    String id = "a" + ++tag;
    wire.send(id + " " + command + "\r\n");
    return reply(id, command);
  }

  /** Appends with a non-synchronising literal (RFC 7888). */
  Reply append(String mailbox, byte[] message) throws IOException {
    String id = "a" + ++tag;
    byte[] head =
        (id + " APPEND " + mailbox + " (\\Seen) {" + message.length + "+}\r\n")
            .getBytes(StandardCharsets.ISO_8859_1);
    byte[] all = new byte[head.length + message.length + 2];
    System.arraycopy(head, 0, all, 0, head.length);
    System.arraycopy(message, 0, all, head.length, message.length);
    all[all.length - 2] = '\r';
    all[all.length - 1] = '\n';
    wire.send(all);
    return reply(id, "APPEND");
  }

  /** Enters IDLE; returns when the server waits. */
  String startIdle() throws IOException {
    String id = "a" + ++tag;
    wire.send(id + " IDLE\r\n");
    for (String line = wire.line(); !line.startsWith("+"); line = wire.line()) {
      if (line.startsWith(id)) {
        throw new IOException("IDLE: " + line);
      }
    }
    return id;
  }

  /** Waits in IDLE for an untagged EXISTS. */
  void awaitExists() throws IOException {
    boolean told;
    do {
      told = wire.line().endsWith(" EXISTS");
    } while (!told);
  }

  /** Leaves the IDLE that {@link #startIdle} began. */
  void endIdle(String id) throws IOException {
    wire.send("DONE\r\n");
    reply(id, "IDLE");
  }

  private Reply reply(String id, String command) throws IOException {
    List<String> lines = new ArrayList<>();
    long literals = 0;
    while (true) {
      StringBuilder whole = null;
      String line = wire.line();
      for (int octets = literal(line); octets >= 0; octets = literal(line)) {
        wire.skip(octets);
        literals += octets;
        whole = (whole == null ? new StringBuilder() : whole).append(line);
        line = wire.line();
      }
      if (whole != null) {
        line = whole.append(line).toString();
      }
      if (line.startsWith(id + " ")) {
        if (!line.startsWith("OK", id.length() + 1)) {
          throw new IOException(command + ": " + line);
        }
        return new Reply(lines, literals);
      }
      if (line.startsWith("+")) {
        throw new IOException(command + " met a continuation request: " + line);
      }
      lines.add(line);
    }
  }

  /** The octets of the literal that a line announces at its end, or -1. */
  private static int literal(String line) {
    if (!line.endsWith("}")) {
      return -1;
    }
    int open = line.lastIndexOf('{');
    try {
      return open < 0 ? -1 : Integer.parseInt(line, open + 1, line.length() - 1, 10);
    } catch (NumberFormatException e) {
      return -1;
    }
  }

  @Override
  public void close() throws IOException {
    wire.close();
  }
}
