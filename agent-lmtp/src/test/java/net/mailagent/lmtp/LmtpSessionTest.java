package net.mailagent.lmtp;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.time.Duration;
import java.util.Arrays;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import net.mailagent.model.UserId;
import net.mailagent.runtime.settings.Settings;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Commands and their answers over a real socket. */
class LmtpSessionTest {
  private LmtpServer server;
  private LmtpClient client;
  private UserId joe;
  private UserId ann;

  @BeforeEach
  void start() throws IOException {
    server = new LmtpServer();
    joe = server.mail.user("joe", "joseph@example.com");
    ann = server.mail.user("ann");
    client = LmtpClient.greeted(server.port());
  }

  @AfterEach
  void stop() throws IOException {
    client.close();
    server.close();
  }

  @Test
  void lhloOffersWhatIsThere() throws IOException {
    assertThat(client.command("LHLO client.example").split("\n"))
        .containsExactly(
            "250-mail.example.com",
            "250-PIPELINING",
            "250-8BITMIME",
            "250-SMTPUTF8",
            "250-SIZE 52428800",
            "250-ENHANCEDSTATUSCODES",
            "250-STARTTLS",
            "250 XFORWARD NAME ADDR PORT PROTO HELO IDENT SOURCE");
  }

  @Test
  void deliversByteForByteBehindItsTraceHeader() throws IOException {
    StringBuilder message = new StringBuilder("Subject: x\r\n\r\n");
    for (int c = 0; c < 256; c++) {
      message.append((char) c).append("\n.\r.");
    }
    client.transmit(message.toString().replace("\r\n.", "\r\n.."), "joe@example.com");
    assertThat(client.reply()).startsWith("250 2.0.0 ");
    InMemoryMail.Stored stored = server.mail.inboxOf(joe).getFirst();
    assertThat(stored.content()).isEqualTo(message + "\r\n");
    assertThat(stored.trace())
        .startsWith("Return-Path: <sender@example.org>\r\nDelivered-To: joe@example.com\r\n")
        .contains("Received: from client.example ([127.0.0.1])\r\n\tby mail.example.com with LMTP")
        .contains("\r\n\tfor <joe@example.com>; ")
        .endsWith(" +0000\r\n");
    assertThat(stored.key()).isNull();
  }

  @Test
  void oneVerdictPerAcceptedRecipientInTheirOrder() throws IOException {
    server.mail.quota(ann, 10);
    client.send(
        "MAIL FROM:<>\r\nRCPT TO:<ann@example.com>\r\nRCPT TO:<nobody@example.com>\r\n"
            + "RCPT TO:<joe@example.com>\r\nRCPT TO:<ann+tag@example.com>\r\nDATA\r\n");
    assertThat(client.reply()).startsWith("250 2.1.0 ");
    assertThat(client.reply()).startsWith("250 2.1.5 ");
    assertThat(client.reply()).startsWith("550 5.1.1 ").contains("nobody@example.com");
    assertThat(client.reply()).startsWith("250 2.1.5 ");
    assertThat(client.reply()).startsWith("250 2.1.5 ");
    assertThat(client.reply()).startsWith("354 ");
    client.send("Subject: longer than the quota of one of them\r\n\r\n.\r\nNOOP\r\n");
    assertThat(client.reply()).startsWith("452 4.2.2 ");
    assertThat(client.reply()).startsWith("250 2.0.0 ");
    assertThat(client.reply()).startsWith("452 4.2.2 ");
    assertThat(client.reply()).startsWith("250 2.0.0 nothing done");
    assertThat(server.mail.inboxOf(joe)).hasSize(1);
    assertThat(server.mail.inboxOf(ann)).isEmpty();
  }

  /** RFC 2920 section 3.2: who waits for them may give up and send the message again. */
  @Test
  void verdictsDoNotWaitForTheCommandsBehindThem() throws IOException {
    CountDownLatch told = new CountDownLatch(1);
    client.send("MAIL FROM:<>\r\nRCPT TO:<joe@example.com>\r\nDATA\r\n");
    client.reply();
    client.reply();
    assertThat(client.reply()).startsWith("354 ");
    server.mail.beforeLookup = () -> await(told);
    client.send("x\r\n.\r\nMAIL FROM:<>\r\nRCPT TO:<ann@example.com>\r\n");
    assertThat(client.reply()).startsWith("250 2.0.0 ");
    told.countDown();
    assertThat(client.reply()).startsWith("250 2.1.0 ");
    assertThat(client.reply()).startsWith("250 2.1.5 ");
  }

  private static void await(CountDownLatch latch) {
    try {
      assertThat(latch.await(50, TimeUnit.SECONDS)).isTrue();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  void aUserGetsOneCopyHoweverManyOfItsAddressesWereGiven() throws IOException {
    client.transmit(
        "x", "joe@example.com", "ann@example.com", "joseph@example.com", "joe+tag@EXAMPLE.com");
    for (int i = 0; i < 4; i++) {
      assertThat(client.reply()).startsWith("250 ");
    }
    assertThat(server.mail.inboxOf(joe)).hasSize(1);
    assertThat(server.mail.inboxOf(ann)).hasSize(1);
  }

  @Test
  void aUserNameWithoutDomainIsARecipient() throws IOException {
    client.command("MAIL FROM:<a@b>");
    assertThat(client.command("RCPT TO:<Joe>")).startsWith("250 ");
    assertThat(client.command("RCPT TO:<nobody>")).startsWith("550 5.1.1 ");
    client.command("DATA");
    assertThat(client.command("x\r\n.")).startsWith("250 ");
    assertThat(server.mail.inboxOf(joe).getFirst().trace())
        .contains("Delivered-To: joe@example.com\r\n", "for <joe@example.com>;");
  }

  @Test
  void nothingIsAcknowledgedBeforeTheCommit() throws Exception {
    CountDownLatch commit = new CountDownLatch(1);
    CountDownLatch reached = new CountDownLatch(1);
    server.mail.beforeCommit =
        () -> {
          reached.countDown();
          try {
            commit.await(60, TimeUnit.SECONDS);
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
          }
        };
    client.transmit("x", "joe@example.com");
    assertThat(reached.await(60, TimeUnit.SECONDS)).isTrue();
    assertThat(client.silentFor(Duration.ofMillis(200))).isTrue();
    commit.countDown();
    assertThat(client.reply()).startsWith("250 2.0.0 ");
  }

  @Test
  void aStoreThatIsAwayIsATemporaryFailure() throws IOException {
    client.command("MAIL FROM:<a@b>");
    server.mail.unavailable = true;
    assertThat(client.command("RCPT TO:<joe@example.com>")).startsWith("451 4.3.0 ");
    server.mail.unavailable = false;
    assertThat(client.command("RCPT TO:<joe@example.com>")).startsWith("250 ");
    server.mail.unavailable = true;
    assertThat(client.command("DATA")).startsWith("451 4.3.0 ");
    server.mail.unavailable = false;
    server.mail.beforeCommit = () -> server.mail.unavailable = true;
    client.transmit("x", "joe@example.com", "ann@example.com");
    assertThat(client.reply()).startsWith("451 4.3.0 ");
    assertThat(client.reply()).startsWith("451 4.3.0 ");
    assertThat(server.mail.openIntakes()).isZero();
  }

  @Test
  void aStoreThatFailsWithinTheMessageIsToldAtItsEnd() throws IOException {
    client.command("MAIL FROM:<a@b>");
    client.command("RCPT TO:<joe@example.com>");
    assertThat(client.command("DATA")).startsWith("354 ");
    server.mail.unavailable = true;
    client.send("first\r\n");
    assertThat(client.silentFor(Duration.ofMillis(100))).isTrue();
    server.mail.unavailable = false;
    assertThat(client.command("second\r\n.")).startsWith("451 4.3.0 ");
    assertThat(client.command("NOOP")).startsWith("250 ");
    assertThat(server.mail.inboxOf(joe)).isEmpty();
    assertThat(server.mail.openIntakes()).isZero();
  }

  @Test
  void aFaultIsAnsweredWithItsReference() throws IOException {
    client.command("MAIL FROM:<a@b>");
    server.mail.broken = true;
    assertThat(client.command("RCPT TO:<joe@example.com>"))
        .matches("451 4.3.0 internal error, reference [0-9a-f]{8}");
    server.mail.broken = false;
    server.mail.beforeCommit = () -> server.mail.broken = true;
    client.command("RSET");
    client.transmit("x", "joe@example.com");
    assertThat(client.reply()).matches("451 4.3.0 internal error, reference [0-9a-f]{8}");
    assertThat(client.command("NOOP")).startsWith("250 ");
  }

  @Test
  void commandsOutOfOrderAreRefused() throws IOException {
    assertThat(client.command("RCPT TO:<joe@example.com>")).startsWith("503 5.5.1 ");
    assertThat(client.command("DATA")).startsWith("503 5.5.1 ");
    client.command("MAIL FROM:<a@b>");
    assertThat(client.command("MAIL FROM:<a@b>")).startsWith("503 5.5.1 ");
    assertThat(client.command("XFORWARD IDENT=q")).startsWith("503 5.5.1 ");
    assertThat(client.command("DATA")).startsWith("503 5.5.1 ");
    assertThat(client.command("RSET")).startsWith("250 2.0.0 ");
    assertThat(client.command("RCPT TO:<joe@example.com>")).startsWith("503 5.5.1 ");
    try (LmtpClient fresh = new LmtpClient(server.port())) {
      assertThat(fresh.command("MAIL FROM:<a@b>")).startsWith("503 5.5.1 ");
    }
  }

  @Test
  void smtpClientsAreToldWhereTheyAre() throws IOException {
    assertThat(client.command("EHLO x")).startsWith("500 5.5.1 ").contains("LHLO");
    assertThat(client.command("HELO x")).startsWith("500 5.5.1 ").contains("LHLO");
  }

  @Test
  void theSmallCommandsAnswer() throws IOException {
    assertThat(client.command("NOOP")).startsWith("250 2.0.0 ");
    assertThat(client.command("VRFY joe")).startsWith("252 2.0.0 ");
    assertThat(client.command("HELP")).startsWith("214 2.0.0 ").contains("LHLO");
    assertThat(client.command("QUIT")).startsWith("221 2.0.0 ");
    assertThat(client.reply()).isEmpty();
  }

  @Test
  void utf8AddressesNeedSmtputf8() throws IOException {
    server.mail.user("jürgen");
    client.command("MAIL FROM:<a@b>");
    assertThat(client.command("RCPT TO:<jürgen@example.com>")).startsWith("553 5.6.7 ");
    client.command("RSET");
    assertThat(client.command("MAIL FROM:<ü@b> SMTPUTF8")).startsWith("250 ");
    assertThat(client.command("RCPT TO:<Ju\u0308rgen@example.com>")).startsWith("250 ");
    assertThat(client.command("RCPT TO:<ö@example.com>")).startsWith("550 ").contains("<ö@");
    assertThat(client.command("DATA")).startsWith("354 ");
    assertThat(client.command("x\r\n.")).startsWith("250 ");
  }

  @Test
  void whatIsTooLongIsRefusedAndTheSessionGoesOn() throws IOException {
    assertThat(client.command("NOOP " + "x".repeat(4091))).startsWith("250 ");
    assertThat(client.command("NOOP " + "x".repeat(4092))).startsWith("500 5.5.2 ");
    assertThat(client.command("NOOP " + "x".repeat(500_000))).startsWith("500 5.5.2 ");
    assertThat(client.command("NOOP")).startsWith("250 ");
    client.send("NOOP\n");
    assertThat(client.reply()).startsWith("500 5.5.2 ");
  }

  @Test
  void aMessageThatIsTooBigIsRefusedAtMailOrAtItsEnd() throws IOException {
    Settings settings = Settings.defaults().with(LmtpSettings.MAX_MESSAGE_SIZE, 100_000L);
    try (LmtpServer small = new LmtpServer(settings)) {
      final UserId user = small.mail.user("joe");
      small.mail.user("ann");
      try (LmtpClient sender = LmtpClient.greeted(small.port())) {
        assertThat(sender.command("MAIL FROM:<a@b> SIZE=100001")).startsWith("552 5.3.4 ");
        assertThat(sender.command("MAIL FROM:<a@b> SIZE=100000")).startsWith("250 ");
        sender.command("RSET");
        sender.transmit("x".repeat(3_000_000), "joe@example.com", "ann@example.com");
        assertThat(sender.reply()).startsWith("552 5.3.4 ");
        assertThat(sender.reply()).startsWith("552 5.3.4 ");
        assertThat(small.mail.openIntakes()).isZero();
        sender.transmit("x".repeat(99_998), "joe@example.com");
        assertThat(sender.reply()).startsWith("250 ");
        assertThat(small.mail.inboxOf(user)).hasSize(1);
      }
    }
  }

  @Test
  void furtherRecipientsAreForAnotherTransaction() throws IOException {
    Settings settings = Settings.defaults().with(LmtpSettings.MAX_RECIPIENTS, 2);
    try (LmtpServer few = new LmtpServer(settings)) {
      few.mail.user("joe");
      try (LmtpClient sender = LmtpClient.greeted(few.port())) {
        sender.command("MAIL FROM:<a@b>");
        assertThat(sender.command("RCPT TO:<joe@example.com>")).startsWith("250 ");
        assertThat(sender.command("RCPT TO:<joe@example.com>")).startsWith("250 ");
        assertThat(sender.command("RCPT TO:<joe@example.com>")).startsWith("452 4.5.3 ");
      }
    }
  }

  @Test
  void overQuotaCanBePermanent() throws IOException {
    Settings settings = Settings.defaults().with(LmtpSettings.OVER_QUOTA_PERMANENT, true);
    try (LmtpServer strict = new LmtpServer(settings)) {
      strict.mail.quota(strict.mail.user("joe"), 1);
      try (LmtpClient sender = LmtpClient.greeted(strict.port())) {
        sender.transmit("x", "joe@example.com");
        assertThat(sender.reply()).startsWith("552 5.2.2 ");
      }
    }
  }

  @Test
  void aClientThatOnlyErrsIsClosed() throws IOException {
    Settings settings = Settings.defaults().with(LmtpSettings.MAX_ERRORS, 3);
    try (LmtpServer strict = new LmtpServer(settings);
        LmtpClient bad = LmtpClient.greeted(strict.port())) {
      bad.send("FOO\r\nFOO\r\nFOO\r\nNOOP\r\n");
      assertThat(bad.reply()).startsWith("500 ");
      assertThat(bad.reply()).startsWith("500 ");
      assertThat(bad.reply()).startsWith("500 ");
      assertThat(bad.reply()).startsWith("421 4.7.0 ");
      assertThat(bad.reply()).isEmpty();
    }
  }

  @Test
  void anIdleClientIsToldAndClosed() throws IOException {
    Settings settings = Settings.defaults().with(LmtpSettings.IDLE_TIMEOUT, Duration.ofSeconds(2));
    try (LmtpServer hasty = new LmtpServer(settings)) {
      hasty.mail.user("joe");
      try (LmtpClient idle = LmtpClient.greeted(hasty.port())) {
        assertThat(idle.reply()).startsWith("421 4.4.2 ");
        assertThat(idle.reply()).isEmpty();
      }
      try (LmtpClient idle = LmtpClient.greeted(hasty.port())) {
        idle.command("MAIL FROM:<a@b>");
        idle.command("RCPT TO:<joe@example.com>");
        idle.command("DATA");
        idle.send("Subject: half\r\n");
        assertThat(idle.reply()).startsWith("421 4.4.2 ");
        assertThat(idle.reply()).isEmpty();
        assertThat(hasty.mail.openIntakes()).isZero();
      }
    }
  }

  @Test
  void aStoppingNodeFinishesTheTransactionAndSaysGoodBye() throws Exception {
    CountDownLatch reached = new CountDownLatch(1);
    CountDownLatch commit = new CountDownLatch(1);
    server.mail.beforeCommit =
        () -> {
          reached.countDown();
          try {
            commit.await(60, TimeUnit.SECONDS);
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
          }
        };
    client.transmit("x", "joe@example.com");
    assertThat(reached.await(60, TimeUnit.SECONDS)).isTrue();
    Thread drain = Thread.ofVirtual().start(() -> server.agent.drain(Duration.ofSeconds(10)));
    commit.countDown();
    assertThat(client.reply()).startsWith("250 ");
    assertThat(client.reply()).startsWith("421 4.3.2 ");
    assertThat(client.reply()).isEmpty();
    drain.join();
  }

  @Test
  void aClientThatGoesAwayWithinAMessageLeavesNothing() throws Exception {
    client.command("MAIL FROM:<a@b>");
    client.command("RCPT TO:<joe@example.com>");
    client.command("DATA");
    client.send("Subject: half\r\n\r\nhal");
    client.close();
    for (int i = 0; i < 200 && server.agent.connections() > 0; i++) {
      Thread.sleep(20);
    }
    assertThat(server.agent.connections()).isZero();
    assertThat(server.mail.openIntakes()).isZero();
    assertThat(server.mail.inboxOf(joe)).isEmpty();
  }

  @Test
  void howeverTheNetworkCutsTheInputTheAnswersAreTheSame() throws Exception {
    byte[] script =
        ("NOOP\r\n"
                + "MAIL FROM:<a@b> SIZE=100\r\n"
                + "RCPT TO:<joe@example.com>\r\n"
                + "RCPT TO:<nobody@example.com>\r\n"
                + "DATA\r\n"
                + "Subject: x\r\n\r\n"
                + "..\r\n\n"
                + ".\n\r\n"
                + ".\r\n"
                + "FOO\r\n"
                + "RSET\r\n"
                + "MAIL FROM:<>\r\n"
                + "RCPT TO:<ann@example.com>\r\n"
                + "DATA\r\n"
                + ".\r\n"
                + "QUIT\r\n")
            .getBytes(ISO_8859_1);
    Random random = new Random(9);
    for (int round = 0; round < 20; round++) {
      try (LmtpClient cut = LmtpClient.greeted(server.port())) {
        for (int at = 0; at < script.length; ) {
          int end = Math.min(script.length, at + 1 + random.nextInt(round < 3 ? 1 : 30));
          cut.send(Arrays.copyOfRange(script, at, end));
          at = end;
        }
        StringBuilder codes = new StringBuilder();
        for (String reply = cut.reply(); !reply.isEmpty(); reply = cut.reply()) {
          codes.append(reply, 0, 3).append(' ');
        }
        assertThat(codes.toString())
            .isEqualTo("250 250 250 550 354 250 500 250 250 250 354 250 221 ");
      }
    }
    assertThat(server.mail.inboxOf(joe))
        .hasSize(20)
        .allSatisfy(stored -> {
          assertThat(stored.content()).isEqualTo("Subject: x\r\n\r\n.\r\n\n.\n\r\n");
        });
    assertThat(server.mail.inboxOf(ann)).hasSize(20);
  }

  @Test
  void randomLinesAreAllAnswered() throws IOException {
    Random random = new Random(4);
    String[] words = {
      "MAIL",
      "RCPT",
      "FROM:",
      "TO:",
      "<",
      ">",
      "joe@example.com",
      " ",
      "SIZE=",
      "NOOP",
      "RSET",
      "LHLO",
      "DATA x",
      "XFORWARD",
      "IDENT=",
      "+",
      "\"",
      "\\",
      "@",
      ",",
      ":",
      "\u0000",
      "\t",
      "ü"
    };
    for (int i = 0; i < 90; i++) {
      StringBuilder line = new StringBuilder();
      for (int words2 = random.nextInt(8); words2 >= 0; words2--) {
        line.append(words[random.nextInt(words.length)]);
      }
      assertThat(client.command(line.toString())).matches("(?s)[25]\\d\\d.*");
    }
    client.send("RSET\r\n" + "\r\n");
    assertThat(client.reply()).startsWith("250 ");
    assertThat(client.reply()).startsWith("500 ");
    byte[] noise = new byte[200];
    random.nextBytes(noise);
    client.send((new String(noise, ISO_8859_1).replace("\n", "") + "\r\n").getBytes(ISO_8859_1));
    assertThat(client.reply()).startsWith("500 ");
  }
}
