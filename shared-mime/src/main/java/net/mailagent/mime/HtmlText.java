package net.mailagent.mime;

import java.util.Locale;
import org.jsoup.Jsoup;

/**
 * HTML to text in bounded memory: a long document is read in stretches that are cut between
 * elements. Confined to one thread.
 */
final class HtmlText {
  /** Characters of a stretch: more than most mails have, little enough for the tree made of it. */
  static final int STRETCH = 128 << 10;

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
    char[] text = (Jsoup.parse(stretch).text() + "\n").toCharArray();
    reader.text(text, 0, text.length);
  }
}
