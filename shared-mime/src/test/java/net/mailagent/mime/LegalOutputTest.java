package net.mailagent.mime;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/** Whatever is sent, ENVELOPE, BODY and BODYSTRUCTURE are what the grammar of IMAP allows. */
class LegalOutputTest {
  private static final String[] FIELDS = {
    "From: ",
    "To: ",
    "Cc: ",
    "Sender: ",
    "Subject: ",
    "Date: ",
    "In-Reply-To: ",
    "Message-ID: ",
    "Content-Type: text/plain; ",
    "Content-Type: image/png; ",
    "Content-Type: ",
    "References: ",
    "Content-Type: message/rfc822; ",
    "Content-Type: multipart/mixed; boundary=b; ",
    "Content-Disposition: attachment; ",
    "Content-Disposition: ",
    "Content-Language: ",
    "Content-Location: ",
    "Content-MD5: ",
    "Content-ID: ",
    "Content-Description: ",
    "Content-Transfer-Encoding: ",
    "Content-Transfer-Encoding: base64",
  };
  private static final String[] PIECES = {
    "a",
    "b@c",
    "<a@b>",
    "<",
    ">",
    "@",
    ",",
    ";",
    ":",
    "(",
    ")",
    "\"",
    "\\",
    "\"a b\"",
    ".",
    " ",
    "\t",
    "\r",
    "\0",
    "\u00e9",
    "\u0001",
    "\u007f",
    "\r\n ",
    "\n\t",
    "=",
    "=?utf-8?q?=C3=A9?=",
    "name=x",
    "filename*=utf-8''%e9",
    "filename*0=\"a",
    "; charset=",
    "charset*1*=x",
    "name*0*=''%",
    "[",
    "]",
    "%",
    "en, de",
    "{3}",
    "NIL",
    "/",
    "text/html",
    "boundary=b",
    "*",
    "Mon, 1 Jan 2024 10:00:00 +0000",
    "1:",
    "-0700",
    "Re: ",
    "[x]",
    "(fwd)",
    "<a@b><c@d>",
    "undisclosed:;",
    "<@a,@b:c@d>",
  };

  @Provide
  Arbitrary<String> headers() {
    Arbitrary<String> value =
        Arbitraries.of(PIECES).list().ofMaxSize(8).map(list -> String.join("", list));
    Arbitrary<String> field =
        net.jqwik.api.Combinators.combine(Arbitraries.of(FIELDS), value)
            .as((f, v) -> f + v + "\r\n");
    return field.list().ofMaxSize(8).map(list -> String.join("", list));
  }

  @Property(tries = 2_000)
  void hostileFields(@ForAll("headers") String outer, @ForAll("headers") String inner) {
    check(Parsing.octets(outer + "\r\n--b\r\n" + inner + "\r\n--b\r\n\r\nx\r\n--b--\r\n"));
    check(Parsing.octets("Content-Type: message/rfc822\r\n\r\n" + inner + "\r\ntext"));
  }

  @Property(tries = 1_000)
  void randomTrees(@ForAll long seed) {
    check(Parsing.octets(new RandomMessage(new Random(seed)).text()));
  }

  @Property(tries = 200)
  void randomOctetsAsFields(@ForAll byte[] octets) {
    String text = new String(octets, java.nio.charset.StandardCharsets.ISO_8859_1);
    for (String field : FIELDS) {
      check(Parsing.octets(field + text + "\r\n\r\n--b\r\n\r\nx"));
    }
  }

  private static void check(byte[] raw) {
    Parsing.Outcome outcome = Parsing.run(MimeLimits.standard(), raw, raw.length);
    ParsedMessage message = outcome.message();
    ImapGrammar.envelope(message.envelope());
    ImapGrammar.body(message.body(), false);
    ImapGrammar.body(message.bodyStructure(), true);
    MimePart root = message.root();
    assertThat(MimeTreeCodec.decode(MimeTreeCodec.encode(root))).isEqualTo(root);
    assertThat(message.facts().preview().codePointCount(0, message.facts().preview().length()))
        .isLessThanOrEqualTo(200);
    assertThat(message.facts().words()).startsWith(" ").endsWith(" ").doesNotContain("  ");
    ParsedMessage pieces = Parsing.run(MimeLimits.standard(), raw, 3).message();
    assertThat(pieces.envelope()).isEqualTo(message.envelope());
    assertThat(pieces.bodyStructure()).isEqualTo(message.bodyStructure());
    assertThat(pieces.facts()).isEqualTo(message.facts());
    TextExtractor extractor =
        new TextExtractor(
            root, (start, end) -> Sources.of(raw, start, end, 7), MimeLimits.standard());
    boolean unannounced = message.facts().wordsTruncated();
    for (String word : message.facts().words().strip().split(" ", -1)) {
      assertThat(unannounced || extractor.contains(word)).as(word).isTrue();
    }
  }
}
