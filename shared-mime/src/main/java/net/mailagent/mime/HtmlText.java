package net.mailagent.mime;

import java.util.Locale;
import java.util.Set;
import org.jsoup.Jsoup;
import org.jsoup.nodes.Element;
import org.jsoup.nodes.Node;
import org.jsoup.nodes.TextNode;
import org.jsoup.select.NodeTraversor;
import org.jsoup.select.NodeVisitor;

/**
 * HTML to text in bounded memory: a long document is read in stretches that are cut between
 * elements. Blocks become lines; what the sender only quotes is told apart. Confined to one thread.
 */
final class HtmlText {
  /** Characters of a stretch: more than most mails have, little enough for the tree made of it. */
  static final int STRETCH = 128 << 10;

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

  private final TextPipe.Reader reader;
  private final StringBuilder html = new StringBuilder();

  /** The element without text, script or style, that an earlier stretch left open; else empty. */
  private String open = "";

  HtmlText(TextPipe.Reader reader) {
    this.reader = reader;
  }

  void add(char[] text, int from, int to) {
    html.append(text, from, to - from);
    if (html.length() >= STRETCH) {
      String stretch = take(cut());
      open = silentAtEnd(stretch);
      read(stretch);
    }
  }

  void end() {
    if (!html.isEmpty()) {
      read(take(html.length()));
    }
  }

  /** Where to cut: behind a tag that white space follows, else behind a tag, else at the end. */
  private int cut() {
    int tag = -1;
    for (int i = html.length() - 1; i > html.length() / 2; i--) {
      if (html.charAt(i - 1) == '>') {
        if (Character.isWhitespace(html.charAt(i))) {
          return i;
        }
        tag = Math.max(tag, i);
      }
    }
    return tag > 0 ? tag : html.length();
  }

  private String take(int end) {
    String stretch =
        open.isEmpty() ? html.substring(0, end) : "<" + open + ">" + html.substring(0, end);
    html.delete(0, end);
    return stretch;
  }

  private static String silentAtEnd(String stretch) {
    String lower = stretch.toLowerCase(Locale.ROOT);
    for (String silent : new String[] {"script", "style"}) {
      if (lower.lastIndexOf("<" + silent) > lower.lastIndexOf("</" + silent)) {
        return silent;
      }
    }
    return "";
  }

  private void read(String stretch) {
    Lines lines = new Lines();
    NodeTraversor.traverse(lines, Jsoup.parse(stretch));
    lines.newLine();
    lines.flush();
  }

  /** Writes the text of one tree. */
  private final class Lines implements NodeVisitor {
    private final StringBuilder out = new StringBuilder();

    /** The outermost element that is no part of what the sender says now. */
    private @org.jspecify.annotations.Nullable Element aside;

    @Override
    public void head(Node node, int depth) {
      switch (node) {
        case TextNode text -> append(text.getWholeText());
        case Element element -> {
          if (isLine(element)) {
            newLine();
          }
          if (aside == null && isAside(element)) {
            newLine();
            flush();
            aside = element;
          }
        }
        default -> {}
      }
    }

    @Override
    @SuppressWarnings("ReferenceEquality") // the very element
    public void tail(Node node, int depth) {
      if (node instanceof Element element) {
        if (isLine(element)) {
          newLine();
        }
        if (element == aside) {
          newLine();
          flush();
          aside = null;
        }
      }
    }

    private static boolean isLine(Element element) {
      return element.isBlock() || element.nameIs("br");
    }

    private static boolean isAside(Element element) {
      return switch (element.normalName()) {
        case "head", "blockquote" -> true;
        case "div", "span", "table" ->
            element.classNames().stream().anyMatch(QUOTES::contains)
                || QUOTE_IDS.contains(element.id());
        default -> false;
      };
    }

    private void append(String text) {
      for (int i = 0; i < text.length(); i++) {
        char c = text.charAt(i);
        boolean space = c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f';
        if (!space) {
          out.append(c);
        } else if (!out.isEmpty() && out.charAt(out.length() - 1) > ' ') {
          out.append(' ');
        }
      }
    }

    void newLine() {
      int end = out.length();
      if (end > 0 && out.charAt(end - 1) == ' ') {
        out.setLength(--end);
      }
      if (end > 0 && out.charAt(end - 1) != '\n') {
        out.append('\n');
      }
    }

    void flush() {
      char[] text = new char[out.length()];
      out.getChars(0, text.length, text, 0);
      out.setLength(0);
      if (aside == null) {
        reader.text(text, 0, text.length);
      } else {
        reader.aside(text, 0, text.length);
      }
    }
  }
}
