package net.mailagent.mime;

import java.util.Locale;
import java.util.Set;
import org.jsoup.nodes.Entities;

/**
 * Cuts HTML that comes in pieces into text and tags, as the tokenizer of the HTML standard does it
 * (section 13.2.5), in constant memory whatever is left open. Names of entities are jsoup's.
 * Confined to one thread.
 */
final class HtmlTokens {
  /** Takes what is found. */
  interface Reader {
    void text(char[] chars, int from, int to);

    void text(char c);

    /** A tag; valid until the method returns. */
    void tag(Tag tag);
  }

  /**
   * A tag.
   *
   * @param name lower-case
   * @param start whether it begins an element
   * @param id of the element, empty if it has none
   * @param classes of the element, between white space
   */
  record Tag(String name, boolean start, String id, String classes) {}

  private enum State {
    TEXT,
    /** Behind "<". */
    OPEN,
    /** Behind the "</" of an end tag. */
    END_OPEN,
    NAME,
    BEFORE_ATTRIBUTE,
    ATTRIBUTE,
    AFTER_ATTRIBUTE,
    BEFORE_VALUE,
    VALUE,
    /** Behind "<!", while it may be a comment. */
    DECLARATION,
    /** What only ">" ends: document types, processing instructions and what is damaged. */
    BOGUS,
    COMMENT,
    CDATA,
    ENTITY,
    /** In an element that has no tags inside. */
    RAW,
    /** Behind "<" there. */
    RAW_OPEN,
    /** Behind "</" there. */
    RAW_END
  }

  private static final String CDATA = "[CDATA[";

  /** Elements whose content is no text, and has no tags. */
  private static final Set<String> SILENT = Set.of("script", "style");

  /** Elements whose content is text without tags. */
  private static final Set<String> PLAIN =
      Set.of("title", "textarea", "xmp", "iframe", "noembed", "noframes");

  /** Names, entities, classes and ids that are longer are none that we know. */
  private static final int MAX_NAME = 64;

  private static final int MAX_VALUE = 1_000;

  /** What numbers from 128 mean that should mean controls (section 13.2.5.80). */
  private static final String WINDOWS =
      "\u20ac\u0081\u201a\u0192\u201e\u2026\u2020\u2021\u02c6\u2030\u0160\u2039\u0152\u008d\u017d"
          + "\u008f\u0090\u2018\u2019\u201c\u201d\u2022\u2013\u2014\u02dc\u2122\u0161\u203a\u0153"
          + "\u009d\u017e\u0178";

  private final Reader reader;
  private State state = State.TEXT;

  /** The name, declaration, entity or end tag at hand. */
  private final StringBuilder name = new StringBuilder();

  private boolean start;
  private final StringBuilder attribute = new StringBuilder();
  private final StringBuilder value = new StringBuilder();

  /** What ends the value: a quotation mark, or 0 for white space. */
  private char quote;

  private String id = "";
  private String classes = "";

  /** Dashes, or closing brackets, that stand directly in front of what comes. */
  private int marks;

  /** The element that has no tags inside, else empty. */
  private String raw = "";

  HtmlTokens(Reader reader) {
    this.reader = reader;
  }

  /** More characters. */
  void add(char[] html, int from, int to) {
    int i = from;
    while (i < to) {
      i =
          switch (state) {
            case TEXT -> text(html, i, to);
            case OPEN -> open(html[i], i);
            case END_OPEN -> endOpen(html[i], i);
            case NAME -> name(html[i], i);
            case BEFORE_ATTRIBUTE -> beforeAttribute(html[i], i);
            case ATTRIBUTE -> attribute(html[i], i);
            case AFTER_ATTRIBUTE -> afterAttribute(html[i], i);
            case BEFORE_VALUE -> beforeValue(html[i], i);
            case VALUE -> value(html, i, to);
            case DECLARATION -> declaration(html[i], i);
            case BOGUS -> bogus(html, i, to);
            case COMMENT -> comment(html, i, to);
            case CDATA -> cdata(html[i], i);
            case ENTITY -> entity(html[i], i);
            case RAW -> raw(html, i, to);
            case RAW_OPEN -> rawOpen(html[i], i);
            case RAW_END -> rawEnd(html[i], i);
          };
    }
  }

  /** The end: what is open is text if it may be, else it is nothing. */
  void end() {
    switch (state) {
      case OPEN, RAW_OPEN -> plain("<");
      case END_OPEN -> plain("</");
      case RAW_END -> plain("</" + name);
      case ENTITY -> resolve(false);
      case TEXT,
          NAME,
          BEFORE_ATTRIBUTE,
          ATTRIBUTE,
          AFTER_ATTRIBUTE,
          BEFORE_VALUE,
          VALUE,
          DECLARATION,
          BOGUS,
          COMMENT,
          CDATA,
          RAW -> {}
    }
    state = State.TEXT;
    raw = "";
  }

  private void plain(String text) {
    if (SILENT.contains(raw)) {
      return;
    }
    for (int i = 0; i < text.length(); i++) {
      reader.text(text.charAt(i));
    }
  }

  private int text(char[] html, int from, int to) {
    int i = from;
    while (i < to && html[i] != '<' && html[i] != '&') {
      i++;
    }
    if (i > from) {
      reader.text(html, from, i);
    }
    if (i == to) {
      return i;
    }
    state = html[i] == '<' ? State.OPEN : State.ENTITY;
    name.setLength(0);
    return i + 1;
  }

  // --- tags ---------------------------------------------------------------------------------

  private int open(char c, int i) {
    if (isLetter(c)) {
      return beginTag(true, i);
    }
    name.setLength(0);
    state =
        switch (c) {
          case '/' -> State.END_OPEN;
          case '!' -> State.DECLARATION;
          case '?' -> State.BOGUS;
          default -> State.TEXT;
        };
    if (state == State.TEXT) {
      plain("<");
      return i;
    }
    return i + 1;
  }

  private int endOpen(char c, int i) {
    if (isLetter(c)) {
      return beginTag(false, i);
    }
    state = c == '>' ? State.TEXT : State.BOGUS;
    return c == '>' ? i + 1 : i;
  }

  private int beginTag(boolean isStart, int i) {
    state = State.NAME;
    name.setLength(0);
    start = isStart;
    id = "";
    classes = "";
    return i;
  }

  private int name(char c, int i) {
    if (c == '>') {
      return endTag(i + 1);
    } else if (c == '<') {
      return endTag(i); // a tag that was not closed
    } else if (isSpace(c) || c == '/') {
      state = State.BEFORE_ATTRIBUTE;
    } else {
      append(name, lower(c), MAX_NAME);
    }
    return i + 1;
  }

  private int beforeAttribute(char c, int i) {
    if (c == '>') {
      return endTag(i + 1);
    } else if (c == '<') {
      return endTag(i);
    } else if (!isSpace(c) && c != '/') {
      state = State.ATTRIBUTE;
      attribute.setLength(0);
      append(attribute, lower(c), MAX_NAME);
    }
    return i + 1;
  }

  private int attribute(char c, int i) {
    if (c == '>') {
      return endTag(i + 1);
    } else if (c == '=') {
      state = State.BEFORE_VALUE;
    } else if (c == '/') {
      state = State.BEFORE_ATTRIBUTE;
    } else if (isSpace(c)) {
      state = State.AFTER_ATTRIBUTE;
    } else {
      append(attribute, lower(c), MAX_NAME);
    }
    return i + 1;
  }

  private int afterAttribute(char c, int i) {
    if (c == '=') {
      state = State.BEFORE_VALUE;
      return i + 1;
    } else if (isSpace(c)) {
      return i + 1;
    }
    state = State.BEFORE_ATTRIBUTE;
    return i;
  }

  private int beforeValue(char c, int i) {
    if (c == '>') {
      return endTag(i + 1);
    } else if (isSpace(c)) {
      return i + 1;
    }
    value.setLength(0);
    state = State.VALUE;
    boolean quoted = c == '"' || c == '\'';
    quote = quoted ? c : 0;
    return quoted ? i + 1 : i;
  }

  private int value(char[] html, int from, int to) {
    int i = from;
    if (quote == 0) {
      while (i < to && html[i] != '>' && !isSpace(html[i])) {
        i++;
      }
    } else {
      while (i < to && html[i] != quote) {
        i++;
      }
    }
    value.append(html, from, Math.min(i - from, MAX_VALUE - value.length()));
    if (i == to) {
      return i;
    }
    if (start && id.isEmpty() && "id".contentEquals(attribute)) {
      id = value.toString();
    } else if (start && classes.isEmpty() && "class".contentEquals(attribute)) {
      classes = value.toString();
    }
    state = State.BEFORE_ATTRIBUTE;
    return quote == 0 ? i : i + 1;
  }

  private int endTag(int next) {
    String tag = name.toString();
    state = State.TEXT;
    raw = "";
    reader.tag(new Tag(tag, start, id, classes));
    if (start && (SILENT.contains(tag) || PLAIN.contains(tag))) {
      raw = tag;
      state = State.RAW;
    }
    return next;
  }

  // --- what is no tag -------------------------------------------------------------------------

  private int declaration(char c, int i) {
    name.append(c);
    if (name.length() == 2 && name.charAt(0) == '-' && c == '-') {
      state = State.COMMENT;
      marks = 2; // so that "<!-->" and "<!--->" are whole
    } else if (c != (name.charAt(0) == '-' ? '-' : CDATA.charAt(name.length() - 1))) {
      state = State.BOGUS;
      return i;
    } else if (name.length() == CDATA.length()) {
      state = State.CDATA;
      marks = 0;
    }
    return i + 1;
  }

  private int bogus(char[] html, int from, int to) {
    int i = from;
    while (i < to && html[i] != '>') {
      i++;
    }
    if (i == to) {
      return i;
    }
    state = State.TEXT;
    return i + 1;
  }

  private int comment(char[] html, int from, int to) {
    int i = from;
    while (i < to) {
      char c = html[i++];
      if (c == '-') {
        marks++;
      } else if (c == '>' && marks >= 2) {
        state = State.TEXT;
        return i;
      } else if (c != '!' || marks < 2) { // "--!>" ends it, too
        marks = 0;
      }
    }
    return i;
  }

  private int cdata(char c, int i) {
    if (c == ']') {
      marks++;
    } else if (c == '>' && marks >= 2) {
      plain("]".repeat(Math.min(marks - 2, MAX_VALUE)));
      state = State.TEXT;
    } else {
      plain("]".repeat(Math.min(marks, MAX_VALUE)));
      marks = 0;
      reader.text(c);
    }
    return i + 1;
  }

  // --- elements without tags ------------------------------------------------------------------

  private int raw(char[] html, int from, int to) {
    boolean silent = SILENT.contains(raw);
    boolean entities = raw.equals("title") || raw.equals("textarea");
    int i = from;
    while (i < to && html[i] != '<' && !(entities && html[i] == '&')) {
      i++;
    }
    if (!silent && i > from) {
      reader.text(html, from, i);
    }
    if (i == to) {
      return i;
    }
    state = html[i] == '<' ? State.RAW_OPEN : State.ENTITY;
    name.setLength(0);
    return i + 1;
  }

  private int rawOpen(char c, int i) {
    if (c == '/') {
      state = State.RAW_END;
      name.setLength(0);
      return i + 1;
    }
    plain("<");
    state = State.RAW;
    return i;
  }

  private int rawEnd(char c, int i) {
    if (isLetter(c) && name.length() < raw.length()) {
      name.append(c);
      return i + 1;
    }
    String found = name.toString();
    if ((isSpace(c) || c == '/' || c == '>') && found.toLowerCase(Locale.ROOT).equals(raw)) {
      beginTag(false, i);
      name.append(raw);
      return i; // the name goes on with what ends it
    }
    plain("</" + found);
    state = State.RAW;
    return i;
  }

  // --- character references ---------------------------------------------------------------------

  private int entity(char c, int i) {
    boolean goesOn = isLetter(c) || (c >= '0' && c <= '9') || (c == '#' && name.isEmpty());
    if (goesOn && name.length() < MAX_NAME) {
      name.append(c);
      return i + 1;
    }
    resolve(c == ';');
    return c == ';' ? i + 1 : i;
  }

  /** Writes what the reference at hand means; what it does not mean stays as it is. */
  private void resolve(boolean semicolon) {
    state = raw.isEmpty() ? State.TEXT : State.RAW;
    String reference = name.toString();
    if (reference.startsWith("#")) {
      number(reference, semicolon);
      return;
    }
    String known =
        semicolon && Entities.isNamedEntity(reference) ? reference : Entities.findPrefix(reference);
    if (known.isEmpty()) {
      plain("&" + reference + (semicolon ? ";" : ""));
      return;
    }
    plain(Entities.getByName(known));
    boolean whole = known.length() == reference.length();
    plain(reference.substring(known.length()) + (semicolon && !whole ? ";" : ""));
  }

  private void number(String reference, boolean semicolon) {
    boolean hex = reference.length() > 1 && lower(reference.charAt(1)) == 'x';
    int from = hex ? 2 : 1;
    int i = from;
    int number = 0;
    for (; i < reference.length(); i++) {
      int digit = Character.digit(reference.charAt(i), hex ? 16 : 10);
      if (digit < 0) {
        break;
      }
      number = Math.min(number * (hex ? 16 : 10) + digit, 0x110000);
    }
    if (i == from) {
      plain("&" + reference + (semicolon ? ";" : ""));
      return;
    }
    if (number >= 128 && number < 128 + WINDOWS.length()) {
      number = WINDOWS.charAt(number - 128);
    }
    boolean character = number > 0 && number <= 0x10ffff && (number < 0xd800 || number > 0xdfff);
    plain(Character.toString(character ? number : 0xfffd));
    boolean whole = i == reference.length();
    plain(reference.substring(i) + (semicolon && !whole ? ";" : ""));
  }

  private static void append(StringBuilder to, char c, int max) {
    if (to.length() < max) {
      to.append(c);
    }
  }

  private static boolean isLetter(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
  }

  private static char lower(char c) {
    return c >= 'A' && c <= 'Z' ? (char) (c + 32) : c;
  }

  private static boolean isSpace(char c) {
    return c == ' ' || c == '\n' || c == '\t' || c == '\r' || c == '\f';
  }
}
