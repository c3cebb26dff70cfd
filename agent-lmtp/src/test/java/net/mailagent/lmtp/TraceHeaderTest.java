package net.mailagent.lmtp;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import net.mailagent.model.EmailAddress;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class TraceHeaderTest {
  private static final Instant AT = Instant.parse("2026-03-05T02:03:04Z");

  private static ForwardPath to(String address) {
    return new ForwardPath(address, EmailAddress.parse(address));
  }

  private static String header(
      String client, String address, @Nullable EmailAddress sender, String to) {
    TraceHeader trace = new TraceHeader("mail.example", client, address, "LMTP", "c1.2", AT);
    return new String(trace.forRecipient(sender, to(to)), UTF_8);
  }

  @Test
  void isThreeFoldedFields() {
    assertThat(header("relay.example", "192.0.2.1", EmailAddress.parse("a@b"), "c@d"))
        .isEqualTo(
            """
            Return-Path: <a@b>\r
            Delivered-To: c@d\r
            Received: from relay.example ([192.0.2.1])\r
            \tby mail.example with LMTP id c1.2\r
            \tfor <c@d>; Thu, 5 Mar 2026 02:03:04 +0000\r
            """);
  }

  @Test
  void theNullSenderIsEmptyBrackets() {
    assertThat(header("x", "::1", null, "c@d"))
        .startsWith("Return-Path: <>\r\n")
        .contains("([IPv6:::1])");
  }

  @Test
  void aClientCannotWriteFieldsOfItsOwn() {
    String header = header("x\r\nSubject: (; y\u00fc", "::1\r\n", null, "c@d");
    assertThat(header).contains("from xSubject:y ([IPv6:::1])\r\n");
    assertThat(header("\u00fc", "::1", null, "c@d")).contains("from unknown (");
  }

  @Test
  void noLineIsTooLong() {
    String local = "l".repeat(EmailAddress.MAX_LOCAL_PART);
    String domain = ("d".repeat(62) + ".").repeat(4) + "de";
    String longest = local + "@" + domain;
    String header = header("h".repeat(5000), "192.0.2.1", EmailAddress.parse(longest), longest);
    assertThat(header.split("\r\n")).allMatch(line -> line.length() < 998);
  }
}
