package net.mailagent.mime;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * HTML to text as it streams by, in constant memory: blocks become lines, runs of white space one
 * space, scripts and styles nothing; what the sender only quotes is told apart. Confined to one
 * thread.
 */
final class HtmlText implements HtmlTokens.Reader {
  /** Elements that begin and end lines of their own. */
  static final Set<String> BLOCKS =
      Set.of(
          "address",
          "applet",
          "article",
          "aside",
          "blockquote",
          "body",
          "br",
          "caption",
          "center",
          "col",
          "colgroup",
          "dd",
          "details",
          "dialog",
          "dir",
          "div",
          "dl",
          "dt",
          "fieldset",
          "figcaption",
          "figure",
          "footer",
          "form",
          "frame",
          "frameset",
          "h1",
          "h2",
          "h3",
          "h4",
          "h5",
          "h6",
          "head",
          "header",
          "hgroup",
          "hr",
          "html",
          "li",
          "link",
          "listing",
          "main",
          "marquee",
          "menu",
          "meta",
          "nav",
          "noframes",
          "noscript",
          "ol",
          "p",
          "pre",
          "script",
          "search",
          "section",
          "style",
          "table",
          "tbody",
          "td",
          "template",
          "tfoot",
          "th",
          "thead",
          "title",
          "tr",
          "ul");

  /** How mail programs mark what they quote, beside blockquote. */
  private static final Set<String> QUOTES =
      Set.of(
          "gmail_quote",
          "gmail_attr",
          "yahoo_quoted",
          "moz-cite-prefix",
          "moz-forward-container",
          "protonmail_quote",
          "tutanota_quote",
          "OutlookMessageHeader");

  private static final Set<String> QUOTE_IDS =
      Set.of("divRplyFwdMsg", "appendonsend", "isForwardContent", "isReplyContent");

  /** Characters that are passed on together; no run that comes is longer. */
  private static final int PIECE = TextPipe.CHARS;

  private final TextPipe.Reader reader;
  private final HtmlTokens tokens = new HtmlTokens(this);
  private final char[] out = new char[PIECE];
  private final ByteBuffer octets = ByteBuffer.allocate(PIECE).order(ByteOrder.LITTLE_ENDIAN);
  private int length;

  /** All characters of the piece, joined by or. */
  private int bits;

  /** The last character that was written: the text begins like a line. */
  private char last = '\n';

  /** Whether a space stands behind it if the line goes on. */
  private boolean space;

  /** The outermost element that is no part of what the sender says now, and how deep it nests. */
  private @Nullable String aside;

  private int depth;

  HtmlText(TextPipe.Reader reader) {
    this.reader = reader;
  }

  void add(char[] html, int from, int to) {
    tokens.add(html, from, to);
  }

  void end() {
    tokens.end();
    newLine();
    flush();
  }

  @Override
  public void text(char[] chars, int from, int to) {
    int i = from;
    while (i < to) {
      int start = i;
      int joined = 0;
      while (i < to && chars[i] > ' ') {
        joined |= chars[i++];
      }
      if (i > start) {
        run(chars, start, i);
        bits |= joined;
      }
      if (i < to) {
        text(chars[i++]);
      }
    }
  }

  /** Characters without white space. */
  private void run(char[] chars, int from, int to) {
    if (space) {
      write(' ');
      space = false;
    }
    if (to - from > PIECE - length) {
      flush();
    }
    System.arraycopy(chars, from, out, length, to - from);
    length += to - from;
    last = chars[to - 1];
  }

  @Override
  public void text(char c) {
    if (c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f') {
      space = last > ' ';
    } else if (c != 0) { // which browsers leave out
      if (space) {
        write(' ');
        space = false;
      }
      write(c);
    }
  }

  private void write(char c) {
    if (length == PIECE) {
      flush();
    }
    out[length++] = c;
    bits |= c;
    last = c;
  }

  private void newLine() {
    space = false;
    if (last != '\n') {
      write('\n');
    }
  }

  @Override
  public void tag(HtmlTokens.Tag tag) {
    String name = tag.name();
    if (BLOCKS.contains(name)) {
      newLine();
    }
    if (aside == null) {
      if (tag.start() && isAside(tag)) {
        begin(name);
      }
    } else if (aside.equals(name)) {
      depth += tag.start() ? 1 : -1;
      if (depth == 0) {
        begin(null);
      }
    }
  }

  private void begin(@Nullable String nowAside) {
    newLine();
    flush();
    aside = nowAside;
    depth = 1;
  }

  private static boolean isAside(HtmlTokens.Tag tag) {
    return switch (tag.name()) {
      case "title", "blockquote" -> true;
      case "div", "span", "table" ->
          QUOTE_IDS.contains(tag.id()) || (!tag.classes().isEmpty() && quotes(tag.classes()));
      default -> false;
    };
  }

  private static boolean quotes(String classes) {
    for (String name : classes.split("\\s+", -1)) {
      if (QUOTES.contains(name)) {
        return true;
      }
    }
    return false;
  }

  private void flush() {
    if (length > 0) {
      if (aside != null) {
        reader.aside(out, 0, length);
      } else if (bits < 128) {
        for (int i = 0; i < length; i++) {
          octets.put(i, (byte) out[i]);
        }
        reader.ascii(octets, 0, length);
      } else {
        reader.text(out, 0, length);
      }
      length = 0;
      bits = 0;
    }
  }
}
