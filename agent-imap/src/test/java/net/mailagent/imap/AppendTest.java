package net.mailagent.imap;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import org.junit.jupiter.api.Test;

/** APPEND streams, and drops what it refuses. */
class AppendTest {
  @Test
  void aLargeMessageIsStreamedAndComesBackByteForByte() throws Exception {
    StringBuilder message = new StringBuilder("Subject: large\r\n\r\n");
    Random random = new Random(1);
    while (message.length() < 3_000_000) {
      message.append((char) random.nextInt(256));
    }
    try (ImapServer server = new ImapServer();
        ImapClient client = server.select()) {
      assertThat(client.append("INBOX", message.toString())).startsWith("OK [APPENDUID ");
      assertThat(server.messages.largestWrite()).isLessThan(1_100_000);
      String fetched = client.ok("FETCH 1 BODY.PEEK[]").getFirst();
      assertThat(fetched)
          .isEqualTo("* 1 FETCH (BODY[] {" + message.length() + "}\r\n" + message + ")");
      String part = client.ok("FETCH 1 BODY.PEEK[]<1000000.10024>").getFirst();
      assertThat(part)
          .isEqualTo(
              "* 1 FETCH (BODY[]<1000000> {10024}\r\n"
                  + message.substring(1_000_000, 1_010_024)
                  + ")");
    }
  }

  @Test
  void whatIsTooBigIsSkippedWithoutAnIntake() throws Exception {
    try (ImapServer server =
            new ImapServer(ImapServer.settings().with(ImapSettings.APPEND_LIMIT, 2000L));
        ImapClient client = server.select()) {
      client.send("a1 APPEND INBOX {1000000+}\r\n" + "x".repeat(1_000_000) + "\r\na2 NOOP\r\n");
      assertThat(client.response()).startsWith("a1 NO [TOOBIG] ");
      assertThat(client.response()).startsWith("a2 OK ");
      assertThat(client.append("INBOX", "y".repeat(2001))).startsWith("NO [TOOBIG] ");
      assertThat(client.append("INBOX", "y".repeat(2000))).startsWith("OK ");
      assertThat(server.messages.openIntakes()).isZero();
    }
  }

  @Test
  void aClientThatLeavesInTheMiddleLeavesNothing() throws Exception {
    try (ImapServer server = new ImapServer()) {
      try (ImapClient client = server.login()) {
        client.start("APPEND INBOX {1000}");
        assertThat(client.response()).startsWith("+ ");
        client.send("Subject: half");
      }
      try (ImapClient other = server.select()) {
        long deadline = System.nanoTime() + 10_000_000_000L;
        while (server.messages.openIntakes() > 0 && System.nanoTime() < deadline) {
          Thread.sleep(10);
        }
        assertThat(server.messages.openIntakes()).isZero();
        assertThat(other.ok("STATUS INBOX (MESSAGES)"))
            .containsExactly("* STATUS INBOX (MESSAGES 0)");
      }
    }
  }

  @Test
  void aStoreThatGoesAwayIsATemporaryFailure() throws Exception {
    try (ImapServer server = new ImapServer();
        ImapClient client = server.select()) {
      client.start("APPEND INBOX {5}");
      assertThat(client.response()).startsWith("+ ");
      server.mail.away(true);
      client.send("hello\r\n");
      assertThat(client.response()).startsWith("t3 NO [UNAVAILABLE] ");
      client.expect("NOOP", "NO [UNAVAILABLE] ");
      server.mail.away(false);
      client.ok("NOOP");
      assertThat(client.ok("STATUS INBOX (MESSAGES)"))
          .containsExactly("* STATUS INBOX (MESSAGES 0)");
    }
  }

  @Test
  void whatIsCommittedIsAnsweredOkWhenTheCatchUpBehindItFails() throws Exception {
    try (ImapServer server = new ImapServer();
        ImapClient client = server.select()) {
      server.mail.awayBehind("append");
      assertThat(client.append("INBOX", "hello")).startsWith("OK [APPENDUID ");
      client.expect("NOOP", "NO [UNAVAILABLE] ");
      client.expect("CHECK", "NO [UNAVAILABLE] ");
      server.mail.awayBehind("create");
      server.mail.away(false);
      client.expect("CREATE made", "OK [MAILBOXID ");
      server.mail.awayBehind("");
      server.mail.away(false);
      assertThat(client.ok("NOOP")).containsExactly("* 1 EXISTS");
    }
  }

  /** RFC 3516 section 4.4. */
  @Test
  void aBinaryLiteralMayHoldAnyOctets() throws Exception {
    StringBuilder octets = new StringBuilder("Content-Transfer-Encoding: binary\r\n\r\n");
    for (char c = 0; c < 256; c++) {
      octets.append(c);
    }
    try (ImapServer server = new ImapServer();
        ImapClient client = server.select()) {
      String tag = client.start("APPEND INBOX ~{" + octets.length() + "}");
      assertThat(client.response()).startsWith("+ ");
      client.send(octets + "\r\n");
      assertThat(client.finish(tag).getLast()).startsWith("OK [APPENDUID ");
      assertThat(client.ok("FETCH 1 (BINARY.PEEK[] BINARY.PEEK[1]<0.3> BINARY.SIZE[1])"))
          .containsExactly(
              "* 1 FETCH (BINARY[] ~{"
                  + octets.length()
                  + "}\r\n"
                  + octets
                  + " BINARY[1]<0> ~{3}\r\n\0\1\2 BINARY.SIZE[1] 256)");
    }
  }
}
