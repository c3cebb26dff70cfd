package net.mailagent.lmtp;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.List;
import net.mailagent.model.UserId;
import net.mailagent.runtime.settings.Settings;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A relay that lost a reply delivers again (journal.md 16). */
class RedeliveryTest {
  private LmtpServer server;
  private LmtpClient client;
  private UserId joe;

  @BeforeEach
  void start() throws IOException {
    server = new LmtpServer();
    joe = server.mail.user("joe", "joseph@example.com");
    client = LmtpClient.greeted(server.port());
  }

  @AfterEach
  void stop() throws IOException {
    client.close();
    server.close();
  }

  private static String received(String id, ZonedDateTime date) {
    return "Received: from a by relay.example (Postfix) with ESMTP id "
        + id
        + "\r\n\tfor <joe@example.com>; "
        + DateTimeFormatter.RFC_1123_DATE_TIME.format(date)
        + "\r\nSubject: x\r\n\r\nbody";
  }

  private String deliver(String message, String... recipients) throws IOException {
    client.transmit(message, recipients);
    String reply = "";
    for (int i = 0; i < recipients.length; i++) {
      reply = client.reply();
    }
    return reply;
  }

  @Test
  void theSameQueueIdByXforwardAddsNothing() throws IOException {
    assertThat(client.command("XFORWARD IDENT=4Q1 NAME=x")).startsWith("250 ");
    deliver("Subject: x\r\n\r\nbody", "joe@example.com");
    client.command("XFORWARD IDENT=4Q1");
    assertThat(deliver("Subject: x\r\n\r\nbody", "joe@example.com"))
        .startsWith("250 2.0.0 delivered before");
    assertThat(server.mail.inboxOf(joe)).hasSize(1);
  }

  @Test
  void anotherAddressOfTheSameUserAddsNothingEither() throws IOException {
    client.command("XFORWARD IDENT=4Q1");
    deliver("x", "joe@example.com", "joseph@example.com");
    client.command("XFORWARD IDENT=4Q1");
    assertThat(deliver("x", "joseph@example.com")).startsWith("250 2.0.0 delivered before");
  }

  @Test
  void anotherQueueIdOrContentIsAnotherMessage() throws IOException {
    client.command("XFORWARD IDENT=4Q1");
    deliver("one", "joe@example.com");
    client.command("XFORWARD IDENT=4Q1");
    deliver("two", "joe@example.com");
    client.command("XFORWARD IDENT=4Q2");
    deliver("one", "joe@example.com");
    assertThat(server.mail.inboxOf(joe)).hasSize(3);
  }

  @Test
  void theQueueIdHoldsForOneTransaction() throws IOException {
    client.command("XFORWARD IDENT=4Q1");
    deliver("one", "joe@example.com");
    deliver("one", "joe@example.com");
    assertThat(server.mail.inboxOf(joe)).extracting(InMemoryMail.Stored::key).last().isNull();
    assertThat(server.mail.inboxOf(joe)).hasSize(2);
  }

  @Test
  void theQueueIdOfARecentReceivedFieldCounts() throws IOException {
    String message = received("4Q1", ZonedDateTime.now(ZoneOffset.UTC));
    deliver(message, "joe@example.com");
    deliver(message, "joe@example.com");
    assertThat(server.mail.inboxOf(joe)).hasSize(1);
  }

  @Test
  void equalOldMessagesAreNoRedelivery() throws IOException {
    String message = received("4Q1", ZonedDateTime.now(ZoneOffset.UTC).minusDays(6));
    deliver(message, "joe@example.com");
    deliver(message, "joe@example.com");
    assertThat(server.mail.inboxOf(joe)).hasSize(2);
  }

  @Test
  void onlyTrustedRelaysAreBelieved() throws IOException {
    try (LmtpServer strict =
        new LmtpServer(Settings.defaults().with(LmtpSettings.TRUSTED, List.of()))) {
      final UserId user = strict.mail.user("joe");
      try (LmtpClient stranger = new LmtpClient(strict.port())) {
        assertThat(stranger.command("LHLO x")).doesNotContain("XFORWARD");
        assertThat(stranger.command("XFORWARD IDENT=4Q1")).startsWith("550 5.7.1 ");
        String message = received("4Q1", ZonedDateTime.now(ZoneOffset.UTC));
        for (int i = 0; i < 2; i++) {
          stranger.transmit(message, "joe@example.com");
          assertThat(stranger.reply()).startsWith("250 ");
        }
        assertThat(strict.mail.inboxOf(user)).hasSize(2);
      }
    }
  }
}
