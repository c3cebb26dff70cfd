package net.mailagent.mime;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_16BE;
import static java.util.stream.Collectors.joining;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.Charset;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CharsetEncoder;
import java.util.Base64;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What mail calls its charsets, and those that the platform does not have. */
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
    "ISO-8859-10, a1bda6ffe7, \u0104\u2015\u0136\u0138\u012f",
    "latin6, 41ba, A\u0161",
    "iso-8859-14, a1deacd0fe, \u1e02\u0176\u1ef2\u0174\u0177",
    "x-iso-8859-14, f7, \u1e6b",
    "viscii, 5669ae74204e616d, Vi\u1ec7t Nam",
    "VISCII, 0278e7ff, \u1eb2x\u1eab\u1eee",
    "hz-gb-2312, 7e7b3c3a7e7d6b7e7e, \u5df1k~",
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

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      value = {
        // the example of RFC 1843
        "ASCII.~{<:Ky2;S{#,~}~/~{NpJ)l6HK!#~}Bye."
            + " | ASCII.\u5df1\u6240\u4e0d\u6b32\uff0c\u52ff\u65bd\u65bc\u4eba\u3002Bye.",
        "a~~b~ c~ | a~b~ c~",
        "~{0!/a0 | \u554a/a0", // no run goes past its line
        "~{0/a | \ufffd/a",
        "~{0 | \ufffd",
        "~{0 \u00fe~}~x | \ufffd\ufffd~x",
        "a~,/b~/c | a~,/bc",
      })
  void hz(String encoded, String text) {
    String lines = encoded.replace('/', '\n');
    assertThat(new String(Parsing.octets(lines), HzCharset.CHARSET))
        .isEqualTo(text.replace('/', '\n'));
  }

  @Property(tries = 500)
  void whatIsWrittenInHzIsRead(@ForAll List<@Size(max = 9) String> runs) {
    CharsetEncoder gb = Charset.forName("GB2312").newEncoder();
    StringBuilder text = new StringBuilder();
    StringBuilder encoded = new StringBuilder();
    for (String run : runs) {
      String ascii =
          run.chars().filter(c -> c < 0x80).mapToObj(Character::toString).collect(joining());
      encoded.append(ascii.replace("~", "~~"));
      String chinese =
          run.chars()
              .map(c -> 0x4e00 + c % 0x5000)
              .filter(c -> gb.canEncode((char) c))
              .mapToObj(Character::toString)
              .collect(joining());
      encoded.append("~{");
      for (byte octet : chinese.getBytes(gb.charset())) {
        encoded.append((char) (octet & 0x7f));
      }
      encoded.append("~}");
      text.append(ascii).append(chinese);
    }
    assertThat(new String(Parsing.octets(encoded.toString()), HzCharset.CHARSET))
        .isEqualTo(text.toString());
    assertThat(inPieces(Parsing.octets(encoded.toString()), HzCharset.CHARSET))
        .isEqualTo(text.toString());
  }

  /** Octet by octet, into room for two characters. */
  private static String inPieces(byte[] octets, Charset charset) {
    CharsetDecoder decoder = charset.newDecoder();
    StringBuilder text = new StringBuilder();
    CharBuffer out = CharBuffer.allocate(2);
    for (int i = 0; i < octets.length; i++) {
      ByteBuffer one = ByteBuffer.wrap(octets, i, 1);
      while (decoder.decode(one, out, i == octets.length - 1).isOverflow()) {
        text.append(out.flip());
        out.clear();
      }
      text.append(out.flip());
      out.clear();
    }
    if (octets.length > 0) {
      decoder.flush(out);
    }
    return text.append(out.flip()).toString();
  }

  @Property(tries = 500)
  void anyOctetsAreHarmlessInHz(@ForAll @Size(max = 60) byte[] octets) {
    String text = new String(octets, HzCharset.CHARSET);
    assertThat(inPieces(octets, HzCharset.CHARSET)).isEqualTo(text);
    assertThat(text.length()).isLessThanOrEqualTo(octets.length + 1);
  }

  @Property(tries = 500)
  void anyOctetsAreHarmless(@ForAll @Size(max = 60) byte[] octets) {
    String text = new String(octets, Utf7.CHARSET);
    assertThat(text.length()).isLessThanOrEqualTo(octets.length + 1);
    assertThat(text.codePoints()).noneMatch(c -> c >= 0xd800 && c < 0xe000);
    assertThat(facts("utf-7", octets).words()).startsWith(" ").endsWith(" ");
  }
}
