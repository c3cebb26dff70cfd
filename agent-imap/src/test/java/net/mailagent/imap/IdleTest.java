package net.mailagent.imap;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

class IdleTest {
  @Test
  void theServerSaysThatItIsStillThere() throws Exception {
    try (ImapServer server =
            new ImapServer(
                ImapServer.settings().with(ImapSettings.HEARTBEAT, Duration.ofSeconds(1)));
        ImapClient client = server.select()) {
      String tag = client.start("IDLE");
      assertThat(client.response()).isEqualTo("+ idling");
      assertThat(client.response()).isEqualTo("* OK Still here");
      assertThat(client.response()).isEqualTo("* OK Still here");
      client.send("done\r\n");
      assertThat(client.finish(tag)).last().isEqualTo("OK IDLE completed");
      assertThat(server.mail.subscriptions(server.alice)).isZero();
    }
  }

  @Test
  void idleSurvivesAStoreThatIsAway() throws Exception {
    try (ImapServer server =
            new ImapServer(ImapServer.settings().with(ImapSettings.RETRY, Duration.ofMillis(50)));
        ImapClient client = server.select();
        ImapClient second = server.select()) {
      String tag = client.start("IDLE");
      assertThat(client.response()).isEqualTo("+ idling");
      server.deliver(ImapServer.message(1));
      server.mail.away(true);
      String first = second.start("NOOP");
      second.finish(first);
      server.mail.away(false);
      server.deliver(ImapServer.message(2));
      List<String> told = new ArrayList<>();
      while (told.isEmpty() || !told.getLast().equals("* 2 EXISTS")) {
        told.add(client.response());
      }
      assertThat(told).allMatch(line -> line.endsWith(" EXISTS"));
      client.send("DONE\r\n");
      assertThat(client.finish(tag)).containsExactly("OK IDLE completed");
    }
  }

  @Test
  @Timeout(30)
  void oneRetryWaitsHoweverOftenTheSessionIsWokenInVain() throws Exception {
    Duration retry = Duration.ofMillis(200);
    try (ImapServer server = new ImapServer(ImapServer.settings().with(ImapSettings.RETRY, retry));
        ImapClient client = server.select()) {
      String tag = client.start("IDLE");
      assertThat(client.response()).isEqualTo("+ idling");
      server.mail.away(true);
      for (int i = 0; i < 20; i++) {
        int before = server.mail.reads();
        server.mail.wake(server.alice);
        while (server.mail.reads() == before) {
          Thread.sleep(1);
        }
      }
      long begin = System.nanoTime();
      int before = server.mail.reads();
      while (server.mail.reads() < before + 5) { // a wake-up that still waited, and four retries
        Thread.sleep(1);
      }
      assertThat(Duration.ofNanos(System.nanoTime() - begin))
          .isGreaterThanOrEqualTo(retry.multipliedBy(3));
      client.send("DONE\r\n");
      assertThat(client.finish(tag)).containsExactly("OK IDLE completed");
      int after = server.mail.reads();
      Thread.sleep(2 * retry.toMillis());
      assertThat(server.mail.reads()).isEqualTo(after);
    }
  }

  @Test
  void manySessionsSeeEveryDelivery() throws Exception {
    try (ImapServer server = new ImapServer()) {
      List<ImapClient> clients = new ArrayList<>();
      List<String> tags = new ArrayList<>();
      for (int i = 0; i < 20; i++) {
        ImapClient client = server.select();
        clients.add(client);
        tags.add(client.start("IDLE"));
        assertThat(client.response()).startsWith("+ ");
      }
      List<Thread> senders = new ArrayList<>();
      for (int i = 0; i < 4; i++) {
        senders.add(Thread.ofVirtual().start(() -> server.deliver(10)));
      }
      for (Thread sender : senders) {
        sender.join();
      }
      for (int i = 0; i < clients.size(); i++) {
        ImapClient client = clients.get(i);
        int last = 0;
        while (last < 40) {
          String line = client.response();
          assertThat(line).matches("\\* \\d+ EXISTS");
          int now = Integer.parseInt(line.split(" ")[1]);
          assertThat(now).isGreaterThan(last);
          last = now;
        }
        client.send("DONE\r\n");
        assertThat(client.finish(tags.get(i))).containsExactly("OK IDLE completed");
        client.close();
      }
    }
  }

  @Test
  void idleWithoutAMailboxHasNothingToTell() throws Exception {
    try (ImapServer server = new ImapServer();
        ImapClient client = server.login()) {
      String tag = client.start("IDLE");
      assertThat(client.response()).isEqualTo("+ idling");
      server.deliver(1);
      client.send("DONE\r\n");
      assertThat(client.finish(tag)).containsExactly("OK IDLE completed");
    }
  }
}
