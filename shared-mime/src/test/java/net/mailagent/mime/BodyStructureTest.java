package net.mailagent.mime;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

/** BODY and BODYSTRUCTURE as RFC 9051 section 7.5.2 has them. */
class BodyStructureTest {
  private static String body(String message) {
    return new String(Parsing.parse(message).body(), StandardCharsets.ISO_8859_1);
  }

  private static String structure(String message) {
    return new String(Parsing.parse(message).bodyStructure(), StandardCharsets.ISO_8859_1);
  }

  @Test
  void theExampleOfRfc3501Section742() {
    String text = "0123456789012345678901234567890123456789012345678\n".repeat(22); // 1122 octets
    String diff = "x".repeat(60) + "\n";
    String message =
        "Content-Type: multipart/mixed; boundary=b\n\n--b\n"
            + "Content-Type: TEXT/PLAIN; CHARSET=US-ASCII\n\n"
            + (text + "y".repeat(28) + "\n\n--b\n")
            + "Content-Type: TEXT/PLAIN; CHARSET=US-ASCII; NAME=\"cc.diff\"\n"
            + "Content-ID: <960723163407.20117h@cac.washington.edu>\n"
            + "Content-Description: Compiler diff\n"
            + "Content-Transfer-Encoding: BASE64\n\n"
            + (diff.repeat(73) + "z".repeat(53) + "\n--b--\n");
    assertThat(body(message))
        .isEqualTo(
            "((\"TEXT\" \"PLAIN\" (\"CHARSET\" \"US-ASCII\") NIL NIL \"7BIT\" 1152 23)"
                + "(\"TEXT\" \"PLAIN\" (\"CHARSET\" \"US-ASCII\" \"NAME\" \"cc.diff\")"
                + " \"<960723163407.20117h@cac.washington.edu>\" \"Compiler diff\""
                + " \"BASE64\" 4579 73) \"mixed\")");
  }

  @Test
  void aPlainMessageWithoutAnyMimeField() {
    String message = "Subject: x\n\none\ntwo\n";
    String text = "(\"TEXT\" \"PLAIN\" (\"CHARSET\" \"US-ASCII\") NIL NIL \"7BIT\" 10 2";
    assertThat(body(message)).isEqualTo(text + ")");
    assertThat(structure(message)).isEqualTo(text + " NIL NIL NIL NIL)");
  }

  @Test
  void everyFieldHasItsPlace() {
    String message =
        """
        Content-Type: Image/PNG; name="a b.png"; x=1
        Content-Transfer-Encoding: Base64
        Content-ID: <i@d>
        Content-Description: a "picture"
        Content-MD5: Q2hlY2sgSW50ZWdyaXR5IQ==
        Content-Disposition: inline; filename="a b.png"; size=3
        Content-Language: en, de
        Content-Location: http://x/y

        QUJD\
        """;
    assertThat(structure(message))
        .isEqualTo(
            "(\"Image\" \"PNG\" (\"name\" \"a b.png\" \"x\" \"1\") \"<i@d>\" \"a \\\"picture\\\"\""
                + " \"Base64\" 4 \"Q2hlY2sgSW50ZWdyaXR5IQ==\""
                + " (\"inline\" (\"filename\" \"a b.png\" \"size\" \"3\")) (\"en\" \"de\")"
                + " \"http://x/y\")");
  }

  @Test
  void aMultipartHasItsParametersAndExtension() {
    String message =
        """
        Content-Type: multipart/alternative; boundary="=_b"; type="x"
        Content-Disposition: attachment
        Content-Language: fr

        preamble
        --=_b

        a
        --=_b
        Content-Type: text/html; charset=utf-8

        <b>
        --=_b--
        epilogue
        """;
    String plain = "(\"TEXT\" \"PLAIN\" (\"CHARSET\" \"US-ASCII\") NIL NIL \"7BIT\" 1 0";
    String html = "(\"text\" \"html\" (\"charset\" \"utf-8\") NIL NIL \"7BIT\" 3 0";
    assertThat(body(message)).isEqualTo("(" + plain + ")" + html + ") \"alternative\")");
    assertThat(structure(message))
        .isEqualTo(
            ("(" + plain + " NIL NIL NIL NIL)" + html + " NIL NIL NIL NIL) \"alternative\"")
                + " (\"boundary\" \"=_b\" \"type\" \"x\") (\"attachment\" NIL) (\"fr\") NIL)");
  }

  @Test
  void anEmbeddedMessageShowsItsEnvelopeBodyAndLines() {
    String message =
        """
        Content-Type: multipart/digest; boundary=b

        --b

        From: a@b
        Subject: inner

        text
        --b
        Content-Type: message/rfc822
        Content-Disposition: attachment; filename=m.eml

        Subject: second
        Content-Type: multipart/mixed; boundary=c

        --c

        x
        --c--
        --b--
        """;
    String from = "((NIL NIL \"a\" \"b\"))";
    String text = "(\"TEXT\" \"PLAIN\" (\"CHARSET\" \"US-ASCII\") NIL NIL \"7BIT\" ";
    assertThat(structure(message))
        .isEqualTo(
            "((\"MESSAGE\" \"RFC822\" NIL NIL NIL \"7BIT\" 33 (NIL \"inner\" "
                + (from + " " + from + " " + from)
                + (" NIL NIL NIL NIL NIL) " + text + "4 0 NIL NIL NIL NIL) 3 NIL NIL NIL NIL)")
                + "(\"message\" \"rfc822\" NIL NIL NIL \"7BIT\" 77"
                + " (NIL \"second\" NIL NIL NIL NIL NIL NIL NIL NIL)"
                + (" (" + text + "1 0 NIL NIL NIL NIL) \"mixed\" (\"boundary\" \"c\")")
                + " NIL NIL NIL) 6 NIL (\"attachment\" (\"filename\" \"m.eml\")) NIL NIL)"
                + " \"digest\" (\"boundary\" \"b\") NIL NIL NIL)");
  }

  @Test
  void continuedParametersAreJoinedAndStayEncoded() {
    String message =
        """
        Content-Type: application/x-stuff;
         title*0*=us-ascii'en'This%20is%20even%20more%20;
         title*1*=%2A%2A%2Afun%2A%2A%2A%20;
         title*2="isn't it!"
        Content-Disposition: attachment; filename*1="b.txt"; filename*0="a"; x*=utf-8''%e2%82%ac

        """;
    assertThat(structure(message))
        .isEqualTo(
            "(\"application\" \"x-stuff\" (\"title*\" \"us-ascii'en'This%20is%20even%20more%20"
                + "%2A%2A%2Afun%2A%2A%2A%20isn%27t%20it!\") NIL NIL \"7BIT\" 0 NIL (\"attachment\""
                + " (\"filename\" \"ab.txt\" \"x*\" \"utf-8''%e2%82%ac\")) NIL NIL)");
  }

  @Test
  void whatIsNoMediaTypeIsText() {
    String text = "(\"TEXT\" \"PLAIN\" (\"CHARSET\" \"US-ASCII\") NIL NIL \"7BIT\" 1 0)";
    assertThat(body("Content-Type: nonsense\n\nx")).isEqualTo(text);
    assertThat(body("Content-Type: a/b/c\n\nx")).isEqualTo(text);
    assertThat(body("Content-Type: multipart/mixed\n\nx")).isEqualTo(text);
    assertThat(body("Content-Type: multipart/mixed; boundary=never\n\nx")).isEqualTo(text);
    assertThat(body("Content-Type: text; charset=utf-8\n\nx"))
        .isEqualTo("(\"TEXT\" \"PLAIN\" (\"charset\" \"utf-8\") NIL NIL \"7BIT\" 1 0)");
  }

  @Test
  void anEncodedMessageIsLegalAndHasNoPartsOfItsOwn() {
    String message =
        "Content-Type: message/rfc822\nContent-Transfer-Encoding: base64\n\nU3ViamVjdDogeA0KDQo=\n";
    assertThat(body(message))
        .isEqualTo(
            "(\"message\" \"rfc822\" NIL NIL NIL \"base64\" 22"
                + " (NIL NIL NIL NIL NIL NIL NIL NIL NIL NIL)"
                + " (\"TEXT\" \"PLAIN\" (\"CHARSET\" \"US-ASCII\") NIL NIL \"7BIT\" 0 0) 1)");
  }

  @Test
  void commentsQuotesAndOddSpacingInParameters() {
    String message =
        "Content-Type: text / plain ; charset = us-ascii (Plain text) ; name=a b.txt;;=x; y ;"
            + " z=\"q\\\"uo\" junk; w=\"open\n\n";
    assertThat(body(message))
        .isEqualTo(
            "(\"text\" \"plain\" (\"charset\" \"us-ascii\" \"name\" \"a b.txt\" \"z\" \"q\\\"uo\""
                + " \"w\" \"open\") NIL NIL \"7BIT\" 0 0)");
  }
}
