package net.mailagent.bench;

import java.io.Closeable;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;

/**
 * Lines and counted octets over one socket, without delay and with a time-out, so that a server
 * that hangs fails the run instead of holding it. One thread at a time.
 */
final class Wire implements Closeable {
  private static final int CONNECT_MILLIS = 10_000;
  private static final int LINE_LIMIT = 64 << 20;

  private final Socket socket = new Socket();
  private final InputStream in;
  private final OutputStream out;
  private byte[] buffer = new byte[128 << 10]; // what one read of the JDK's sockets gives at most
  private int from;
  private int to;

  /** Connects. A read that waits longer than {@code timeoutMillis} throws. */
  Wire(InetSocketAddress address, int timeoutMillis) throws IOException {
    socket.setTcpNoDelay(true);
    socket.setSoTimeout(timeoutMillis);
    socket.connect(address, CONNECT_MILLIS);
    in = socket.getInputStream();
    out = socket.getOutputStream();
  }

  /** Sends all octets in one write. */
  void send(byte[] octets) throws IOException {
    out.write(octets);
  }

  /** Sends text of ISO 8859-1 in one write. */
  void send(String text) throws IOException {
    send(text.getBytes(StandardCharsets.ISO_8859_1));
  }

  /** The next line without its CRLF, each octet a character. */
  String line() throws IOException {
    int scan = from;
    while (true) {
      for (; scan < to; scan++) {
        if (buffer[scan] == '\n') {
          int end = scan > from && buffer[scan - 1] == '\r' ? scan - 1 : scan;
          String line = new String(buffer, from, end - from, StandardCharsets.ISO_8859_1);
          from = scan + 1;
          return line;
        }
      }
      int read = scan - from;
      fill();
      scan = from + read;
    }
  }

  /** Takes {@code count} octets and drops them. */
  void skip(long count) throws IOException {
    for (long left = count; left > 0; ) {
      if (from == to) {
        fill();
      }
      int step = (int) Math.min(left, to - from);
      from += step;
      left -= step;
    }
  }

  /** Reads more behind what is buffered, which it may move. */
  private void fill() throws IOException {
    if (from == to) {
      from = 0;
      to = 0;
    } else if (to == buffer.length) {
      byte[] target =
          to - from > buffer.length / 2 ? new byte[Math.multiplyExact(buffer.length, 2)] : buffer;
      if (target.length > LINE_LIMIT) {
        throw new IOException("a line of more than " + LINE_LIMIT + " octets");
      }
      System.arraycopy(buffer, from, target, 0, to - from);
      buffer = target;
      to -= from;
      from = 0;
    }
    int read = in.read(buffer, to, buffer.length - to);
    if (read < 0) {
      throw new EOFException("the server closed the connection");
    }
    to += read;
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
