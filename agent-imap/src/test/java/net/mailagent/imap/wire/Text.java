package net.mailagent.imap.wire;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import net.mailagent.runtime.net.LineTooLong;

/** Commands from a text, which ends like a connection: reading on throws. One thread. */
public final class Text implements CommandSource {
  public static final WireLimits LIMITS = new WireLimits(65536, 102_400, 1 << 20, 50, 255, 1000);

  /** The text is used up. */
  public static final class End extends RuntimeException {
    private static final long serialVersionUID = 1;
  }

  private final byte[] octets;
  private int at;

  /** What was sent to the client. */
  public final List<String> asked = new ArrayList<>();

  public Text(String text) {
    this(text.getBytes(StandardCharsets.ISO_8859_1));
  }

  public Text(byte[] octets) {
    this.octets = octets;
  }

  /** A parser over a text that ends with a line end. */
  public static Parser parser(String line) {
    return new Parser(new Text(line + "\r\n"), LIMITS);
  }

  public int left() {
    return octets.length - at;
  }

  @Override
  public byte[] line(int max) throws LineTooLong {
    int end = at;
    while (end < octets.length && octets[end] != '\n') {
      end++;
    }
    if (end == octets.length) {
      at = end;
      throw new End();
    }
    int last = end > at && octets[end - 1] == '\r' ? end - 1 : end;
    byte[] line = java.util.Arrays.copyOfRange(octets, at, last);
    at = end + 1;
    return line.length > max ? java.util.Arrays.copyOf(line, max) : line;
  }

  @Override
  public byte[] exactly(int length) {
    if (left() < length) {
      throw new End();
    }
    at += length;
    return java.util.Arrays.copyOfRange(octets, at - length, at);
  }

  @Override
  public ByteBuffer read(int max) {
    if (left() == 0) {
      throw new End();
    }
    int size = Math.min(max, left());
    at += size;
    return ByteBuffer.wrap(octets, at - size, size);
  }

  @Override
  public void skip(long length) {
    if (left() < length) {
      throw new End();
    }
    at += (int) length;
  }

  @Override
  public void askFor(String text) {
    asked.add(text);
  }
}
