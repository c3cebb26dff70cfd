package net.mailagent.conformance;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import net.mailagent.agent.Agent;
import net.mailagent.runtime.settings.RuntimeSettings;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What many messages have in common is stored once, whoever they are for and wherever they come.
 */
class SharingTest {
  @TempDir private Path folder;

  private static byte[] message(String subject, byte[] attachment) {
    return ("From: a@example.org\r\nSubject: "
            + subject
            + "\r\nContent-Type: multipart/mixed; boundary=xyz\r\n\r\n--xyz\r\n\r\n"
            + subject
            + "\r\n--xyz\r\nContent-Type: application/pdf\r\n"
            + "Content-Transfer-Encoding: base64\r\n\r\n"
            + Base64.getMimeEncoder().encodeToString(attachment)
            + "\r\n--xyz--\r\n")
        .getBytes(ISO_8859_1);
  }

  private static byte[] attachment(int size, long seed) {
    byte[] octets = new byte[size];
    new Random(seed).nextBytes(octets);
    return octets;
  }

  /** A meter of a node. */
  private static double meter(Node node, String name) throws Exception {
    try (HttpClient client = HttpClient.newHttpClient()) {
      HttpRequest request =
          HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + node.http() + "/metrics"))
              .build();
      String all = client.send(request, HttpResponse.BodyHandlers.ofString()).body();
      Matcher value = Pattern.compile("(?m)^" + Pattern.quote(name) + " (\\S+)").matcher(all);
      assertThat(value.find()).as(name).isTrue();
      return Double.parseDouble(value.group(1));
    }
  }

  private static byte[] whole(int port, User user, int uid) throws IOException {
    try (Imap imap = Imap.login(port, user)) {
      imap.run("SELECT INBOX");
      return imap.fetch(Integer.toString(uid), "(BODY.PEEK[])").getFirst().section("BODY[]");
    }
  }

  @Test
  void anAttachmentOfAThousandMessagesIsStoredOnce() throws Exception {
    byte[] attachment = attachment(60_000, 1);
    try (Node node = Node.start(folder)) {
      User user = node.newUser();
      deliver(node, user, 0, 1, attachment);
      try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
        List<Future<?>> deliveries = new ArrayList<>();
        for (int from = 1; from < 1_000; from += 111) {
          int first = from;
          deliveries.add(
              threads.submit(() -> {
                deliver(node, user, first, first + 111, attachment);
                return null;
              }));
        }
        for (Future<?> delivery : deliveries) {
          delivery.get();
        }
      }
      assertThat(meter(node, "content_blobs_total{kind=\"new\"}")).isEqualTo(1);
      assertThat(meter(node, "content_blobs_total{kind=\"shared\"}")).isEqualTo(999);
      assertThat(meter(node, "content_octets_bytes_total{kind=\"blobs\"}")).isEqualTo(60_000);
      double seen = meter(node, "content_octets_bytes_total{kind=\"messages\"}");
      double held = 60_000 + meter(node, "content_octets_bytes_total{kind=\"documents\"}");
      System.out.printf("1,000 messages: %,.0f octets seen, %,.0f stored%n", seen, held);
      assertThat(held).isLessThan(seen / 50);
      assertThat(new String(whole(node.imap(), user, 777), ISO_8859_1))
          .containsPattern("Subject: mail \\d+\r\n")
          .endsWith(Base64.getMimeEncoder().encodeToString(attachment) + "\r\n--xyz--\r\n");
    }
  }

  private static void deliver(Node node, User user, int from, int to, byte[] attachment)
      throws IOException {
    try (Lmtp lmtp = new Lmtp(node.lmtp())) {
      for (int i = from; i < to; i++) {
        lmtp.deliver(user.address(), message("mail " + i, attachment));
      }
    }
  }

  @Test
  void aMessageToAHundredIsReceivedOnce() throws Exception {
    byte[] message = message("to all", attachment(900_000, 2));
    try (Node node =
        Node.start(
            Agent.onFreePorts(folder)
                .with(RuntimeSettings.ARGON2_MEMORY, 64)
                .with(RuntimeSettings.ARGON2_ITERATIONS, 1))) {
      List<User> users = new ArrayList<>();
      for (int i = 0; i < 100; i++) {
        users.add(node.newUser());
      }
      try (Lmtp lmtp = new Lmtp(node.lmtp())) {
        lmtp.deliver(users.stream().map(User::address).toList(), message);
      }
      assertThat(meter(node, "content_octets_bytes_total{kind=\"blobs\"}")).isEqualTo(900_000);
      assertThat(meter(node, "content_blobs_total{kind=\"new\"}")).isEqualTo(1);
      assertThat(meter(node, "content_blobs_total{kind=\"shared\"}")).isZero();
      for (int i = 0; i < 100; i += 33) {
        assertThat(new String(whole(node.imap(), users.get(i), 1), ISO_8859_1))
            .endsWith(new String(message, ISO_8859_1));
      }
    }
  }

  @Test
  void nodesThatTakeTheSameAtOnceShareIt() throws Exception {
    int rounds = 10;
    try (TwoNodes nodes = new TwoNodes(folder)) {
      User user = nodes.a.newUser();
      try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
        for (int round = 0; round < rounds; round++) {
          byte[] attachment = attachment(200_000, 100 + round);
          List<Future<?>> deliveries = new ArrayList<>();
          for (int i = 0; i < 6; i++) {
            Node node = i % 2 == 0 ? nodes.a : nodes.b;
            byte[] message = message("mail " + i, attachment);
            deliveries.add(
                threads.submit(() -> {
                  try (Lmtp lmtp = new Lmtp(node.lmtp())) {
                    lmtp.deliver(user.address(), message);
                  }
                  return null;
                }));
          }
          for (Future<?> delivery : deliveries) {
            delivery.get();
          }
        }
      }
      double created =
          meter(nodes.a, "content_blobs_total{kind=\"new\"}")
              + meter(nodes.b, "content_blobs_total{kind=\"new\"}");
      assertThat(created).isEqualTo(rounds);
      try (Imap imap = Imap.login(nodes.b.imap(), user)) {
        imap.run("SELECT INBOX");
        assertThat(imap.run("UID SEARCH ALL").find("\\* SEARCH ([\\d ]+)").split(" "))
            .hasSize(6 * rounds);
        for (int uid = 1; uid <= 6 * rounds; uid++) {
          byte[] octets =
              imap.fetch(Integer.toString(uid), "(BODY.PEEK[2])").getFirst().section("BODY[2]");
          int round = (uid - 1) / 6;
          assertThat(Base64.getMimeDecoder().decode(octets))
              .isEqualTo(attachment(200_000, 100 + round));
        }
      }
    }
  }
}
