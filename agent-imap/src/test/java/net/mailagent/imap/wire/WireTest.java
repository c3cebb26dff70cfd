package net.mailagent.imap.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.LongRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

class WireTest {
  @Test
  void namesGoOverTheWireInModifiedUtf7() {
    // RFC 3501 section 5.1.3
    assertThat(ModifiedUtf7.decode("~peter/mail/&U,BTFw-/&ZeVnLIqe-"))
        .isEqualTo("~peter/mail/\u53f0\u5317/\u65e5\u672c\u8a9e");
    assertThat(ModifiedUtf7.encode("~peter/mail/\u53f0\u5317/\u65e5\u672c\u8a9e"))
        .isEqualTo("~peter/mail/&U,BTFw-/&ZeVnLIqe-");
    assertThat(ModifiedUtf7.encode("A&B")).isEqualTo("A&-B");
    assertThat(ModifiedUtf7.decode("A&-B")).isEqualTo("A&B");
  }

  @Test
  void whatIsNoModifiedUtf7StandsForItself() {
    for (String raw : List.of("A&B", "A & B", "&", "&&", "&/-", "&AAAA", "&A-", "Rock & Roll-")) {
      assertThat(ModifiedUtf7.decode(raw)).isEqualTo(raw);
    }
    // "a" needs no shift, so this is not the form of any name
    assertThat(ModifiedUtf7.decode("&AGE-")).isEqualTo("&AGE-");
    assertThat(ModifiedUtf7.decode("&".repeat(60_000))).hasSize(60_000);
  }

  @Test
  @Timeout(value = 10, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
  void aNameOfManyShiftsIsDecodedInLinearTime() {
    String shifts = "&".repeat(500_000);
    assertThat(ModifiedUtf7.decode(shifts + "-")).isEqualTo(shifts);
    assertThat(ModifiedUtf7.decode("&AAAA/&A&-B&U,BTFw-")).isEqualTo("&AAAA/&A&B\u53f0\u5317");
  }

  @Property(tries = 300)
  void everyNameComesBack(@ForAll String name) {
    String whole = name.replaceAll("[\ud800-\udfff]", "");
    assertThat(ModifiedUtf7.decode(ModifiedUtf7.encode(whole))).isEqualTo(whole);
    assertThat(ModifiedUtf7.encode(whole)).matches("[ -~]*");
  }

  @Property(tries = 500)
  void setsMeanWhatTheySay(
      @ForAll @Size(min = 1, max = 8) List<@IntRange(min = 0, max = 30) Integer> ends,
      @ForAll @IntRange(min = 0, max = 25) int largest)
      throws SyntaxError {
    StringBuilder text = new StringBuilder();
    BitSet expected = new BitSet();
    for (int i = 0; i + 1 < ends.size() || i == 0; i += 2) {
      int from = ends.get(i);
      int to = i + 1 < ends.size() ? ends.get(i + 1) : from;
      text.append(i == 0 ? "" : ",").append(from == 0 ? "*" : from);
      text.append(':').append(to == 0 ? "*" : to);
      int a = from == 0 ? largest : from;
      int b = to == 0 ? largest : to;
      if (a > 0 && b > 0) {
        expected.set(Math.min(a, b), Math.max(a, b) + 1);
      }
    }
    SequenceSet set = SequenceSet.parse(Text.parser(text.toString()));
    BitSet seen = new BitSet();
    List<Integer> starts = new ArrayList<>();
    set.ranges(
        largest,
        (from, to) -> {
          assertThat(starts.isEmpty() || from > starts.getLast() + 1).isTrue();
          starts.add(to);
          seen.set(from, to + 1);
        });
    assertThat(seen).isEqualTo(expected);
  }

  @Test
  void aSetOfTheLargestNumbersIsBounded() throws SyntaxError {
    SequenceSet set = SequenceSet.parse(Text.parser("4294967295,2147483647:*,1:4294967295"));
    List<String> ranges = new ArrayList<>();
    set.ranges(7, (from, to) -> ranges.add(from + ":" + to));
    assertThat(ranges).containsExactly("1:2147483647");
    assertThat(set.exceeds(7)).isTrue();
    for (String bad : List.of("0", "1,", ",1", "1::2", "a", "4294967296", "1:", "-1")) {
      assertThatThrownBy(
              () -> {
                Parser p = Text.parser(bad);
                SequenceSet.parse(p);
                p.end();
              })
          .as(bad)
          .isInstanceOf(SyntaxError.class);
    }
  }

  @Test
  void datesAreReadAndWritten() throws SyntaxError {
    // RFC 3501 section 6.3.11 and its grammar
    long seconds = Dates.dateTime(Text.parser("\" 7-Feb-1994 21:52:25 -0800\""));
    assertThat(seconds).isEqualTo(760_686_745L);
    assertThat(Dates.format(seconds)).isEqualTo("08-Feb-1994 05:52:25 +0000");
    assertThat(Dates.date(Text.parser("1-feb-1994"))).isEqualTo("1994-02-01");
    assertThat(Dates.date(Text.parser("\"29-FEB-2024\""))).isEqualTo("2024-02-29");
    for (String bad :
        List.of("30-Feb-2024", "1-Foo-2024", "1-Feb-24x", "32-Jan-2024", "1 Feb 2024")) {
      assertThatThrownBy(
              () -> {
                Parser p = Text.parser(bad);
                Dates.date(p);
                p.end();
              })
          .as(bad)
          .isInstanceOf(SyntaxError.class);
    }
    for (String bad :
        List.of(
            "\"07-Feb-1994 24:00:00 +0000\"",
            "\"07-Feb-1994 21:52:25 +9999\"",
            "\"07-Feb-1994 21:52:25\"",
            "\"31-Dec-9999 23:59:59 -0100\"", // in UTC no year of four digits
            "\"01-Jan-0000 00:00:00 +0100\"",
            "07-Feb-1994")) {
      assertThatThrownBy(() -> Dates.dateTime(Text.parser(bad)))
          .as(bad)
          .isInstanceOf(SyntaxError.class);
    }
  }

  @Property(tries = 200)
  void everyInternalDateComesBack(
      @ForAll @LongRange(min = -62_135_596_800L, max = 253_402_300_799L) long seconds)
      throws SyntaxError {
    assertThat(Dates.dateTime(Text.parser('"' + Dates.format(seconds) + '"'))).isEqualTo(seconds);
  }

  @Test
  void literalsAreAskedForOneByOne() throws SyntaxError {
    Text text = new Text("a LOGIN {5}\r\nalice {6+}\r\nse\r\net {0}\r\n\r\n");
    Parser p = new Parser(text, Text.LIMITS);
    assertThat(p.tag()).isEqualTo("a");
    p.space();
    assertThat(p.word("a word")).isEqualTo("LOGIN");
    p.space();
    assertThat(p.utf8("a string")).isEqualTo("alice");
    p.space();
    assertThat(p.utf8("a string")).isEqualTo("se\r\net");
    p.space();
    assertThat(p.utf8("a string")).isEmpty();
    p.end();
    p.skipRest();
    assertThat(text.asked).containsExactly("OK, 5 octets", "OK, 0 octets");
    assertThat(text.left()).isZero();
  }

  @Test
  void whatIsNotWantedIsSkippedWithoutBeingAskedFor() throws SyntaxError {
    Text text = new Text("a FOO {5+}\r\nabcde {3+}\r\nabc {4}\r\nb NOOP\r\n");
    Parser p = new Parser(text, Text.LIMITS);
    p.tag();
    p.skipRest();
    assertThat(text.asked).isEmpty();
    assertThat(new Parser(text, Text.LIMITS).tag()).isEqualTo("b");
  }

  @Test
  void literalsHaveCumulativeBounds() throws SyntaxError {
    WireLimits limits = new WireLimits(1000, 10, 15, 5, 20, 100);
    Text text =
        new Text("a {11+}\r\n01234567890\r\nb {10+}\r\n0123456789 {6+}\r\n012345\r\nc \r\n");
    Parser a = new Parser(text, limits);
    a.tag();
    a.space();
    assertThatThrownBy(a::string).hasMessageContaining("more than 10 octets");
    a.skipRest();
    Parser b = new Parser(text, limits);
    assertThat(b.tag()).isEqualTo("b");
    b.space();
    assertThat(b.string()).hasSize(10);
    b.space();
    assertThatThrownBy(b::string).hasMessageContaining("more than 15 octets together");
    b.skipRest();
    assertThat(new Parser(text, limits).tag()).isEqualTo("c");
  }

  @Test
  void errorsSayWhatAndWhere() throws SyntaxError {
    Parser p = Text.parser("a1 STORE x");
    p.tag();
    p.space();
    p.word("a command");
    p.space();
    assertThatThrownBy(() -> SequenceSet.parse(p))
        .hasMessage("expected a number or '*', not 'x', at octet 10");
  }

  @Test
  void stringsAreQuotedOrLiteralAsNeeded() {
    assertThat(written(out -> out.string("a \"b\" \\c"))).isEqualTo("\"a \\\"b\\\" \\\\c\"");
    assertThat(written(out -> out.string("a\r\nb"))).isEqualTo("{4}\r\na\r\nb");
    assertThat(written(out -> out.string("\u00e9"))).isEqualTo("{2}\r\n\u00c3\u00a9");
    assertThat(written(out -> out.astring("INBOX"))).isEqualTo("INBOX");
    assertThat(written(out -> out.astring("nil"))).isEqualTo("\"nil\"");
    assertThat(written(out -> out.astring(""))).isEqualTo("\"\"");
    assertThat(written(out -> out.mailbox("Entw\u00fcrfe"))).isEqualTo("Entw&APw-rfe");
    assertThat(written(out -> out.mailbox("a b(c)"))).isEqualTo("\"a b(c)\"");
  }

  @Test
  void longOutputIsPassedOnInPieces() {
    List<Integer> pieces = new ArrayList<>();
    ResponseWriter out =
        new ResponseWriter(octets -> {
          pieces.add(octets.remaining());
          octets.position(octets.limit());
        });
    for (int i = 0; i < 10_000; i++) {
      out.number(i).space();
    }
    out.octets(new byte[100_000]);
    out.text("x".repeat(20_000)).crlf().drain();
    assertThat(pieces.stream().mapToInt(Integer::intValue).sum())
        .isEqualTo(48_890 + 100_000 + 20_002);
    assertThat(pieces).hasSizeLessThan(20);
  }

  private static String written(java.util.function.Consumer<ResponseWriter> writing) {
    StringBuilder all = new StringBuilder();
    ResponseWriter out = new ResponseWriter(octets -> all.append(text(octets)));
    writing.accept(out);
    out.drain();
    return all.toString();
  }

  private static String text(ByteBuffer octets) {
    return StandardCharsets.ISO_8859_1.decode(octets).toString();
  }
}
