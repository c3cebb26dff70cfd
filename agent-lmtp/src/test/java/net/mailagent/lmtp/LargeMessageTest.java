package net.mailagent.lmtp;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import net.mailagent.runtime.settings.Settings;
import org.junit.jupiter.api.Test;

/** Messages that must not pile up in memory. */
class LargeMessageTest {
  private static final byte[] LINES = lines();

  private static byte[] lines() {
    byte[] lines = new byte[80 * 1000];
    Arrays.fill(lines, (byte) 'x');
    for (int i = 79; i < lines.length; i += 80) {
      lines[i - 1] = '\r';
      lines[i] = '\n';
    }
    return lines;
  }

  private static LmtpServer server() throws Exception {
    LmtpServer server =
        new LmtpServer(Settings.defaults().with(LmtpSettings.MAX_MESSAGE_SIZE, 1L << 30));
    server.mail.forgetful = true;
    server.mail.user("joe");
    return server;
  }

  @Test
  void aStoreThatIsSlowerStopsTheSender() throws Exception {
    try (LmtpServer server = server();
        LmtpClient client = LmtpClient.greeted(server.port())) {
      CountDownLatch go = new CountDownLatch(1);
      server.mail.beforeWrite =
          () -> {
            try {
              go.await(120, TimeUnit.SECONDS);
            } catch (InterruptedException e) {
              Thread.currentThread().interrupt();
            }
          };
      client.command("MAIL FROM:<a@b>");
      client.command("RCPT TO:<joe@example.com>");
      client.command("DATA");
      int pieces = 600; // 48 MB, more than the kernel buffers for both ends
      AtomicLong sent = new AtomicLong();
      Thread sender =
          Thread.ofVirtual()
              .start(() -> {
                try {
                  for (int i = 0; i < pieces; i++) {
                    client.send(LINES);
                    sent.addAndGet(LINES.length);
                  }
                  client.send(".\r\n");
                } catch (java.io.IOException e) {
                  sent.set(-1);
                }
              });
      long before;
      long after = 0;
      do {
        before = after;
        Thread.sleep(300);
        after = sent.get();
      } while (after > before);
      assertThat(after).isLessThan((long) pieces * LINES.length / 2);
      assertThat(server.mail.taken).hasValue(0);
      go.countDown();
      assertThat(client.reply()).startsWith("250 ");
      sender.join();
      assertThat(server.mail.taken).hasValue((long) pieces * LINES.length);
    }
  }

  @Test
  void manyMessagesStreamAtOnce() throws Exception {
    try (LmtpServer server = server()) {
      int senders = 6;
      int pieces = 125; // 10 MB each
      Thread[] threads = new Thread[senders];
      String[] replies = new String[senders];
      for (int s = 0; s < senders; s++) {
        int number = s;
        threads[s] =
            Thread.ofVirtual()
                .start(() -> {
                  try (LmtpClient client = LmtpClient.greeted(server.port())) {
                    client.command("MAIL FROM:<a@b>");
                    client.command("RCPT TO:<joe@example.com>");
                    client.command("DATA");
                    for (int i = 0; i < pieces; i++) {
                      client.send(LINES);
                    }
                    replies[number] = client.command(".");
                  } catch (java.io.IOException e) {
                    replies[number] = e.toString();
                  }
                });
      }
      for (Thread thread : threads) {
        thread.join();
      }
      assertThat(replies).allSatisfy(reply -> assertThat(reply).startsWith("250 "));
      assertThat(server.mail.taken).hasValue((long) senders * pieces * LINES.length);
    }
  }
}
