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

/** Base64 and quoted-printable, sound and damaged, in blocks of any size. */
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
  void anythingDecodesTheSameInAnyBlocks(@ForAll byte[] octets, @ForAll int cut) {
    for (String encoding : new String[] {"base64", "quoted-printable", "x-other"}) {
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
    assertThat(TransferDecoding.supports("x-uuencode")).isFalse();
  }
}
