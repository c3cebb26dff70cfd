package net.mailagent.store.content;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.util.Random;

/** Messages of every shape: nested, broken, empty, binary. The same seed gives the same message. */
final class RandomMessages {
  private final Random random;

  RandomMessages(long seed) {
    this.random = new Random(seed);
  }

  byte[] next() {
    StringBuilder out = new StringBuilder();
    part(out, 0);
    return out.toString().getBytes(ISO_8859_1);
  }

  private String newline() {
    return random.nextInt(12) == 0 ? "\n" : "\r\n";
  }

  private void part(StringBuilder out, int depth) {
    if (depth == 0) {
      for (int i = random.nextInt(6); i > 0; i--) {
        out.append(header());
      }
    }
    int kind = random.nextInt(depth > 4 ? 5 : 9);
    if (kind >= 6) {
      multipart(out, depth);
    } else if (kind == 5) {
      out.append("Content-Type: message/rfc822\r\n").append(newline());
      part(out, depth + 1);
    } else if (kind == 4) {
      out.append("Content-Type: application/octet-stream; name=\"f")
          .append(random.nextInt(9))
          .append("\"\r\nContent-Transfer-Encoding: base64\r\n")
          .append(newline())
          .append(new String(Base64Bodies.any(random, 400), ISO_8859_1));
    } else if (kind == 3) {
      out.append(newline()).append(new String(octets(random.nextInt(300)), ISO_8859_1));
    } else if (kind > 0) {
      out.append("Content-Type: text/plain; charset=utf-8\r\n").append(newline());
      for (int i = random.nextInt(12); i > 0; i--) {
        out.append("line ").append(random.nextInt()).append(newline());
      }
    } // kind 0: nothing at all, not even a blank line
  }

  private String header() {
    return switch (random.nextInt(6)) {
      case 0 -> "Subject: hello " + random.nextInt() + "\r\n folded\r\n";
      case 1 -> "From: \"A, B\" <a" + random.nextInt(9) + "@example.org>\r\n";
      case 2 -> "X-Long: " + "x".repeat(random.nextInt(200)) + newline();
      case 3 -> "Message-ID: <" + random.nextInt() + "@example.org>\r\n";
      case 4 -> "garbage without colon" + newline();
      default -> "Date: Mon, 3 Mar 2025 10:00:00 +0000\r\n";
    };
  }

  private void multipart(StringBuilder out, int depth) {
    String boundary = "b" + (random.nextBoolean() ? "" : "=") + random.nextInt(3);
    out.append("Content-Type: multipart/mixed; boundary=\"")
        .append(boundary)
        .append("\"\r\n")
        .append(newline());
    if (random.nextInt(4) == 0) {
      out.append("preamble").append(newline());
    }
    for (int i = random.nextInt(4); i > 0; i--) {
      out.append("--").append(boundary).append(newline());
      part(out, depth + 1);
      out.append(newline());
    }
    if (random.nextInt(5) > 0) {
      out.append("--").append(boundary).append("--").append(newline());
    }
    if (random.nextInt(4) == 0) {
      out.append("epilogue").append(newline());
    }
  }

  private byte[] octets(int length) {
    byte[] octets = new byte[length];
    random.nextBytes(octets);
    return octets;
  }
}
