package net.mailagent.mime;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** ENVELOPE as RFC 9051 section 7.5.2 has it. */
class EnvelopeTest {
  private static String envelope(String header) {
    byte[] envelope = Parsing.parse(header + "\n\nbody\n").envelope();
    return new String(envelope, StandardCharsets.ISO_8859_1);
  }

  /** The To list of a message whose To field is this, NIL or in parentheses. */
  private static String to(String field) {
    String all = envelope("To: " + field);
    String before = "(NIL NIL NIL NIL NIL ";
    String after = " NIL NIL NIL NIL)";
    assertThat(all).startsWith(before).endsWith(after);
    return all.substring(before.length(), all.length() - after.length());
  }

  @Test
  void theExampleOfRfc3501Section8() {
    String header =
        """
        Date: Wed, 17 Jul 1996 02:23:25 -0700 (PDT)
        From: Terry Gray <gray@cac.washington.edu>
        Subject: IMAP4rev1 WG mtg summary and minutes
        To: imap@cac.washington.edu
        cc: minutes@CNRI.Reston.VA.US, John Klensin <KLENSIN@MIT.EDU>
        Message-Id: <B27397-0100000@cac.washington.edu>
        MIME-Version: 1.0
        Content-Type: TEXT/PLAIN; CHARSET=US-ASCII\
        """;
    String gray = "((\"Terry Gray\" NIL \"gray\" \"cac.washington.edu\"))";
    assertThat(envelope(header))
        .isEqualTo(
            "(\"Wed, 17 Jul 1996 02:23:25 -0700 (PDT)\""
                + " \"IMAP4rev1 WG mtg summary and minutes\" "
                + (gray + " " + gray + " " + gray)
                + " ((NIL NIL \"imap\" \"cac.washington.edu\"))"
                + " ((NIL NIL \"minutes\" \"CNRI.Reston.VA.US\")"
                + "(\"John Klensin\" NIL \"KLENSIN\" \"MIT.EDU\")) NIL NIL"
                + " \"<B27397-0100000@cac.washington.edu>\")");
  }

  @Test
  void aMessageWithoutHeaderHasAnEnvelopeOfNils() {
    assertThat(envelope("")).isEqualTo(EnvelopeWriter.EMPTY);
  }

  @Test
  void presentButEmptyFieldsAreEmptyStringsAndAddressesNil() {
    assertThat(envelope("Subject:\nTo:\nDate: \nMessage-ID:"))
        .isEqualTo("(\"\" \"\" NIL NIL NIL NIL NIL NIL NIL \"\")");
  }

  @Test
  void senderAndReplyToStandForThemselvesWhenSent() {
    assertThat(envelope("From: a@b\nSender: c@d\nReply-To: e@f"))
        .isEqualTo(
            "(NIL NIL ((NIL NIL \"a\" \"b\")) ((NIL NIL \"c\" \"d\")) ((NIL NIL \"e\" \"f\"))"
                + " NIL NIL NIL NIL NIL)");
    assertThat(envelope("From: a@b\nSender: \nReply-To: ()"))
        .startsWith("(NIL NIL ((NIL NIL \"a\" \"b\")) ((NIL NIL \"a\" \"b\")) ((NIL NIL \"a\"");
  }

  @Test
  void encodedWordsStayAsTheyAreAndFoldsGo() {
    assertThat(envelope("Subject: =?utf-8?Q?caf=C3=A9?=\n =?utf-8?B?w6k=?="))
        .isEqualTo(
            "(NIL \"=?utf-8?Q?caf=C3=A9?= =?utf-8?B?w6k=?=\" NIL NIL NIL NIL NIL NIL NIL NIL)");
    assertThat(to("=?iso-8859-1?Q?Andr=E9?= Pirard <p@x.be>"))
        .isEqualTo("((\"=?iso-8859-1?Q?Andr=E9?= Pirard\" NIL \"p\" \"x.be\"))");
  }

  @Test
  void eightBitGoesAsLiteralQuotesAreEscapedAndNulIsDropped() {
    assertThat(envelope("Subject: caf\u00c3\u00a9"))
        .isEqualTo("(NIL {5}\r\ncaf\u00c3\u00a9 NIL NIL NIL NIL NIL NIL NIL NIL)");
    assertThat(envelope("Subject: a \"b\" \\c\0d"))
        .isEqualTo("(NIL \"a \\\"b\\\" \\\\cd\" NIL NIL NIL NIL NIL NIL NIL NIL)");
    assertThat(envelope("Subject: a\rb")).startsWith("(NIL {3}\r\na\rb NIL");
  }

  @Test
  void repeatedAddressFieldsAreOneListAndOthersCountOnce() {
    assertThat(envelope("To: a@x\nSubject: one\nTo: b@x\nSubject: two"))
        .isEqualTo(
            "(NIL \"one\" NIL NIL NIL ((NIL NIL \"a\" \"x\")(NIL NIL \"b\" \"x\")) NIL NIL NIL"
                + " NIL)");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "a@b.c | ((NIL NIL \"a\" \"b.c\"))",
        "<a@b.c> | ((NIL NIL \"a\" \"b.c\"))",
        "A B <a@b.c> | ((\"A B\" NIL \"a\" \"b.c\"))",
        "\"B, A\" <a@b.c> | ((\"B, A\" NIL \"a\" \"b.c\"))",
        "\"A \\\"x\\\" \\\\B\" <a@b> | ((\"A \\\"x\\\" \\\\B\" NIL \"a\" \"b\"))",
        "\"A\" B. C <a@b> | ((\"A B. C\" NIL \"a\" \"b\"))",
        "a@b.c (A (x) B) | ((\"A (x) B\" NIL \"a\" \"b.c\"))",
        "<a@b.c> (A B) | ((\"A B\" NIL \"a\" \"b.c\"))",
        "\"a b\"@c | ((NIL NIL \"a b\" \"c\"))",
        "<\"a b\"@c> | ((NIL NIL \"a b\" \"c\"))",
        "a . b @ c . d | ((NIL NIL \"a.b\" \"c.d\"))",
        "a@[10.0.0.1] | ((NIL NIL \"a\" \"[10.0.0.1]\"))",
        "<@r1,@r2:a@b> | ((NIL \"@r1,@r2\" \"a\" \"b\"))",
        "a@x, b@y;c@z | ((NIL NIL \"a\" \"x\")(NIL NIL \"b\" \"y\")(NIL NIL \"c\" \"z\"))",
        "G: a@x, B <b@y>; | ((NIL NIL \"G\" NIL)(NIL NIL \"a\" \"x\")(\"B\" NIL \"b\" \"y\")(NIL"
            + " NIL NIL NIL))",
        "undisclosed-recipients:; | ((NIL NIL \"undisclosed-recipients\" NIL)(NIL NIL NIL NIL))",
        "G: a@x | ((NIL NIL \"G\" NIL)(NIL NIL \"a\" \"x\")(NIL NIL NIL NIL))",
        "\"My Group\": a@x;, b@y | ((NIL NIL \"My Group\" NIL)(NIL NIL \"a\" \"x\")(NIL NIL NIL"
            + " NIL)(NIL NIL \"b\" \"y\"))",
        "a@x <a@x> | ((\"a@x\" NIL \"a\" \"x\"))",
        "John Smith js@x | ((\"John Smith\" NIL \"js\" \"x\"))",
        "root | ((NIL NIL \"root\" \"\"))",
        "John Smith | ((\"John Smith\" NIL \"\" \"\"))",
        "Foo <> | ((\"Foo\" NIL \"\" \"\"))",
        "<> | NIL",
        ",,,a@b,, | ((NIL NIL \"a\" \"b\"))",
        "<a@b | ((NIL NIL \"a\" \"b\"))",
        "\"unclosed a@b | ((NIL NIL \"unclosed a@b\" \"\"))",
        "(unclosed a@b | NIL",
      })
  void addressesAreReadAsTheyAreSent(String field, String expected) {
    assertThat(to(field)).isEqualTo(expected);
  }

  @Test
  void addressesPastTheBudgetAreLeftOutWhole() {
    MimeLimits limits = new MimeLimits(100, 10, 1 << 20, 100, 1 << 20, 50, 100, 100, 100);
    byte[] raw = Parsing.octets("To: " + "abcdefgh@example.com, ".repeat(10) + "\r\n\r\n");
    byte[] envelope = Parsing.run(limits, raw, 100).message().envelope();
    assertThat(new String(envelope, StandardCharsets.US_ASCII))
        .isEqualTo(
            "(NIL NIL NIL NIL NIL ((NIL NIL \"abcdefgh\" \"example.com\")"
                + "(NIL NIL \"abcdefgh\" \"example.com\")) NIL NIL NIL NIL)");
  }
}
