package net.mailagent.conformance;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Reads one FETCH response strictly by the grammar that RFC 3501 and RFC 9051 share (section 9 of
 * both): single spaces, and only where they belong; nothing of eight bits outside literals; no list
 * that must not be empty is. Whatever else comes is an error that shows where.
 */
final class ResponseReader {
  private static final Pattern DATE_TIME =
      Pattern.compile("[ 0-3]\\d-[A-Z][a-z]{2}-\\d{4} \\d\\d:\\d\\d:\\d\\d [+-]\\d{4}");
  private static final Pattern FLAG =
      Pattern.compile("\\\\?[^\\x00-\\x20(){%*\"\\\\\\]\\x7f-\\xff]+");

  private final byte[] in;
  private int at;

  ResponseReader(byte[] response) {
    in = response;
  }

  /** {@code * n FETCH (msg-att *(SP msg-att)) CRLF}. */
  Fetched fetch() {
    Fetched fetched = new Fetched();
    expect("* ");
    fetched.number = number();
    expect(" FETCH (");
    do {
      attribute(fetched);
    } while (next(' '));
    expect(")\r\n");
    if (at != in.length) {
      throw wrong("nothing more");
    }
    return fetched;
  }

  private void attribute(Fetched fetched) {
    int from = at;
    while (at < in.length && in[at] != ' ' && in[at] != '[') {
      at++;
    }
    String name = text(from, at);
    switch (name) {
      case "UID" -> fetched.uid = spacedNumber();
      case "RFC822.SIZE" -> fetched.size = spacedNumber();
      case "FLAGS" -> flags(fetched);
      case "INTERNALDATE" -> {
        expect(" ");
        require(DATE_TIME.matcher(quoted()).matches(), "a date-time");
      }
      case "MODSEQ" -> {
        expect(" (");
        fetched.modSeq = number();
        expect(")");
      }
      case "ENVELOPE" -> {
        expect(" ");
        envelope();
        fetched.envelope = true;
      }
      case "BODYSTRUCTURE" -> {
        expect(" ");
        fetched.structure = body(true);
      }
      case "BODY" -> {
        if (next('[')) {
          section(fetched, from);
        } else {
          expect(" ");
          body(false);
        }
      }
      case "BINARY" -> {
        expect("[");
        section(fetched, from);
      }
      case "BINARY.SIZE" -> {
        expect("[");
        fetched.sizes.put(label(from), spacedNumber());
      }
      case "EMAILID" -> fetched.emailId = objectId();
      case "THREADID" -> fetched.threadId = objectId();
      case "PREVIEW" -> {
        expect(" ");
        byte[] text = nstring().orElseThrow(() -> wrong("a preview, which is always there"));
        fetched.preview = new String(text, StandardCharsets.UTF_8);
      }
      default -> throw wrong("a message attribute, not " + name);
    }
  }

  /** What stands before the data, up to its closing bracket. */
  private String label(int from) {
    while (in[at] != ']') {
      at++;
    }
    expect("]");
    if (next('<')) {
      number();
      expect(">");
    }
    return text(from, at);
  }

  /** RFC 8474 section 7. */
  private String objectId() {
    expect(" (");
    int from = at;
    while (in[at] != ')') {
      at++;
    }
    String id = text(from, at);
    require(id.matches("[A-Za-z0-9_-]{1,255}"), "an object identifier, not " + id);
    expect(")");
    return id;
  }

  private void section(Fetched fetched, int from) {
    String name = label(from);
    expect(" ");
    // Only literal8 may hold NUL, and only BINARY may be one (RFC 3516 section 7).
    boolean any = name.startsWith("BINARY") && next('~');
    Optional<byte[]> octets = any ? Optional.of(octets()) : nstring();
    fetched.sections.put(name, octets.orElseThrow(() -> wrong("data of " + name + ", not NIL")));
  }

  private void flags(Fetched fetched) {
    expect(" (");
    if (!next(')')) {
      do {
        int from = at;
        while (in[at] != ' ' && in[at] != ')') {
          at++;
        }
        String flag = text(from, at);
        require(FLAG.matcher(flag).matches(), "a flag, not " + flag);
        fetched.flags.add(flag);
      } while (next(' '));
      expect(")");
    }
  }

  private void envelope() {
    expect("(");
    nstring();
    expect(" ");
    nstring();
    for (int addresses = 0; addresses < 6; addresses++) {
      expect(" ");
      if (!nil()) {
        expect("(");
        do {
          address();
        } while (in[at] == '(');
        expect(")");
      }
    }
    expect(" ");
    nstring();
    expect(" ");
    nstring();
    expect(")");
  }

  private void address() {
    expect("(");
    nstring();
    for (int field = 0; field < 3; field++) {
      expect(" ");
      nstring();
    }
    expect(")");
  }

  /** {@code body}; extension data only in BODYSTRUCTURE. */
  private Part body(boolean extensible) {
    expect("(");
    Part part = in[at] == '(' ? multipart(extensible) : single(extensible);
    expect(")");
    return part;
  }

  private Part multipart(boolean extensible) {
    List<Part> parts = new ArrayList<>();
    do {
      parts.add(body(extensible));
    } while (in[at] == '(');
    expect(" ");
    String subtype = string();
    if (in[at] == ' ') {
      require(extensible, "no extension data in BODY");
      expect(" ");
      parameters();
      dispositionOnwards();
    }
    return new Part.Multipart(parts, subtype);
  }

  private Part single(boolean extensible) {
    String type = string().toLowerCase(Locale.ROOT);
    expect(" ");
    String subtype = string().toLowerCase(Locale.ROOT);
    expect(" ");
    parameters();
    expect(" ");
    nstring();
    expect(" ");
    nstring();
    expect(" ");
    String encoding = string().toLowerCase(Locale.ROOT);
    long octets = spacedNumber();
    Part part;
    if (type.equals("message") && (subtype.equals("rfc822") || subtype.equals("global"))) {
      expect(" ");
      envelope();
      expect(" ");
      Part enclosed = body(extensible);
      part = new Part.Enclosed(enclosed, encoding, octets, spacedNumber());
    } else {
      part =
          new Part.Leaf(type, subtype, encoding, octets, type.equals("text") ? spacedNumber() : -1);
    }
    if (in[at] == ' ') {
      require(extensible, "no extension data in BODY");
      expect(" ");
      nstring();
      dispositionOnwards();
    }
    return part;
  }

  /** {@code [SP body-fld-dsp [SP body-fld-lang [SP body-fld-loc]]]}. */
  private void dispositionOnwards() {
    if (!next(' ')) {
      return;
    }
    if (!nil()) {
      expect("(");
      string();
      expect(" ");
      parameters();
      expect(")");
    }
    if (!next(' ')) {
      return;
    }
    if (in[at] == '(') {
      expect("(");
      do {
        string();
      } while (next(' '));
      expect(")");
    } else {
      nstring();
    }
    if (next(' ')) {
      nstring();
    }
  }

  private void parameters() {
    if (nil()) {
      return;
    }
    expect("(");
    do {
      string();
      expect(" ");
      string();
    } while (next(' '));
    expect(")");
  }

  private Optional<byte[]> nstring() {
    if (nil()) {
      return Optional.empty();
    }
    return Optional.of(in[at] == '{' ? literal() : quoted().getBytes(StandardCharsets.ISO_8859_1));
  }

  private String string() {
    return new String(
        nstring().orElseThrow(() -> wrong("a string, not NIL")), StandardCharsets.ISO_8859_1);
  }

  private String quoted() {
    expect("\"");
    StringBuilder text = new StringBuilder();
    while (in[at] != '"') {
      int c = in[at++];
      if (c == '\\') {
        c = in[at++];
        require(c == '"' || c == '\\', "an escaped quote or backslash");
      }
      // RFC 3501's TEXT-CHAR; eight bits would need UTF8=ACCEPT or IMAP4rev2 to be enabled.
      require(c > 0 && c != '\r' && c != '\n', "a character that may be quoted");
      text.append((char) c);
    }
    expect("\"");
    return text.toString();
  }

  private byte[] octets() {
    expect("{");
    int count = Math.toIntExact(number());
    expect("}\r\n");
    at += count;
    return java.util.Arrays.copyOfRange(in, at - count, at);
  }

  private byte[] literal() {
    byte[] octets = octets();
    for (byte octet : octets) {
      require(octet != 0, "no NUL in a literal");
    }
    return octets;
  }

  private boolean nil() {
    if (in[at] != 'N') {
      return false;
    }
    expect("NIL");
    return true;
  }

  private long spacedNumber() {
    expect(" ");
    return number();
  }

  private long number() {
    int from = at;
    while (in[at] >= '0' && in[at] <= '9') {
      at++;
    }
    require(at > from, "a number");
    return Long.parseLong(text(from, at));
  }

  private boolean next(char wanted) {
    if (in[at] != wanted) {
      return false;
    }
    at++;
    return true;
  }

  private void expect(String wanted) {
    for (char c : wanted.toCharArray()) {
      if (at >= in.length || in[at] != c) {
        throw wrong(wanted.replace("\r\n", "CRLF"));
      }
      at++;
    }
  }

  private void require(boolean holds, String wanted) {
    if (!holds) {
      throw wrong(wanted);
    }
  }

  private AssertionError wrong(String wanted) {
    return new AssertionError(
        "wanted "
            + wanted
            + " at octet "
            + at
            + ", after\n"
            + text(Math.max(0, at - 400), Math.min(at, in.length))
            + "\n>>> here <<<\n"
            + text(Math.min(at, in.length), Math.min(in.length, at + 200)));
  }

  private String text(int from, int to) {
    return new String(in, from, to - from, StandardCharsets.ISO_8859_1);
  }
}
