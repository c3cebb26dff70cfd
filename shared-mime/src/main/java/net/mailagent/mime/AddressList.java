package net.mailagent.mime;

import org.jspecify.annotations.Nullable;

/**
 * Reads an address list (RFC 5322 section 3.4) and whatever is sent in its place: encoded words
 * stay as they are, missing brackets, quotes and separators are put up with. Every step moves on,
 * so it is linear. Octets are characters 0 to 255.
 */
final class AddressList {
  /** Takes what is found, in order. Returns false to stop. */
  interface Reader {
    /**
     * A mailbox.
     *
     * @param name display name, unquoted, or the comment in its place; null when there is none
     * @param route source route such as "@a,@b"; null when there is none
     * @param local local part, unquoted; empty when missing
     * @param domain empty when missing
     */
    boolean mailbox(@Nullable String name, @Nullable String route, String local, String domain);

    /** A group begins; its mailboxes follow. */
    boolean groupStart(String name);

    /** The group ends. */
    boolean groupEnd();
  }

  private final String in;
  private final Reader reader;
  private int pos;

  /** Words read so far, joined by single spaces where the text has space. */
  private final StringBuilder words = new StringBuilder();

  /** Where the last word begins: what would be a local part. */
  private int lastWord;

  /** Whether the last word has a quoted piece. */
  private boolean quoted;

  private int count;
  private @Nullable String comment;
  private boolean inGroup;

  private AddressList(String in, Reader reader) {
    this.in = in;
    this.reader = reader;
  }

  /** Reads an unfolded value. */
  static void parse(String unfolded, Reader reader) {
    new AddressList(unfolded, reader).read();
  }

  private void read() {
    boolean more = true;
    while (more && skipSpace()) {
      char c = in.charAt(pos);
      switch (c) {
        case ',', ';' -> {
          pos++;
          more = separator(c);
        }
        case ':' -> {
          pos++;
          more = colon();
        }
        case '<' -> {
          pos++;
          more = angle(name());
        }
        case '@' -> {
          pos++;
          more = domainOf();
        }
        default -> word();
      }
    }
    if (more && bare() && inGroup) {
      reader.groupEnd();
    }
  }

  private boolean separator(char c) {
    boolean more = bare();
    if (c == ';' && inGroup && more) {
      inGroup = false;
      more = reader.groupEnd();
    }
    return more;
  }

  private boolean colon() {
    if (inGroup) {
      return true; // groups do not nest; the sign is dropped
    }
    inGroup = true;
    String name = name();
    clear();
    return reader.groupStart(name == null ? "" : name);
  }

  /** What was read up to a separator without any address sign. */
  private boolean bare() {
    boolean more = true;
    if (count == 1) {
      more = reader.mailbox(comment, null, words.toString(), "");
    } else if (count > 1) {
      more = reader.mailbox(words.toString(), null, "", "");
    }
    clear();
    return more;
  }

  /** The address behind a less-than sign. */
  private boolean angle(@Nullable String name) {
    String fallback = comment;
    clear();
    String route = route();
    StringBuilder local = new StringBuilder();
    String domain = "";
    boolean inside = true;
    while (inside && skipSpace()) {
      char c = in.charAt(pos);
      if (c == '>' || c == ',' || c == ';') {
        inside = false;
      } else if (c == '@') {
        pos++;
        domain = domain();
        inside = false;
      } else if (c == '"') {
        quoted(local);
      } else {
        local.append(c);
        pos++;
      }
    }
    skipTo();
    String shown = name != null ? name : comment != null ? comment : fallback;
    clear();
    if (local.isEmpty() && domain.isEmpty() && shown == null) {
      return true;
    }
    return reader.mailbox(shown, route, local.toString(), domain);
  }

  /** "@a,@b:" in front of an address (RFC 5322 section 4.4). */
  private @Nullable String route() {
    if (!skipSpace() || in.charAt(pos) != '@') {
      return null;
    }
    int end = pos;
    while (end < in.length() && "<>;\"".indexOf(in.charAt(end)) < 0) {
      if (in.charAt(end) == ':') {
        String route = in.substring(pos, end).strip();
        pos = end + 1;
        return route;
      }
      end++;
    }
    return null;
  }

  /** The sign between local part and domain, outside of angle brackets. */
  private boolean domainOf() {
    int start = lastWord;
    String domain = domain();
    if (skipSpace() && in.charAt(pos) == '<') {
      // An address as display name, without the quotes it needs.
      words.append('@').append(domain);
      count = 2;
      pos++;
      return angle(words.toString());
    }
    String local = words.substring(start);
    if (!quoted) {
      local = local.replace(" ", ""); // around dots (RFC 5322 section 4.4)
    }
    String phrase = words.substring(0, start).strip();
    skipTo();
    String shown = phrase.isEmpty() ? comment : phrase;
    clear();
    if (local.isEmpty() && domain.isEmpty()) {
      return true;
    }
    return reader.mailbox(shown, null, local, domain);
  }

  private String domain() {
    StringBuilder domain = new StringBuilder();
    boolean dot = true; // whether the next atom belongs to the domain
    while (skipSpace()) {
      char c = in.charAt(pos);
      if (c == '[' && domain.isEmpty()) {
        int end = in.indexOf(']', pos);
        end = end < 0 ? in.length() : end + 1;
        domain.append(in, pos, end);
        pos = end;
        return domain.toString();
      }
      if (isSpecial(c) || (!dot && c != '.')) {
        break;
      }
      int end = pos;
      while (end < in.length() && !isSpecial(in.charAt(end)) && !isSpace(in.charAt(end))) {
        end++;
      }
      domain.append(in, pos, end);
      pos = end;
      dot = domain.charAt(domain.length() - 1) == '.';
    }
    return domain.toString();
  }

  /** Passes what stands between an address and the next separator. */
  private void skipTo() {
    while (skipSpace()) {
      char c = in.charAt(pos);
      if (c == ',' || c == ';') {
        return;
      }
      if (c == '"') {
        quoted(new StringBuilder());
      } else {
        pos++;
      }
    }
  }

  private void word() {
    boolean space = pos > 0 && (isSpace(in.charAt(pos - 1)) || in.charAt(pos - 1) == ')');
    char first = in.charAt(pos);
    boolean dots =
        first == '.'
            || (!words.isEmpty() && words.charAt(words.length() - 1) == '.' && first != '"');
    if (count > 0 && space) {
      words.append(' ');
    }
    if (count == 0 || (space && !dots)) {
      lastWord = words.length();
      count++;
      quoted = false;
    }
    if (first == '"') {
      quoted = true;
      quoted(words);
      return;
    }
    int start = pos++;
    while (pos < in.length() && !isSpecial(in.charAt(pos)) && !isSpace(in.charAt(pos))) {
      pos++;
    }
    words.append(in, start, pos);
  }

  private void quoted(StringBuilder out) {
    pos++;
    while (pos < in.length()) {
      char c = in.charAt(pos++);
      if (c == '"') {
        return;
      }
      if (c == '\\' && pos < in.length()) {
        c = in.charAt(pos++);
      }
      out.append(c);
    }
  }

  /** Passes white space and comments, keeping the last comment; false at the end. */
  private boolean skipSpace() {
    while (pos < in.length()) {
      char c = in.charAt(pos);
      if (c == '(') {
        comment();
      } else if (isSpace(c)) {
        pos++;
      } else {
        return true;
      }
    }
    return false;
  }

  private void comment() {
    StringBuilder out = new StringBuilder();
    int depth = 0;
    while (pos < in.length()) {
      char c = in.charAt(pos++);
      if (c == '\\' && pos < in.length()) {
        out.append(in.charAt(pos++));
        continue;
      }
      if (c == '(' && depth++ == 0) {
        continue;
      }
      if (c == ')' && --depth == 0) {
        break;
      }
      out.append(c);
    }
    String text = out.toString().strip();
    comment = text.isEmpty() ? comment : text;
  }

  private @Nullable String name() {
    return count == 0 ? null : words.toString();
  }

  private void clear() {
    words.setLength(0);
    lastWord = 0;
    count = 0;
    quoted = false;
    comment = null;
  }

  private static boolean isSpecial(char c) {
    return switch (c) {
      case '(', ')', '<', '>', '@', ',', ';', ':', '"' -> true;
      default -> false;
    };
  }

  private static boolean isSpace(char c) {
    return Parameters.isSpace(c);
  }
}
