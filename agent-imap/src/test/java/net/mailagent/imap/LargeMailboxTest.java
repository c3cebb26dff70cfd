package net.mailagent.imap;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import net.mailagent.model.ContentId;
import net.mailagent.model.Flags;
import net.mailagent.model.Origin;
import net.mailagent.model.journal.AddMessages;
import org.junit.jupiter.api.Test;

/** 100,000 messages: nothing is quadratic. */
class LargeMailboxTest {
  private static final int COUNT = 100_000;

  @Test
  void everythingIsLinear() throws Exception {
    try (ImapServer server = new ImapServer();
        ImapClient client = server.login()) {
      for (int from = 0; from < COUNT; from += 10_000) {
        List<AddMessages.Message> messages = new ArrayList<>();
        for (int i = 0; i < 10_000; i++) {
          messages.add(
              new AddMessages.Message(ContentId.random(), Flags.NONE, 1_700_000_000L, 1000));
        }
        server.mail.commit(
            server.alice, new Origin("test", "", "fill"), new AddMessages(null, messages, null));
      }
      long begin = System.nanoTime();
      client.ok("SELECT INBOX");
      assertThat(client.ok("FETCH 1:* (FLAGS)")).hasSize(COUNT);
      assertThat(client.ok("UID FETCH 1:* (UID FLAGS RFC822.SIZE INTERNALDATE)")).hasSize(COUNT);
      assertThat(client.ok("SEARCH UNSEEN").getFirst())
          .startsWith("* SEARCH 1 2 ")
          .endsWith(" 100000");
      assertThat(client.ok("UID SEARCH UID 50000:*").getFirst()).startsWith("* SEARCH 50000 ");
      StringBuilder odd = new StringBuilder("1");
      for (int i = 3; i < 12_000; i += 2) {
        odd.append(',').append(i);
      }
      client.ok("STORE " + odd + " +FLAGS.SILENT (\\Deleted)");
      assertThat(client.ok("EXPUNGE")).hasSize(6000);
      assertThat(client.ok("STORE 1:* +FLAGS (\\Seen)")).hasSize(COUNT - 6000);
      assertThat(client.ok("FETCH 1:* UID")).hasSize(COUNT - 6000);
      client.ok("COPY 1:* Sent");
      assertThat(client.ok("MOVE 1:* Trash")).hasSize(COUNT - 6000 + 1);
      Duration took = Duration.ofNanos(System.nanoTime() - begin);
      System.out.println("IMAP commands on " + COUNT + " messages: " + took.toMillis() + " ms");
      assertThat(took).isLessThan(Duration.ofSeconds(90));
    }
  }
}
