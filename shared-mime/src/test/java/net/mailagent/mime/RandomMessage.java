package net.mailagent.mime;

import java.util.Random;

/** Writes random MIME trees with what breaks parsers. */
final class RandomMessage {
  private static final String[] BOUNDARIES = {
    "a", "ab", "abc", "a--", "=_x", "b c", "----", "a", "w  "
  };
  private static final String[] TEXTS = {
    "hello",
    "",
    "-",
    "--",
    "--a",
    "--nobody",
    "--ab--",
    "\0\0",
    "caf\u00e9",
    "a\rb",
    "From x",
    "x".repeat(1_400),
    "--" + "-".repeat(1_300),
    "end\r",
    "aGVsbG8=",
    "=E9=",
    "begin 644 x",
  };

  private final Random random;
  private final StringBuilder out = new StringBuilder();

  RandomMessage(Random random) {
    this.random = random;
  }

  String text() {
    part(0);
    return out.toString();
  }

  private String eol() {
    int n = random.nextInt(20);
    return n == 0 ? "\n" : n == 1 ? "\n" : n == 2 ? "\r\r\n" : "\r\n";
  }

  private boolean rarely() {
    return random.nextInt(12) == 0;
  }

  private void part(int depth) {
    if (rarely()) {
      out.append("From someone Sat Jan  3 01:05:34 1996").append(eol());
    }
    if (random.nextBoolean()) {
      out.append("Subject: s").append(random.nextInt(100));
      if (random.nextBoolean()) {
        out.append(eol()).append(" folded");
      }
      out.append(eol());
    }
    if (rarely()) {
      out.append("no colon here").append(eol());
    }
    int kind = depth > 4 ? 9 : random.nextInt(10);
    if (kind < 4) {
      multipart(depth);
    } else if (kind < 6) {
      out.append("Content-Type: message/rfc822").append(eol());
      separator();
      part(depth + 1);
    } else {
      if (random.nextBoolean()) {
        out.append("Content-Type: text/html; charset=utf-8").append(eol());
      }
      if (random.nextBoolean()) {
        out.append("Content-Transfer-Encoding: base64").append(eol());
      }
      separator();
      lines();
    }
  }

  private void separator() {
    if (!rarely()) {
      out.append(random.nextInt(6) == 0 ? "\n" : "\r\n");
    }
  }

  private void lines() {
    for (int n = random.nextInt(5); n > 0; n--) {
      out.append(TEXTS[random.nextInt(TEXTS.length)]);
      if (n > 1 || random.nextBoolean()) {
        out.append(eol());
      }
    }
  }

  private void multipart(int depth) {
    String boundary = BOUNDARIES[random.nextInt(BOUNDARIES.length)];
    out.append("Content-Type: multipart/").append(random.nextInt(4) == 0 ? "digest" : "mixed");
    if (!rarely()) {
      out.append(random.nextBoolean() ? ";\r\n\t" : "; ");
      out.append("boundary=\"").append(boundary).append('"');
    }
    out.append(eol());
    separator();
    if (random.nextInt(3) == 0) {
      lines();
    }
    for (int n = random.nextInt(4); n > 0; n--) {
      delimiter(boundary, "");
      part(depth + 1);
    }
    if (!rarely()) {
      delimiter(boundary, "--");
      if (random.nextInt(3) == 0) {
        lines();
      }
    }
  }

  private void delimiter(String boundary, String end) {
    if (!rarely()) {
      out.append(eol());
    }
    out.append("--").append(boundary).append(end);
    if (rarely()) {
      out.append(" \t ");
    }
    out.append(eol());
  }
}
