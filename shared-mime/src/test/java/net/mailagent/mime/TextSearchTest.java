package net.mailagent.mime;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;

/** The words decide what the text says, and the text can be read again. */
class TextSearchTest {
  private static TextExtractor extractor(byte[] raw, int block) {
    return new TextExtractor(
        Parsing.parse(raw).root(),
        (start, end) -> Sources.of(raw, start, end, block),
        MimeLimits.standard());
  }

  @Provide
  Arbitrary<String> texts() {
    String[] pieces = {
      "a",
      "B",
      "7",
      " ",
      "  ",
      "\r\n",
      ".",
      "-",
      "\u00e9",
      "e\u0301",
      "\u0301",
      "\u00df",
      "\u03a3",
      "\u03c3\u03c2",
      "\u0130",
      "\u0131",
      "\ufb01",
      "\u2460",
      "\u00b2",
      "\u6f22",
      "\u3002",
      "\u30ab\u3099",
      "\ud83d\ude00",
      "\ud801\udc00",
      "\u2126",
      "K",
      "\u00a0",
      "\u200b",
      "\u0915\u094d\u0937",
      "=",
      "\u1100\u1161",
      "_",
      "'",
      "word",
      "\u00bd",
      "\u203e", // whose NFKC has a mark
      "I\u0307",
      "<\u0338",
      "\u0338",
      "\uac00",
      "\u11a8",
      "\uff76", // half-width, joins with the next
      "\uff9e",
      "\u3131", // letters of Korean that make a syllable
      "\u314f",
      "\u20ac",
      "\u2192",
      "\u0416",
      "Abcdefg",
      "abcdefgh",
      "ABCDEFGHI",
      "0123456789abcdef",
      "a b c d e f g h ",
      " , . ; : - ",
    };
    return Arbitraries.of(pieces).list().ofMaxSize(25).map(list -> String.join("", list));
  }

  @Property(tries = 4_000)
  void wordsDecideNeedlesOfLettersAndDigits(@ForAll("texts") String text, @ForAll int at) {
    byte[] raw = message(text);
    MessageFacts facts =
        Parsing.run(MimeLimits.standard(), raw, 1 + Math.floorMod(at, 90)).message().facts();
    String words = facts.words();
    String normal = Normalized.forSearch(text);
    String other = Normalized.forSearch("ab\u00e9w\u6f22\u03c3o7i");
    for (String from : new String[] {normal, other}) {
      for (int i = 0; i < from.length(); i++) {
        for (int j = i + 1; j <= Math.min(from.length(), i + 4); j++) {
          String needle = from.substring(i, j);
          boolean whole =
              !Character.isLowSurrogate(from.charAt(i))
                  && !Character.isHighSurrogate(from.charAt(j - 1));
          if (whole && Normalized.isWord(needle)) {
            boolean decided = words.contains(needle) || !facts.wordsTruncated();
            assertThat(words.contains(needle))
                .as(needle)
                .isEqualTo(decided && normal.contains(needle));
          }
        }
      }
    }
  }

  @Property(tries = 2_000)
  void aSearchFindsWhatTheTextHolds(@ForAll("texts") String text, @ForAll int at) {
    byte[] raw = message(text);
    TextExtractor extractor = extractor(raw, 1 + Math.floorMod(at, 9));
    String normal = Normalized.forSearch(text);
    assertThat(extractor.text(1_000)).isEqualTo(text + "\n");
    for (int i = 0; i < normal.length(); i++) {
      String needle = normal.substring(i, Math.min(normal.length(), i + 3));
      assertThat(extractor.contains(needle)).as(needle).isTrue();
    }
    assertThat(extractor.contains(normal + "#")).isFalse();
  }

  private static byte[] message(String text) {
    String head = "Content-Type: text/plain; charset=utf-8\r\n\r\n";
    return (head + text).getBytes(StandardCharsets.UTF_8);
  }

  @Test
  void needlesAreFoundAcrossPiecesOfALongText() {
    String text =
        "lorem ipsum dolor ".repeat(20_000) + "the\r\n  Needle " + "x y z ".repeat(20_000);
    TextExtractor extractor = extractor(message(text), 1_000);
    assertThat(extractor.contains("the needle x")).isTrue();
    assertThat(extractor.contains("needle y")).isFalse();
    assertThat(extractor.contains(Normalized.forSearch("DOLOR THE"))).isTrue();
  }

  @Test
  void theExtractorReadsWhatTheWordsWereMadeOf() {
    String message =
        Parsing.crlf(
            """
            Subject: outside
            Content-Type: multipart/mixed; boundary=b

            --b
            Content-Type: text/html
            Content-Transfer-Encoding: base64

            PHA+SGVsbG8gPGI+d29ybGQ8L2I+PC9wPg==
            --b
            Content-Type: message/rfc822

            Subject: =?utf-8?Q?inner_caf=C3=A9?=
            X-Other: unsearched

            embedded
            --b
            Content-Type: image/png; name=picture.png

            binary
            --b--
            """);
    TextExtractor extractor = extractor(Parsing.octets(message), 5);
    for (String needle :
        new String[] {"hello world", "inner caf\u00e9", "embedded", "picture.png"}) {
      assertThat(extractor.contains(needle)).as(needle).isTrue();
    }
    for (String needle : new String[] {"outside", "unsearched", "binary", "<p>"}) {
      assertThat(extractor.contains(needle)).as(needle).isFalse();
    }
    assertThat(extractor.text(8)).isEqualTo("Hello wo");
  }

  @Test
  void longHtmlIsReadInStretchesWithoutItsScripts() {
    String html =
        "<html><body>"
            + "<p>para graph</p>\n".repeat(10_000)
            + "<script>"
            + "var hidden = '<p>no</p>';\n".repeat(10_000)
            + "</script><p>last</p>";
    String message = "Content-Type: text/html\r\n\r\n" + html;
    MessageFacts facts = Parsing.parse(Parsing.octets(message)).facts();
    assertThat(facts.words()).isEqualTo(" para graph last ");
    assertThat(facts.wordsTruncated()).isFalse();
  }

  @Test
  void normalisationIsTheSameForTextAndNeedle() {
    assertThat(Normalized.forSearch("\u039f\u0394\u039f\u03a3 \t\r\n\u00a0x"))
        .isEqualTo("\u03bf\u03b4\u03bf\u03c3 x");
    assertThat(Normalized.forSearch("\uff21\ufb01")).isEqualTo("afi");
    assertThat(Normalized.isWord("abc1\u00e9")).isTrue();
    assertThat(Normalized.isWord("a b")).isFalse();
    assertThat(Normalized.isWord("")).isFalse();
  }
}
