package net.mailagent.mime;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.LocalDate;
import java.util.List;
import net.mailagent.model.Attachment;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** What SEARCH, SORT, THREAD and previews are told. */
class MessageFactsTest {
  private static MessageFacts facts(String message) {
    return Parsing.parse(message).facts();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "Wed, 17 Jul 1996 02:23:25 -0700 (PDT) | 1996-07-17 | 1996-07-17T09:23:25Z",
        "17 Jul 1996 23:30 -0700 | 1996-07-17 | 1996-07-18T06:30:00Z",
        "Fri, 21 Nov 97 09:55:06 EST | 1997-11-21 | 1997-11-21T14:55:06Z",
        "Fri, 21 Nov 07 09:55:06 GMT | 2007-11-21 | 2007-11-21T09:55:06Z",
        "Fri, 21 Nov 102 09:55:06 Z | 2002-11-21 | 2002-11-21T09:55:06Z",
        "Sat Jan  3 01:05:34 1996 | 1996-01-03 | 1996-01-03T01:05:34Z",
        "03-Jan-1996 01:05:34 +0100 | 1996-01-03 | 1996-01-03T00:05:34Z",
        "Thu, 13 Feb 1969 23:32:00 -0330 | 1969-02-13 | 1969-02-14T03:02:00Z",
        "Fri, 21 Nov 1997 09(comment):   55  :  06 -0600 | 1997-11-21 | 1997-11-21T15:55:06Z",
        "1 (May (June)) July 2020 | 2020-07-01 | 2020-07-01T00:00:00Z",
        "Wed, 31 Dec 2014 23:59:60 +0000 | 2014-12-31 | 2014-12-31T23:59:59Z",
        "30 Feb 2020 00:00:00 +0000 | |",
        "yesterday | |",
      })
  void datesAsSentAndAsSeen(String field, String date, String instant) {
    MessageFacts facts = facts("Date: " + field + "\n\n");
    assertThat(facts.sentDate().map(LocalDate::toString).orElse(null)).isEqualTo(date);
    assertThat(facts.sent().map(Instant::toString).orElse(null)).isEqualTo(instant);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "Hello | hello",
        "Re: Hello | hello",
        "RE: Fwd: [list] re[2]: Hello (fwd) | hello",
        "[list] Hello | hello",
        "[list] | [list]",
        "[Fwd: Re: Hello] | hello",
        "Re :   Hello    World | hello world",
        "Recall: x | recall: x",
        "Re: | ``",
        "fw: [a][b] re: [c] x | x",
      })
  void baseSubjectsOfRfc5256(String subject, String base) {
    assertThat(facts("Subject: " + subject + "\n\n").baseSubject()).isEqualTo(base);
  }

  @Test
  void subjectsAreDecodedAndUnfolded() {
    assertThat(facts("Subject: =?utf-8?Q?caf=C3?=\n =?utf-8?Q?=A9_x?= =?iso-8859-1?B?6Q==?= y\n\n"))
        .extracting(MessageFacts::subject)
        .isEqualTo("caf\u00e9 x\u00e9 y");
    assertThat(facts("Subject: =?nope?Q?a?= =?utf-8?X?a?= =?utf-8?Q?a =?\n\n").subject())
        .isEqualTo("=?nope?Q?a?= =?utf-8?X?a?= =?utf-8?Q?a =?");
    assertThat(facts("Subject: caf\u00c3\u00a9\n\n").subject()).isEqualTo("caf\u00e9");
    assertThat(facts("Subject: caf\u00e9\n\n").subject()).isEqualTo("caf\u00e9");
  }

  @Test
  void threadsFollowReferencesThenInReplyToThenTheMessageItself() {
    MessageFacts all =
        facts("Message-ID: <m@x>\nIn-Reply-To: <p@x> of <q@x>\nReferences: <r@x>\n <p@x>\n\n");
    assertThat(all.messageId()).isEqualTo("<m@x>");
    assertThat(all.references()).containsExactly("<r@x>", "<p@x>", "<q@x>");
    assertThat(all.threadRoot()).isEqualTo("<r@x>");
    assertThat(facts("In-Reply-To: <p@x>\nMessage-ID: <m@x>\n\n").threadRoot()).isEqualTo("<p@x>");
    assertThat(facts("Message-ID: m@x\n\n").threadRoot()).isEqualTo("<m@x>");
    assertThat(facts("\n\n").threadRoot()).isEmpty();
    assertThat(facts("References: " + "<a@b>< c @d> ".repeat(3) + "<\n\n").references())
        .containsExactly("<a@b>", "<c@d>");
  }

  @Test
  void parentsCountWithoutReferences() {
    assertThat(facts("In-Reply-To: your <p@x> of <q@x>\n\n").parents())
        .containsExactly("<p@x>", "<q@x>");
    assertThat(facts("In-Reply-To: <p@x>\nReferences: <r@x>\n\n").parents()).isEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "Re: AW: [list] Re[2]: Hello  World | helloworld",
        "Antw: SV: Fwd: Hello World (fwd) | helloworld",
        "\u56de\u590d\uff1aRe^2: Hello World | helloworld",
        "\u041e\u0442\u0432: hello world | helloworld",
        "Vsomething: hello | vsomething:hello",
        "Hello: re: world | hello:re:world",
      })
  void subjectsOfOneThread(String subject, String common) {
    String field =
        new String(subject.getBytes(StandardCharsets.UTF_8), StandardCharsets.ISO_8859_1);
    assertThat(facts("Subject: " + field + "\n\n").threadSubject()).isEqualTo(common);
  }

  @Test
  void headersComeInOrderDecoded() {
    MessageFacts facts = facts("To: =?utf-8?Q?=C3=A9?= <a@b>\nX-A: 1\nno field\nx-a : 2\n 3\n\n");
    assertThat(facts.headers())
        .containsExactly(
            new HeaderField("to", "\u00e9 <a@b>"),
            new HeaderField("x-a", "1"),
            new HeaderField("x-a", "2 3"));
    assertThat(facts.headersTruncated()).isFalse();
  }

  @Test
  void headersAreBounded() {
    MimeLimits limits = new MimeLimits(100, 10, 1 << 20, 100, 1 << 20, 1_000, 100, 100, 100);
    byte[] raw = Parsing.octets("X-Name: value\r\n".repeat(100) + "\r\n");
    MessageFacts facts = Parsing.run(limits, raw, 64).message().facts();
    assertThat(facts.headersTruncated()).isTrue();
    assertThat(facts.headers()).hasSizeLessThan(12).contains(new HeaderField("x-name", "value"));
  }

  @Test
  void wordsComeFromTextsEmbeddedHeadersAndFileNames() {
    String message =
        """
        Subject: outside
        Content-Type: multipart/mixed; boundary=b

        preamble
        --b
        Content-Type: text/plain; charset=iso-8859-1
        Content-Transfer-Encoding: quoted-printable

        Un caf=E9 co=
        ntinued UPPER x2y
        --b
        Content-Type: text/html; charset=utf-8

        <style>hidden</style><p>fett<b>es</b></p><p title=attribute>&auml;rger</p>
        --b
        Content-Type: message/rfc822

        Subject: =?utf-8?Q?inneres?=
        From: Jane <jane@example.org>
        X-Other: unsearched

        embedded
        --b
        Content-Type: application/pdf; name="=?utf-8?Q?r=C3=A9sum=C3=A9.pdf?="

        binary
        --b--
        """;
    MessageFacts facts = facts(message);
    assertThat(facts.words().strip().split(" "))
        .containsExactlyInAnyOrder(
            "un",
            "caf\u00e9",
            "continued",
            "upper",
            "x2y",
            "fettes",
            "\u00e4rger",
            "inneres",
            "jane",
            "example",
            "org",
            "embedded",
            "r\u00e9sum\u00e9",
            "pdf");
    assertThat(facts.words()).startsWith(" ").endsWith(" ");
    assertThat(facts.wordsTruncated()).isFalse();
    assertThat(facts.attachments())
        .containsExactly(
            new Attachment(List.of(3), "", "message/rfc822", 92),
            new Attachment(List.of(4), "r\u00e9sum\u00e9.pdf", "application/pdf", 6));
    assertThat(facts.preview()).isEqualTo("Un caf\u00e9 continued UPPER x2y");
  }

  @Test
  void charsetsAreHandled() {
    Charset[] charsets = {
      StandardCharsets.UTF_8,
      StandardCharsets.UTF_16,
      Charset.forName("iso-2022-jp"),
      Charset.forName("euc-jp"),
      Charset.forName("shift_jis"),
      Charset.forName("gb18030"),
    };
    for (Charset charset : charsets) {
      String head = "Content-Type: text/plain; charset=" + charset.name() + "\r\n\r\n";
      byte[] body = "\u65e5\u672c\u8a9e and\r\nmore".getBytes(charset);
      byte[] raw = new byte[head.length() + body.length];
      System.arraycopy(Parsing.octets(head), 0, raw, 0, head.length());
      System.arraycopy(body, 0, raw, head.length(), body.length);
      for (int buffer : new int[] {1, 2, 3, 1_000}) {
        String words = Parsing.run(MimeLimits.standard(), raw, buffer).message().facts().words();
        assertThat(words).as(charset.name()).isEqualTo(" \u65e5\u672c\u8a9e and more ");
      }
    }
    assertThat(facts("Content-Type: text/plain; charset=nope\n\ncaf\u00e9 \u00c3\u00a9").words())
        .isEqualTo(" caf\u00e9 \u00e3 ");
    assertThat(facts("\n\u00c3\u00a9 caf\u00e9 \u00c3\u00a9").words())
        .isEqualTo(" \u00e9 caf\u00e9 \u00e3 ");
  }

  @Test
  void previewsShowTheFirstTextThatIsThere() {
    String html = "Content-Type: text/html\n\n<p>Hello&nbsp;<b>wor</b>ld</p> <p>two</p>";
    assertThat(facts(html).preview()).isEqualTo("Hello world two");
    assertThat(facts("\n" + "\ud83d\ude00 x".repeat(0) + "ab ".repeat(100)).preview())
        .hasSize(200)
        .startsWith("ab ab");
    String attached =
        "Content-Type: multipart/mixed; boundary=b\n\n--b\nContent-Disposition: attachment\n\nno\n"
            + "--b\n\n \n--b\n\nyes\n--b--\n";
    assertThat(facts(attached).preview()).isEqualTo("yes");
    assertThat(facts("").preview()).isEmpty();
  }

  @ParameterizedTest
  @MethodSource("previews")
  void previewsLeaveOutWhatIsQuotedAndNoise(String text, String preview) {
    assertThat(facts("\n" + text).preview()).isEqualTo(preview);
  }

  static List<Arguments> previews() {
    return List.of(
        Arguments.of("> old\n> older\n\nNew words\n", "New words"),
        Arguments.of("On Mon, 1 Jan 2024 at 10:00, Bob <b@x.org> wrote:\n> old\n\nYes.\n", "Yes."),
        Arguments.of("Yes.\n\nAm 1.1.2024 um 10:00\nschrieb Bob:\n\n> alt\n", "Yes."),
        Arguments.of("Three points in 2024:\n\n1. one\n", "Three points in 2024: 1. one"),
        Arguments.of("I like this:\n> old\n", "I like this:"),
        Arguments.of("a\nb\nc\nd 1:\n> old\nend", "a b c d 1: end"),
        Arguments.of("Hi\n-- \nBob, Chief of 7\n", "Hi"),
        Arguments.of("Hi\n-----Original Message-----\nFrom: x\n", "Hi"),
        Arguments.of("---------- Forwarded message ---------\nFrom: x\n", "From: x"),
        Arguments.of("Hi\n________________________________\nFrom: x\n", "Hi"),
        Arguments.of("> only\n>> quoted <https://x.org/y>\n", "only quoted"),
        Arguments.of("=====\n* * *\n[image: Logo] See <https://x.org/y> it\n-----\n", "See it"),
        Arguments.of("\u2014\u2014\u2014\n:-)\n", ""),
        Arguments.of("> " + "x ".repeat(2_000) + "\nsaid", "said"),
        Arguments.of("a\u00ad b\u0001c\n", "a b c"));
  }

  @Test
  void previewsOfHtmlLeaveOutWhatIsQuoted() {
    String html =
        "Content-Type: text/html; charset=utf-8\n\n<html><head><title>Title</title>"
            + "<style>p { x: y }</style></head><body><div>Fine with <b>me</b>,<br>thanks</div>"
            + "<div class=\"x gmail_quote\"><div class=gmail_attr>On 1.1. wrote:</div>"
            + "<blockquote>old words<p>older</blockquote></div><p>after</body></html>";
    MessageFacts facts = facts(html);
    assertThat(facts.preview()).isEqualTo("Fine with me, thanks after");
    assertThat(facts.words()).contains(" title ", " old ", " older ", " wrote ", " after ");
    String quoted = "Content-Type: text/html\n\n<title>t</title><blockquote>all of it</blockquote>";
    assertThat(facts(quoted).preview()).isEqualTo("t all of it");
  }

  @Test
  void wordsAreBoundedAndSaySo() {
    MimeLimits limits = new MimeLimits(100, 10, 1 << 20, 100, 1 << 20, 1_000, 1_000, 10_000, 30);
    byte[] raw = Parsing.octets("\r\nalpha beta alpha gamma delta epsilon zeta\r\n");
    MessageFacts facts = Parsing.run(limits, raw, 7).message().facts();
    assertThat(facts.wordsTruncated()).isTrue();
    assertThat(facts.words()).startsWith(" alpha beta gamma delta ").hasSizeLessThanOrEqualTo(30);
    MimeLimits shortPart = new MimeLimits(100, 10, 1 << 20, 100, 1 << 20, 1_000, 1_000, 9, 1_000);
    MessageFacts cut = Parsing.run(shortPart, raw, 7).message().facts();
    assertThat(cut.words()).isEqualTo(" alpha bet ");
    assertThat(cut.wordsTruncated()).isTrue();
  }

  @Test
  void theBoundOfTextIsOneForAllParts() {
    String part = "--b\n\nalpha\n";
    byte[] raw =
        Parsing.octets(
            "Content-Type: multipart/mixed; boundary=b\n\n"
                + part
                + part.replace("alpha", "beta b")
                + part.replace("alpha", "gamma")
                + "--b--\n");
    MimeLimits limits = new MimeLimits(100, 10, 1 << 20, 100, 1 << 20, 1_000, 1_000, 9, 1_000);
    for (int piece = 1; piece < 9; piece++) {
      MessageFacts facts = Parsing.run(limits, raw, piece).message().facts();
      assertThat(facts.words()).isEqualTo(" alpha beta ");
      assertThat(facts.wordsTruncated()).isTrue();
    }
  }

  @Test
  void aMultipartWithoutPartsIsNotInTheWords() {
    MessageFacts facts = facts("Content-Type: multipart/mixed; boundary=b\n\nlost\n");
    assertThat(facts.wordsTruncated()).isTrue();
    assertThat(List.of(facts.words())).containsExactly(" ");
  }
}
