package net.mailagent.mime;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.jsoup.Jsoup;
import org.jsoup.nodes.Element;
import org.jsoup.nodes.Node;
import org.jsoup.nodes.TextNode;
import org.jsoup.parser.Tag;
import org.jsoup.select.NodeVisitor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The text of HTML as it streams by is that of the tree which jsoup makes of the whole. */
class HtmlTextTest {
  /** The text, what is aside in brackets. */
  private static String text(String html, int piece) {
    StringBuilder out = new StringBuilder();
    HtmlText text =
        new HtmlText(
            new TextPipe.Reader() {
              @Override
              public void text(char[] chars, int from, int to) {
                out.append(chars, from, to - from);
              }

              @Override
              public void aside(char[] chars, int from, int to) {
                out.append('{').append(chars, from, to - from).append('}');
              }
            });
    char[] chars = html.toCharArray();
    for (int at = 0; at < chars.length; at += piece) {
      text.add(chars, at, Math.min(chars.length, at + piece));
    }
    text.end();
    return out.toString();
  }

  /** An independent reading by the tree. */
  private static String byTree(String html) {
    StringBuilder out = new StringBuilder();
    Jsoup.parse(html)
        .traverse(
            new NodeVisitor() {
              @Override
              public void head(Node node, int depth) {
                if (node instanceof TextNode text) {
                  out.append(text.getWholeText().replaceAll("[\r\n]", " "));
                } else {
                  line(node);
                }
              }

              @Override
              public void tail(Node node, int depth) {
                line(node);
              }

              private void line(Node node) {
                if (node instanceof Element element
                    && (element.isBlock() || element.nameIs("br"))) {
                  out.append('\n');
                }
              }
            });
    return lines(out.toString());
  }

  private static String lines(String text) {
    return text.replaceAll("[ \t\r\f]+", " ")
        .replaceAll(" ?\n[ \n]*", "\n")
        .replaceAll("[{}]", "")
        .strip();
  }

  @Provide
  Arbitrary<String> documents() {
    String[] pieces = {
      "word",
      " ",
      "\r\n",
      "\t two ",
      "x",
      "\u00e9\u00a0",
      "<p>",
      "</p>",
      "<br>",
      "<BR/>",
      "<b>",
      "</b>",
      "<i title='1 > 2'>",
      "</i>",
      "<span id=x>",
      "</span>",
      "<a href=https://example.org/?a=1&b=2>",
      "</a>",
      "<img alt=\"<p>no\" src=x>",
      "<ul><li>one<li>two</ul>",
      "<table><tr><td>cell</td><td>next</td></tr></table>",
      "<blockquote>said</blockquote>",
      "<!-- <p>none</p> -->",
      "<!---->",
      "<!doctype html>",
      "<![if !mso]>",
      "<![endif]-->",
      "<?xml version='1.0'?>",
      "<script>if (a < b) { '</p>' }</script>",
      "<style>p > b { color: red }</style>",
      "<textarea>a &lt; <b></textarea>",
      "&amp;",
      "&lt;p&gt;",
      "&nbsp;",
      "&euro",
      "&eacute;",
      "&notit;",
      "&#65;",
      "&#x42;c",
      "&#150;",
      "&#9999999;",
      "&nosuch;",
      "&",
      "&#;",
      "&;",
      "a < b",
      "<3",
      "</>",
      "</ >",
      "<o:p>",
      "</o:p>",
      "<font color=\"red\"size=2>",
      "</font>",
      "<center>mid</center>",
      "<h1>Head</h1>",
      "<hr>",
      ">",
      "\"",
      "'",
      "-->",
      "=",
    };
    // End tags of blocks that are not open are breaks to us, and nothing to a tree.
    Arbitrary<String> flat =
        Arbitraries.of(pieces).list().ofMaxSize(15).map(list -> String.join("", list));
    Arbitrary<String> inside =
        flat.map(text -> "<div class=\"a b\">" + text + "<section>" + text + "</section></div>");
    return Arbitraries.oneOf(flat, inside).list().ofMaxSize(4).map(list -> String.join("", list));
  }

  @Property(tries = 3_000)
  void theTextIsThatOfTheTree(@ForAll("documents") String html, @ForAll int cut) {
    String whole = text(html, Math.max(1, html.length()));
    assertThat(lines(whole)).isEqualTo(byTree(html));
    assertThat(text(html, 1 + Math.floorMod(cut, 9))).isEqualTo(whole);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "<head><title>t</title></head><body>a<blockquote>b<blockquote>c</blockquote>d</blockquote>e"
            + " | {t.}a.{b.c.d.}e.",
        "<div class='x gmail_quote'>q<div>r</div>s</div>t | {q.r.s.}t.",
        "<div id=appendonsend></div>x<span class=gmail_attr>y</span>z | x.{y.}z.",
        "a<br><br/>b</p>c | a.b.c.",
        "<TITLE>a<b>c</TITLE>d | {a<b>c.}d.",
        "<scr<b>ipt>x | ipt>x.",
        "a<![CDATA[b<c>]]]]>d | ab<c>]]d.",
        "<iframe>&amp;<p></iframe>x | &amp;<p>x.",
        "a<script>b</scripts></script >c | a.c.",
        "&notin;&notx;&ampx&#0;&#xd800;&#x110000; | \u2209\u00acx;&x\ufffd\ufffd\ufffd.",
        "a<!--->b<!-- -- > --!>c<!-- d | abc.",
        "a<b | a.",
        "a< | a<.",
        "a</ | a</.",
        "a&lt | a<.",
        "a<p title='b>c | a.",
      })
  void tagsAndWhatLooksLikeThem(String html, String expected) {
    for (int piece = 1; piece < 6; piece++) {
      assertThat(text(html, piece).replace('\n', '.')).isEqualTo(expected);
    }
  }

  @Test
  void blocksAreThoseOfJsoup() {
    for (String name : HtmlText.BLOCKS) {
      assertThat(name.equals("br") || Tag.valueOf(name).isBlock()).as(name).isTrue();
    }
    for (String name :
        List.of(
            "a",
            "abbr",
            "b",
            "big",
            "del",
            "ins",
            "summary",
            "button",
            "code",
            "em",
            "font",
            "i",
            "iframe",
            "img",
            "input",
            "kbd",
            "label",
            "map",
            "object",
            "q",
            "s",
            "samp",
            "select",
            "small",
            "span",
            "strong",
            "sub",
            "sup",
            "svg",
            "textarea",
            "tt",
            "u",
            "var",
            "o:p")) {
      assertThat(Tag.valueOf(name).isBlock()).as(name).isFalse();
      assertThat(HtmlText.BLOCKS).doesNotContain(name);
    }
  }
}
