package net.mailagent.conformance;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.Random;

/**
 * A message of any size that is made as it is sent, so that no test holds it: a text, and one part
 * of lines that make blocks, each block with its number in front. Immutable, any thread.
 */
final class LargeMessage {
  /** What the large part is. */
  enum Kind {
    BASE64,
    /** Lines of 8-bit text. */
    TEXT
  }

  /** Octets of a line of the large part, with its end. */
  static final int LINE = 78;

  /** Octets that a line stands for when it is base64. */
  static final int LINE_OCTETS = 57;

  private static final int LINES = 8_192;
  private static final int BLOCK = LINE * LINES;

  private final Kind kind;
  private final byte[] head;
  private final byte[] template;
  private final byte[] tail = "--outer--\r\n".getBytes(ISO_8859_1);
  private final long blocks;

  /** About that many octets. */
  LargeMessage(Kind kind, String subject, long size) {
    this.kind = kind;
    this.blocks = Math.ceilDiv(size, (long) BLOCK);
    this.head =
        ("From: big@example.org\r\nSubject: "
                + subject
                + "\r\nMIME-Version: 1.0\r\n"
                + "Content-Type: multipart/mixed; boundary=outer\r\n\r\n"
                + "--outer\r\nContent-Type: text/plain\r\n\r\nSee the attachment.\r\n"
                + "--outer\r\nContent-Type: "
                + (kind == Kind.BASE64
                    ? "application/octet-stream\r\nContent-Transfer-Encoding: base64"
                    : "text/plain; charset=iso-8859-1\r\nContent-Transfer-Encoding: 8bit")
                + "\r\n\r\n")
            .getBytes(ISO_8859_1);
    Random random = new Random(size + kind.ordinal());
    this.template = new byte[BLOCK];
    byte[] octets = new byte[LINE_OCTETS];
    for (int i = 0; i < LINES; i++) {
      random.nextBytes(octets);
      System.arraycopy(line(octets), 0, template, i * LINE, LINE);
    }
  }

  private byte[] line(byte[] octets) {
    byte[] digits = Base64.getEncoder().encode(octets);
    if (kind == Kind.TEXT) {
      for (int i = 0; i < digits.length; i += 7) {
        digits[i] = (byte) (0xe0 + i % 16);
      }
    }
    byte[] line = java.util.Arrays.copyOf(digits, LINE);
    line[LINE - 2] = '\r';
    line[LINE - 1] = '\n';
    return line;
  }

  private byte[] firstLine(long block) {
    return line(ByteBuffer.allocate(LINE_OCTETS).putLong(49, block).array());
  }

  long length() {
    return head.length + blocks * BLOCK + tail.length;
  }

  /** Where the large part begins. */
  long partStart() {
    return head.length;
  }

  /** Octets of the large part: the last line break is the boundary's. */
  long partLength() {
    return blocks * BLOCK - 2;
  }

  /** Octets [from, from + count). */
  byte[] octets(long from, int count) {
    byte[] octets = new byte[count];
    fill(from, octets, count);
    return octets;
  }

  /** Decoded octets of the large part, which is base64, from the beginning of that line on. */
  byte[] decoded(int line, int count) {
    byte[] lines =
        octets(partStart() + line * (long) LINE, Math.ceilDiv(count, LINE_OCTETS) * LINE);
    return java.util.Arrays.copyOf(Base64.getMimeDecoder().decode(lines), count);
  }

  private void fill(long from, byte[] into, int count) {
    int done = 0;
    while (done < count) {
      long at = from + done;
      long inBody = at - head.length;
      byte[] source;
      int offset;
      int end;
      if (inBody < 0) {
        source = head;
        offset = (int) at;
        end = head.length;
      } else if (inBody >= blocks * BLOCK) {
        source = tail;
        offset = (int) (inBody - blocks * BLOCK);
        end = tail.length;
      } else {
        offset = (int) (inBody % BLOCK);
        boolean first = offset < LINE;
        source = first ? firstLine(inBody / BLOCK) : template;
        end = first ? LINE : BLOCK;
      }
      int more = Math.min(count - done, end - offset);
      System.arraycopy(source, offset, into, done, more);
      done += more;
    }
  }

  /** Sends all of it. */
  void send(OutputStream out) throws IOException {
    byte[] piece = new byte[64 << 10];
    for (long at = 0; at < length(); ) {
      int count = (int) Math.min(piece.length, length() - at);
      fill(at, piece, count);
      out.write(piece, 0, count);
      at += count;
    }
  }

  /** SHA-256 of octets [from, from + length). */
  byte[] sha256(long from, long length) {
    MessageDigest digest = newDigest();
    byte[] piece = new byte[64 << 10];
    for (long at = from; at < from + length; ) {
      int count = (int) Math.min(piece.length, from + length - at);
      fill(at, piece, count);
      digest.update(piece, 0, count);
      at += count;
    }
    return digest.digest();
  }

  static MessageDigest newDigest() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }
}
