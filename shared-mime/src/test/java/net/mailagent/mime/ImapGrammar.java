package net.mailagent.mime;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * Reads ENVELOPE and BODYSTRUCTURE by the grammar of RFC 9051 section 9, strictly, as a client
 * would; anything else is an error.
 */
final class ImapGrammar {
  private final String in;
  private int pos;
  private final List<Long> numbers = new ArrayList<>();

  private ImapGrammar(byte[] data) {
    this.in = new String(data, StandardCharsets.ISO_8859_1);
  }

  static void envelope(byte[] data) {
    ImapGrammar grammar = new ImapGrammar(data);
    grammar.envelope();
    grammar.end();
  }

  static void body(byte[] data, boolean extended) {
    ImapGrammar grammar = new ImapGrammar(data);
    grammar.body(extended);
    grammar.end();
  }

  /** The numbers in a body, in order: octets of parts, lines of texts and messages. */
  static List<Long> sizes(byte[] data, boolean extended) {
    ImapGrammar grammar = new ImapGrammar(data);
    grammar.body(extended);
    grammar.end();
    return grammar.numbers;
  }

  private AssertionError error(String wanted) {
    return new AssertionError(
        wanted + " expected at " + pos + ": " + in.substring(0, pos) + " >>> " + in.substring(pos));
  }

  private void end() {
    if (pos != in.length()) {
      throw error("the end");
    }
  }

  private void envelope() {
    expect("(");
    nstring();
    sp();
    nstring();
    for (int i = 0; i < 6; i++) {
      sp();
      addresses();
    }
    sp();
    nstring();
    sp();
    nstring();
    expect(")");
  }

  private void addresses() {
    if (nil()) {
      return;
    }
    expect("(");
    boolean group = false;
    do {
      expect("(");
      boolean noName = nstring() == null;
      sp();
      boolean noRoute = nstring() == null;
      sp();
      boolean noMailbox = nstring() == null;
      sp();
      boolean noHost = nstring() == null;
      expect(")");
      if (noHost) {
        if (!noName || !noRoute || group != noMailbox) {
          throw error("a group that opens or closes");
        }
        group = !noMailbox;
      } else if (noMailbox) {
        throw error("a mailbox");
      }
    } while (in.charAt(pos) != ')');
    if (group) {
      throw error("the end of a group");
    }
    expect(")");
  }

  private void body(boolean extended) {
    expect("(");
    if (in.charAt(pos) == '(') {
      do {
        body(extended);
      } while (in.charAt(pos) == '(');
      sp();
      string();
      if (extended) {
        sp();
        parameters();
        extension();
      }
    } else {
      String type = string().toLowerCase(Locale.ROOT);
      sp();
      String subtype = string().toLowerCase(Locale.ROOT);
      sp();
      parameters();
      sp();
      nstring();
      sp();
      nstring();
      sp();
      string();
      sp();
      number();
      if (type.equals("text")) {
        sp();
        number();
      } else if (type.equals("message") && (subtype.equals("rfc822") || subtype.equals("global"))) {
        sp();
        envelope();
        sp();
        body(extended);
        sp();
        number();
      }
      if (extended) {
        sp();
        nstring();
        extension();
      }
    }
    expect(")");
  }

  /** Disposition, language and location. */
  private void extension() {
    sp();
    if (!nil()) {
      expect("(");
      string();
      sp();
      parameters();
      expect(")");
    }
    sp();
    if (in.charAt(pos) == '(') {
      expect("(");
      string();
      while (in.charAt(pos) == ' ') {
        sp();
        string();
      }
      expect(")");
    } else {
      nstring();
    }
    sp();
    nstring();
  }

  private void parameters() {
    if (nil()) {
      return;
    }
    expect("(");
    string();
    sp();
    string();
    while (in.charAt(pos) == ' ') {
      sp();
      string();
      sp();
      string();
    }
    expect(")");
  }

  private boolean nil() {
    boolean nil = in.startsWith("NIL", pos);
    pos += nil ? 3 : 0;
    return nil;
  }

  private @org.jspecify.annotations.Nullable String nstring() {
    return nil() ? null : string();
  }

  private String string() {
    StringBuilder out = new StringBuilder();
    if (in.charAt(pos) == '{') {
      int close = in.indexOf("}\r\n", pos);
      int length = Integer.parseInt(in.substring(pos + 1, close));
      pos = close + 3 + length;
      out.append(in, close + 3, pos);
      if (out.indexOf("\0") >= 0) {
        throw error("a literal without NUL");
      }
      return out.toString();
    }
    expect("\"");
    while (in.charAt(pos) != '"') {
      char c = in.charAt(pos++);
      if (c == '\\') {
        c = in.charAt(pos++);
        if (c != '"' && c != '\\') {
          throw error("a quoted special");
        }
      }
      if (c == 0 || c == '\r' || c == '\n' || c > 127) {
        throw error("a quoted character");
      }
      out.append(c);
    }
    pos++;
    return out.toString();
  }

  private void number() {
    int start = pos;
    while (pos < in.length() && Character.isDigit(in.charAt(pos))) {
      pos++;
    }
    if (start == pos) {
      throw error("a number");
    }
    numbers.add(Long.valueOf(in.substring(start, pos)));
  }

  private void sp() {
    expect(" ");
  }

  private void expect(String syntax) {
    if (!in.startsWith(syntax, pos)) {
      throw error(syntax);
    }
    pos += syntax.length();
  }
}
