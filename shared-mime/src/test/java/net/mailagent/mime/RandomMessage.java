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
    "#0V%T",
    "`",
    "end",
    "aGVsbG8",
    "aGVs\tbG8=aGVs",
    "====",
    "YQ==Yg=",
    "=C3=A9 =",
    "=3D=3d=3  \t",
    "a =  ",
    "=ZZ=4",
    "\u00ff\u00fe\u0000",
    "\u001b$B",
    "Subject: not a header",
  };

  private static final String[] FIELDS = {
    "X-8-Bit: caf\u00e9 \u00ff",
    "Subject : padded name",
    "SUBJECT:again",
    "Subject:",
    ": no name",
    "X-NUL: a\0b",
    "X-CR: a\rb",
    "X-Long: " + "x".repeat(1_100),
    "X-Folded:\r\n folded\r\n\tagain",
    "X-Empty-Fold: a\r\n \r\n b",
    "From: =?utf-8?Q?J=C3=B6rg?= <j@example.org>, group: a@b, c@d;",
    "Content-Description: =?broken",
    "Content-Disposition: attachment;\r\n filename*0*=utf-8''%e2%82%ac; filename*1=\"x.txt\"",
    "Content-ID: <id@x>",
    "content-language: en, de",
    "Date: Mon, 31 Foo 1996",
    ">From someone",
    "MIME-Version: 1.0 (by me)",
  };
  private static final String[] LEAVES = {
    "text/plain",
    "text/html; charset=utf-8",
    "text/plain; charset=\"no-such-charset\"",
    "text/plain; charset=iso-2022-jp",
    "TEXT/Plain; charset=utf-16; format=flowed",
    "image/png; name=\"a b.png\"",
    "application/octet-stream; name*=utf-8''a%20b",
    "application/x-a;b=c;",
    "message/delivery-status",
    "text",
  };
  private static final String[] ENCODINGS = {
    "base64",
    "BASE64",
    "quoted-printable",
    "Quoted-Printable",
    "x-uuencode",
    "8bit",
    "binary",
    "x-unknown"
  };

  private final Random random;
  private final StringBuilder out = new StringBuilder();
  private final boolean deep;

  RandomMessage(Random random) {
    this.random = random;
    this.deep = rarely();
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
    for (int n = random.nextInt(4); n > 1; n--) {
      out.append(FIELDS[random.nextInt(FIELDS.length)]).append(eol());
    }
    // A deep one is a chain, not a bush.
    int kind = depth > (deep ? 25 : 4) ? 9 : random.nextInt(deep ? 7 : 10);
    if (kind < 4) {
      multipart(depth);
    } else if (kind < 6) {
      out.append("Content-Type: message/").append(rarely() ? "global" : "rfc822").append(eol());
      if (rarely()) {
        transferEncoding();
      }
      separator();
      part(depth + 1);
    } else {
      if (random.nextBoolean()) {
        out.append("Content-Type: ").append(LEAVES[random.nextInt(LEAVES.length)]).append(eol());
      }
      if (random.nextBoolean()) {
        transferEncoding();
      }
      separator();
      lines();
    }
  }

  private void transferEncoding() {
    out.append("Content-Transfer-Encoding:").append(random.nextBoolean() ? " " : "\r\n\t");
    out.append(ENCODINGS[random.nextInt(ENCODINGS.length)]).append(eol());
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
      parameter(boundary);
    }
    out.append(eol());
    separator();
    if (random.nextInt(3) == 0) {
      lines();
    }
    for (int n = random.nextInt(deep ? 3 : 4); n > 0; n--) {
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

  /** The boundary, mostly as everybody writes it, else in pieces or in percent notation. */
  private void parameter(String boundary) {
    int half = boundary.length() / 2;
    switch (random.nextInt(8)) {
      case 0 -> {
        out.append("boundary*1=\"").append(boundary, half, boundary.length());
        out.append("\"; Boundary*0=\"").append(boundary, 0, half).append('"');
      }
      case 1 -> {
        out.append("boundary*=us-ascii'en'");
        boundary.chars().forEach(c -> out.append("%%%02x".formatted(c)));
      }
      case 2 -> {
        out.append("BOUNDARY*0*=''%").append("%02X".formatted((int) boundary.charAt(0)));
        out.append(";\r\n boundary*1=\"").append(boundary, 1, boundary.length()).append('"');
      }
      default -> out.append("boundary=\"").append(boundary).append('"');
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
