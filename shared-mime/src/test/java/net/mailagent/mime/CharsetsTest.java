package net.mailagent.mime;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_16BE;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.Base64;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What mail calls its charsets, and UTF-7. */
class CharsetsTest {
  private static MessageFacts facts(String charset, byte[] body) {
    String head = "Content-Type: text/plain; charset=\"" + charset + "\"\r\n\r\n";
    return Parsing.parse(Parsing.octets(head + new String(body, ISO_8859_1))).facts();
  }

  @ParameterizedTest
  @CsvSource({
    "x-mac-roman, 8e, \u00e9",
    "macintosh, 8e, \u00e9",
    "x-mac-cyrillic, e0, \u0430",
    "X-Mac-CE, 8b, \u010d",
    "x-mac-greek, e1, \u03b1",
    "x-mac-japanese, 93fa, \u65e5",
    "ansi_x3.110-1983, e9, \u00e9",
    "iso-8859-8-i, e0, \u05d0",
    "ISO-8859-8-E, e0, \u05d0",
    "ks_c_5601-1987, b0a1, \uac00",
    "korean, b0a1, \uac00",
    "cp-850, 82, \u00e9",
    "dos-866, a0, \u0430",
    "ibm-437, 82, \u00e9",
    "windows1251, e0, \u0430",
    "win-1251, e0, \u0430",
    "x-cp1250, e8, \u010d",
    "cp-1252, e9, \u00e9",
    "x-iso-8859-5, d0, \u0430",
    "koi8-ru, c1, \u0430",
    "koi8r, c1, \u0430",
    "gb_2312-80, b0a1, \u554a",
    "x-gbk, b0a1, \u554a",
    "cn-big5, a740, \u4f5c",
    "x-euc, c6fc, \u65e5",
    "_utf-8, c3a9, \u00e9",
    "utf8, c3a9, \u00e9",
    "latin-1, e9, \u00e9",
    "latin-2, e8, \u010d",
    "unicode-1-1-utf-7, 2b414f6b2d, \u00e9",
    "nobody-knows, e9, \u00e9",
  })
  void namesSeenInMail(String name, String hex, String text) {
    byte[] octets = java.util.HexFormat.of().parseHex(hex);
    assertThat(facts(name, octets).preview()).isEqualTo(text);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      value = {
        "A+ImIDkQ. | A\u2262\u0391.", // the examples of RFC 2152
        "Hi Mom -+Jjo--! | Hi Mom -\u263a-!",
        "+ZeVnLIqe- | \u65e5\u672c\u8a9e",
        "Item 3 is +AKM-1. | Item 3 is \u00a31.",
        "a+-b | a+b",
        "+2D3eAA- x | \ud83d\ude00 x",
        "+2D0- x | \ufffd x",
        "+3gA- x | \ufffd x",
        "+2D0AQQ- | \ufffdA",
        "+A | ",
        "a+! | a!",
        "+AOk | \u00e9",
        "+AOkA6Q.b | \u00e9\u00e9.b",
      })
  void utf7(String encoded, String text) {
    String expected = text == null ? "" : text;
    assertThat(new String(Parsing.octets(encoded), Utf7.CHARSET)).isEqualTo(expected);
    assertThat(facts("utf-7", Parsing.octets(encoded)).preview()).isEqualTo(expected.strip());
  }

  @Test
  void utf7InHeadersAndBase64() {
    String subject = "Subject: =?utf-7?Q?+AOk-t=2bAOk-?=\n\n";
    assertThat(Parsing.parse(subject).facts().subject()).isEqualTo("\u00e9t\u00e9");
  }

  @Property(tries = 500)
  void whatIsWrittenInUtf7IsRead(@ForAll String text, @ForAll boolean lone) {
    String whole = lone ? text : text.replaceAll("[\\ud800-\\udfff]", "");
    String base64 = Base64.getEncoder().withoutPadding().encodeToString(whole.getBytes(UTF_16BE));
    String encoded = whole.isEmpty() ? "" : "+" + base64 + "-";
    // Java writes half a pair as U+FFFD.
    String expected = new String(whole.getBytes(UTF_16BE), UTF_16BE);
    assertThat(new String(Parsing.octets(encoded), Utf7.CHARSET)).isEqualTo(expected);
  }

  @Property(tries = 500)
  void anyOctetsAreHarmless(@ForAll @Size(max = 60) byte[] octets) {
    String text = new String(octets, Utf7.CHARSET);
    assertThat(text.length()).isLessThanOrEqualTo(octets.length + 1);
    assertThat(text.codePoints()).noneMatch(c -> c >= 0xd800 && c < 0xe000);
    assertThat(facts("utf-7", octets).words()).startsWith(" ").endsWith(" ");
  }
}
