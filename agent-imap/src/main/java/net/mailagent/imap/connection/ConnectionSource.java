package net.mailagent.imap.connection;

import java.nio.ByteBuffer;
import net.mailagent.imap.handler.Session;
import net.mailagent.imap.wire.CommandSource;
import net.mailagent.runtime.net.Connection;
import net.mailagent.runtime.net.LineTooLong;

/** Commands as they come from a connection. Runs on its runner. */
final class ConnectionSource implements CommandSource {
  private final Connection connection;
  private final Session session;

  ConnectionSource(Connection connection, Session session) {
    this.connection = connection;
    this.session = session;
  }

  @Override
  public byte[] line(int max) throws LineTooLong {
    return connection.input().readLine(max).octets();
  }

  @Override
  public byte[] exactly(int length) {
    return connection.input().readExactly(length);
  }

  @Override
  public ByteBuffer read(int max) {
    return connection.input().read(max);
  }

  @Override
  public void skip(long length) {
    connection.input().skip(length);
  }

  @Override
  public void askFor(String text) {
    session.writer().text("+ ").text(text).crlf().drain();
    connection.flush();
  }
}
