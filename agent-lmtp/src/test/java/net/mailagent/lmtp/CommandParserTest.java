package net.mailagent.lmtp;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.mailagent.model.EmailAddress;
import net.mailagent.runtime.net.Line;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class CommandParserTest {
  private static Command parse(String text) throws CommandRefused {
    return CommandParser.parse(new Line(text.getBytes(UTF_8), Line.End.CRLF));
  }

  private static int refusal(String text) {
    try {
      parse(text);
      return 0;
    } catch (CommandRefused e) {
      return e.reply().code();
    }
  }

  @Test
  void verbsAreReadInAnyCase() throws CommandRefused {
    assertThat(parse("lhlo client.example")).isEqualTo(new Command.Lhlo("client.example"));
    assertThat(parse("Data")).isEqualTo(new Command.Data());
    assertThat(parse("noop whatever")).isEqualTo(new Command.Noop());
    assertThat(parse("QUIT ")).isEqualTo(new Command.Quit());
    assertThat(parse("EHLO x")).isEqualTo(new Command.Helo("EHLO"));
  }

  @ParameterizedTest
  @CsvSource({
    "MAIL FROM:<a@b>, a@b",
    "mail from: <a@b>, a@b",
    "MAIL FROM:<\"a > b\"@c>, \"a > b\"@c",
    "'MAIL FROM:<@x,@y.z:a@b>', a@b",
    "MAIL FROM:<a@b> SIZE=10 BODY=8BITMIME RET=HDRS ENVID=q+2B1, a@b",
    "MAIL FROM:<ü@b> SMTPUTF8, ü@b"
  })
  void mailKnowsItsSender(String line, String sender) throws CommandRefused {
    assertThat(((Command.Mail) parse(line)).sender()).hasToString(sender);
  }

  @Test
  void mailKnowsTheNullSenderAndItsParameters() throws CommandRefused {
    assertThat(parse("MAIL FROM:<>")).isEqualTo(new Command.Mail(null, 0, false));
    assertThat(parse("MAIL FROM:<> size=123 smtputf8"))
        .isEqualTo(new Command.Mail(null, 123, true));
    assertThat(parse("MAIL FROM:<> SIZE=99999999999999999999"))
        .isEqualTo(new Command.Mail(null, Long.MAX_VALUE, false));
  }

  @Test
  void rcptKnowsAddressesAndUserNames() throws CommandRefused {
    assertThat(parse("RCPT TO:<a@b> NOTIFY=SUCCESS,DELAY ORCPT=rfc822;a+2B@b"))
        .isEqualTo(new Command.Rcpt(new ForwardPath("a@b", EmailAddress.parse("a@b"))));
    assertThat(parse("RCPT TO:<PostMaster>"))
        .isEqualTo(new Command.Rcpt(new ForwardPath("postmaster", null)));
    assertThat(parse("RCPT TO:<joe>")).isEqualTo(new Command.Rcpt(new ForwardPath("joe", null)));
  }

  @ParameterizedTest
  @CsvSource({
    "500, FOO",
    "500, ''",
    "500, ' NOOP'",
    "501, LHLO",
    "501, LHLO a b",
    "501, MAIL",
    "501, MAIL FROM",
    "501, MAIL FROM:a@b",
    "501, MAIL FROM:<a@b",
    "501, MAIL FROM:<a@b>x",
    "501, MAIL FROM:<a>",
    "501, MAIL FROM:<a@b> SIZE=x",
    "501, MAIL FROM:<a@b> SIZE",
    "501, MAIL FROM:<a@b> SIZE=1 SIZE=1",
    "501, MAIL FROM:<a@b> BODY=BINARYMIME",
    "501, MAIL FROM:<a@b> RET=ALL",
    "501, MAIL FROM:<a@b> ENVID=+zz",
    "501, 'MAIL FROM:<@x,y:a@b>'",
    "555, MAIL FROM:<a@b> FOO=BAR",
    "553, MAIL FROM:<ü@b>",
    "501, RCPT TO:<>",
    "501, RCPT TO:<a b@c>",
    "501, RCPT TO:<a@b> NOTIFY=NEVERMORE",
    "501, 'RCPT TO:<a@b> NOTIFY=NEVER,SUCCESS'",
    "501, RCPT TO:<a@b> ORCPT=x",
    "555, RCPT TO:<a@b> SIZE=1",
    "501, DATA now",
    "501, RSET x",
    "501, VRFY",
    "501, XFORWARD",
    "501, XFORWARD IDENT",
    "501, XFORWARD FOO=1",
    "501, XFORWARD IDENT=a+0Ab"
  })
  void whatIsWrongIsSaid(int code, String line) {
    assertThat(refusal(line)).isEqualTo(code);
  }

  @ParameterizedTest
  @ValueSource(strings = {"NOOP\r", "NO\u0000OP", "NOOP \t", "NOOP \u007f", "a\nb"})
  void controlCharactersAreRefused(String line) {
    assertThat(refusal(line)).isEqualTo(500);
  }

  @Test
  void aLoneLineFeedEndsNoCommand() {
    assertThatThrownBy(() -> CommandParser.parse(new Line("NOOP".getBytes(UTF_8), Line.End.LF)))
        .isInstanceOf(CommandRefused.class);
  }

  @Test
  void xforwardIsDecoded() throws CommandRefused {
    Command.Xforward command =
        (Command.Xforward) parse("XFORWARD NAME=[UNAVAILABLE] ident=4Abc+2B1 HELO=x");
    assertThat(command.attributes().queueId()).contains("4Abc+1");
    assertThat(command.attributes().values()).doesNotContainKey("NAME").containsEntry("HELO", "x");
  }

  @Property
  void anyLineIsACommandOrRefused(@ForAll byte[] octets) {
    try {
      CommandParser.parse(new Line(octets, Line.End.CRLF));
    } catch (CommandRefused e) {
      assertThat(e.reply().code()).isBetween(500, 559);
    }
  }

  @Property
  void anyArgumentsAreUnderstoodOrRefused(@ForAll String arguments) {
    for (String verb : new String[] {"MAIL FROM:<", "RCPT TO:<", "XFORWARD ", "MAIL FROM:<a@b> "}) {
      assertThat(refusal(verb + arguments)).isIn(0, 500, 501, 553, 555);
    }
  }
}
