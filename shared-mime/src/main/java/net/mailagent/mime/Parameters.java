package net.mailagent.mime;

import java.util.ArrayList;
import java.util.List;

/**
 * Reads {@code value; name=value; name="value"} as RFC 2045 section 5.1 has it, and as it is seen:
 * unquoted white space, comments, missing quotes. Octets are kept as characters 0 to 255, nothing
 * is decoded.
 */
final class Parameters {
  /** More parameters than any sender means; a bound on objects made of one field. */
  private static final int MAX = 1_000;

  private final String text;
  private int pos;

  /** A parenthesis was never closed: looking on from each further one would take quadratic time. */
  private boolean unclosed;

  private Parameters(String text) {
    this.text = text;
  }

  /**
   * @param value what stands before the first semicolon
   * @param parameters in order, names as sent
   */
  record Parsed(String value, List<Param> parameters) {}

  /** Reads an unfolded field value. */
  static Parsed parse(String field) {
    Parameters in = new Parameters(field);
    String value = in.value(false);
    List<Param> parameters = new ArrayList<>();
    while (in.pos < field.length() && parameters.size() < MAX) {
      in.pos++; // the semicolon
      String name = in.value(true);
      if (in.pos < field.length() && field.charAt(in.pos) == '=') {
        in.pos++;
        String content = in.value(false);
        if (!name.isEmpty()) {
          parameters.add(new Param(name, content));
        }
      }
    }
    return new Parsed(value, parameters);
  }

  /** Reads up to a semicolon (or, of a name, an equals sign), and stops in front of it. */
  private String value(boolean name) {
    skipSpace();
    if (!name && pos < text.length() && text.charAt(pos) == '"') {
      String quoted = quoted();
      int end = text.indexOf(';', pos);
      pos = end < 0 ? text.length() : end;
      return quoted;
    }
    StringBuilder out = new StringBuilder();
    while (pos < text.length()) {
      char c = text.charAt(pos);
      if (c == ';' || (name && c == '=')) {
        break;
      }
      if (c == '(' && (out.isEmpty() || isSpace(out.charAt(out.length() - 1))) && skipComment()) {
        continue;
      }
      out.append(c);
      pos++;
    }
    int end = out.length();
    while (end > 0 && isSpace(out.charAt(end - 1))) {
      end--;
    }
    return out.substring(0, end);
  }

  private String quoted() {
    StringBuilder out = new StringBuilder();
    pos++;
    while (pos < text.length()) {
      char c = text.charAt(pos++);
      if (c == '"') {
        break;
      }
      if (c == '\\' && pos < text.length()) {
        c = text.charAt(pos++);
      }
      out.append(c);
    }
    return out.toString();
  }

  private void skipSpace() {
    while (pos < text.length() && isSpace(text.charAt(pos))) {
      pos++;
    }
  }

  /**
   * Passes over a comment; an open parenthesis that is never closed is none, nor are later ones.
   */
  private boolean skipComment() {
    int depth = 0;
    for (int i = pos; i < text.length() && !unclosed; i++) {
      char c = text.charAt(i);
      if (c == '\\') {
        i++;
      } else if (c == '(') {
        depth++;
      } else if (c == ')' && --depth == 0) {
        pos = i + 1;
        return true;
      }
    }
    unclosed = true;
    return false;
  }

  static boolean isSpace(char c) {
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
  }
}
