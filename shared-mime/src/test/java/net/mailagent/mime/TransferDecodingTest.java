package net.mailagent.mime;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.mailagent.model.ByteSource;
import org.apache.james.mime4j.codec.QuotedPrintableOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Base64, quoted-printable and uuencode, sound and damaged, in blocks of any size. */
class TransferDecodingTest {
  private static byte[] decode(byte[] encoded, String encoding, int block) {
    ByteSource source = TransferDecoding.decode(() -> Sources.of(encoded, block), encoding);
    long length = source.length();
    byte[] octets = Sources.read(source);
    assertThat(length).isEqualTo(octets.length);
    return octets;
  }

  private static String decode(String encoded, String encoding) {
    byte[] whole = decode(Parsing.octets(encoded), encoding, 1_000);
    for (int block : new int[] {1, 2, 3, 5}) {
      assertThat(decode(Parsing.octets(encoded), encoding, block)).isEqualTo(whole);
    }
    return new String(whole, StandardCharsets.ISO_8859_1);
  }

  @Property(tries = 500)
  void base64ComesBack(@ForAll byte[] octets, @ForAll int cut) {
    byte[] encoded = Base64.getMimeEncoder().encode(octets);
    int block = 1 + Math.floorMod(cut, 80);
    assertThat(decode(encoded, "base64", block)).isEqualTo(octets);
  }

  @Property(tries = 500)
  void quotedPrintableComesBack(@ForAll byte[] octets, @ForAll int cut) throws IOException {
    ByteArrayOutputStream encoded = new ByteArrayOutputStream();
    try (QuotedPrintableOutputStream out = new QuotedPrintableOutputStream(encoded, true)) {
      out.write(octets);
    }
    int block = 1 + Math.floorMod(cut, 80);
    assertThat(decode(encoded.toByteArray(), "quoted-printable", block)).isEqualTo(octets);
  }

  @Property(tries = 500)
  void uuencodeComesBack(@ForAll byte[] octets, @ForAll int cut, @ForAll boolean stripped) {
    String encoded = uuencode(octets, 1 + Math.floorMod(cut, 63), stripped);
    int block = 1 + Math.floorMod(cut, 80);
    assertThat(decode(Parsing.octets(encoded), "x-uuencode", block)).isEqualTo(octets);
  }

  /** As POSIX has it; blanks for zeros, which gateways strip from the ends of lines. */
  private static String uuencode(byte[] octets, int perLine, boolean stripped) {
    StringBuilder text = new StringBuilder("a word before\r\nbegin 644 name\r\n");
    for (int from = 0; from < octets.length; from += perLine) {
      int count = Math.min(perLine, octets.length - from);
      StringBuilder line = new StringBuilder().append((char) (' ' + count));
      for (int i = 0; i < count; i += 3) {
        int group = 0;
        for (int j = i; j < i + 3; j++) {
          group = group << 8 | (j < count ? octets[from + j] & 0xff : 0);
        }
        for (int shift = 18; shift >= 0; shift -= 6) {
          line.append((char) (' ' + (group >> shift & 0x3f)));
        }
      }
      text.append(stripped ? line.toString().stripTrailing() : line).append("\r\n");
    }
    return text.append("`\r\nend\r\nand one behind\r\n").toString();
  }

  @Test
  void damagedUuencodeGivesWhatIsThere() {
    assertThat(decode("begin 644 a\r\n#04)#\r\n`\r\nend\r\n", "x-uuencode")).isEqualTo("ABC");
    assertThat(decode("begin 644 a\n#04)#", "uuencode")).isEqualTo("ABC");
    assertThat(decode("#04)#\r\n", "x-uue")).as("no beginning").isEmpty();
    assertThat(decode("begin 1 a\nxyz\n#04)#too long\n\nend\n#04)#\nbegin 1 b\n!1 \nend", "x-uue"))
        .isEqualTo("ABCD");
  }

  @Property(tries = 500)
  void anythingDecodesTheSameInAnyBlocks(@ForAll byte[] octets, @ForAll int cut) {
    for (String encoding : new String[] {"base64", "quoted-printable", "x-uuencode", "x-other"}) {
      int block = 1 + Math.floorMod(cut, 10);
      assertThat(decode(octets, encoding, block)).isEqualTo(decode(octets, encoding, 10_000));
    }
  }

  @ParameterizedTest
  @CsvSource(
      quoteCharacter = '`',
      value = {
        "QUJD,ABC",
        "QUI=,AB",
        "QQ==,A",
        "QUI,AB",
        "QQ,A",
        "Q,``",
        "QQ==QUI=,AAB",
        "Q-U!J D,ABC"
      })
  void damagedBase64GivesWhatIsThere(String encoded, String expected) {
    assertThat(decode(encoded, "base64")).isEqualTo(expected);
  }

  @Test
  void quotedPrintableAsRfc2045Section67HasIt() {
    assertThat(decode("a=3Db=\r\nc  \r\nd=20\t\r\ne=\ne", "quoted-printable"))
        .isEqualTo("a=bc\r\nd \r\nee");
    assertThat(decode("=e9=E9", "quoted-printable")).isEqualTo("\u00e9\u00e9");
    assertThat(decode("soft= \t\r\nline", "quoted-printable")).isEqualTo("softline");
    assertThat(decode("a\rb \nc", "quoted-printable")).isEqualTo("a\rb\nc");
  }

  @Test
  void damagedQuotedPrintableStaysAsItIs() {
    assertThat(decode("100=%, =4, =xy, =", "quoted-printable")).isEqualTo("100=%, =4, =xy, ");
    assertThat(decode("a==41", "quoted-printable")).isEqualTo("a=A");
    assertThat(decode("a" + " ".repeat(5_000) + "b", "quoted-printable"))
        .isEqualTo("a" + " ".repeat(5_000) + "b");
    assertThat(decode("a=4", "quoted-printable")).isEqualTo("a=4");
  }

  @Test
  void whatIsSupported() {
    assertThat(TransferDecoding.supports("base64")).isTrue();
    assertThat(TransferDecoding.supports("binary")).isTrue();
    assertThat(TransferDecoding.supports("x-uuencode")).isTrue();
    assertThat(TransferDecoding.supports("x-other")).isFalse();
  }
}
