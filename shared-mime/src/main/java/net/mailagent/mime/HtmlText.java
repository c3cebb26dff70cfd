package net.mailagent.mime;

import java.util.Locale;
import java.util.function.Consumer;
import org.jsoup.Jsoup;

/**
 * HTML to text in bounded memory: a long document is read in stretches that are cut between
 * elements. Confined to one thread.
 */
final class HtmlText {
  /** Characters of a stretch: more than most mails have, little enough for the tree made of it. */
  static final int STRETCH = 128 << 10;

  private final Consumer<CharSequence> reader;
  private final StringBuilder html = new StringBuilder();

  /** The element without text, script or style, that an earlier stretch left open; else empty. */
  private String open = "";

  HtmlText(Consumer<CharSequence> reader) {
    this.reader = reader;
  }

  void add(CharSequence text) {
    html.append(text);
    if (html.length() >= STRETCH) {
      stretch(cut());
    }
  }

  void end() {
    if (!html.isEmpty()) {
      stretch(html.length());
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

  private void stretch(int end) {
    String part = html.substring(0, end);
    html.delete(0, end);
    String document = open.isEmpty() ? part : "<" + open + ">" + part;
    String lower = document.toLowerCase(Locale.ROOT);
    open = "";
    for (String silent : new String[] {"script", "style"}) {
      if (lower.lastIndexOf("<" + silent) > lower.lastIndexOf("</" + silent)) {
        open = silent;
      }
    }
    reader.accept(Jsoup.parse(document).text());
    reader.accept("\n");
  }
}
