package net.mailagent.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** curl as an HTTP and as an IMAP client. */
class CurlTest {
  private static final Duration SOON = Duration.ofSeconds(20);

  @TempDir private Path folder;
  private Node node;

  @BeforeEach
  void start() {
    Program.require("curl");
    node = Node.start(folder.resolve("data"));
  }

  @AfterEach
  void stop() {
    if (node != null) {
      node.close();
    }
  }

  @Test
  void createsAUserWhoThenGetsMail() throws Exception {
    String answer =
        curl(
            "-d",
            "{\"username\":\"curly\",\"password\":\"secretpass\"}",
            "-H",
            "Content-Type: application/json",
            "http://127.0.0.1:" + node.http() + "/user/create");
    assertThat(answer)
        .contains("\"success\":true", "\"username\":\"curly\"", "\"address\":\"curly@");
    User user = new User("", "curly", answer.replaceAll("(?s).*\"address\":\"([^\"]+)\".*", "$1"));
    try (Lmtp lmtp = new Lmtp(node.lmtp())) {
      lmtp.deliver(user.address(), Letters.small(1));
    }
    assertThat(imap(user, "/INBOX;MAILINDEX=1")).contains("Subject: letter 1");
  }

  @Test
  void listsFetchesAppendsAndSearches() throws Exception {
    User user = node.newUser();
    assertThat(imap(user, "/")).contains("INBOX", "\\Sent", "Trash");

    byte[] letter = Letters.withAttachment(5, 30_000);
    Path file = Files.write(folder.resolve("letter.eml"), letter);
    imap(user, "/INBOX", "-T", file.toString());
    imap(user, "/INBOX", "-T", Files.write(file, Letters.small(6)).toString());

    assertThat(imap(user, "/INBOX;UID=1")).isEqualTo(text(letter));
    String header = imap(user, "/INBOX;UID=1;SECTION=HEADER.FIELDS%20(SUBJECT)");
    assertThat(header).isEqualTo("Subject: letter 5\r\n\r\n");
    assertThat(imap(user, "/INBOX;UID=1;SECTION=1")).isEqualTo("See letter 5 attached.");
    assertThat(imap(user, "/INBOX?SUBJECT%20%22letter%206%22").strip()).isEqualTo("* SEARCH 2");
    assertThat(imap(user, "/INBOX", "-X", "STORE 1 +FLAGS (\\Deleted)")).contains("\\Deleted");
    assertThat(imap(user, "/INBOX", "-X", "EXPUNGE")).contains("* 1 EXPUNGE");
    assertThat(imap(user, "/INBOX?ALL").strip()).isEqualTo("* SEARCH 1");
  }

  @Test
  void uploadsAndDownloadsMessagesAndAttachments() throws Exception {
    User user = node.newUser();
    byte[] letter = Letters.withAttachment(7, 2_000_000);
    Path file = Files.write(folder.resolve("letter.eml"), letter);
    String inbox =
        "http://127.0.0.1:" + node.http() + "/users/" + user.id() + "/mailboxes/inbox/messages";
    String type = "Content-Type: message/rfc822";
    String query = "?unseen=true&flagged=true";
    String answer = curl("-X", "POST", "-T", file.toString(), "-H", type, inbox + query);
    assertThat(answer).contains("\"success\":true", "\"id\":1,", "\"size\":" + letter.length);

    Path copy = folder.resolve("copy.eml");
    String eml = inbox + "/1/message.eml";
    curl("-f", "-o", copy.toString(), eml);
    assertThat(copy).hasBinaryContent(letter);
    Files.write(copy, Arrays.copyOf(letter, 1_234_567));
    curl("-f", "-C", "-", "-o", copy.toString(), eml); // goes on where it was interrupted
    assertThat(copy).hasBinaryContent(letter);
    assertThat(curl("-f", "-r", "100-199", eml)).isEqualTo(text(letter).substring(100, 200));
    assertThat(curl("-f", "-I", eml)).contains("Content-Length: " + letter.length);

    Path download = Files.createDirectory(folder.resolve("download"));
    curl("-f", "-OJ", "--output-dir", download.toString(), inbox + "/1/attachments/ATT00001");
    assertThat(download.resolve("file.bin")).hasBinaryContent(Letters.attachment(7, 2_000_000));

    assertThat(imap(user, "/INBOX", "-X", "FETCH 1 FLAGS")).contains("(\\Flagged)");
    assertThat(imap(user, "/INBOX;UID=1")).isEqualTo(text(letter));
  }

  @Test
  void overTls() throws Exception {
    User user = node.newUser();
    String login = user.name() + ":" + User.PASSWORD;
    assertThat(curl("-k", "-u", login, "imaps://127.0.0.1:" + node.imaps() + "/"))
        .contains("INBOX");
    assertThat(curl("-k", "--ssl-reqd", "-u", login, "imap://127.0.0.1:" + node.imap() + "/"))
        .contains("INBOX");
  }

  @Test
  void wrongPasswordIsRefused() throws Exception {
    User user = node.newUser();
    Program.Outcome outcome =
        Program.run(
            folder,
            List.of(
                "curl",
                "-sS",
                "-u",
                user.name() + ":wrong",
                "imap://127.0.0.1:" + node.imap() + "/"));
    assertThat(outcome.exit()).as(outcome.text()).isEqualTo(67);
  }

  @Test
  void pushStreamTellsOfADelivery() throws Exception {
    User user = node.newUser();
    Process curl =
        new ProcessBuilder(
                "curl",
                "-sN",
                "http://127.0.0.1:" + node.http() + "/users/" + user.id() + "/updates")
            .start();
    try (BufferedReader lines = curl.inputReader(StandardCharsets.UTF_8)) {
      CompletableFuture<String> told =
          CompletableFuture.supplyAsync(
              () -> lines.lines().filter(l -> l.contains("EXISTS")).findFirst().orElse("nothing"));
      try (Lmtp lmtp = new Lmtp(node.lmtp())) {
        // The stream begins where it was opened, and that is not known to us: mail until it tells.
        for (int n = 0; n < SOON.toSeconds() && !told.isDone(); n++) {
          lmtp.deliver(user.address(), Letters.small(n));
          waitUpTo(Duration.ofSeconds(1), told);
        }
      }
      assertThat(told).isDone();
      assertThat(told.get(1, TimeUnit.SECONDS))
          .startsWith("data:")
          .contains("\"command\":\"EXISTS\"", "\"uid\":", "\"mailbox\":");
    } finally {
      curl.destroyForcibly().waitFor();
    }
  }

  private static void waitUpTo(Duration limit, CompletableFuture<?> future) {
    try {
      future.get(limit.toMillis(), TimeUnit.MILLISECONDS);
    } catch (java.util.concurrent.TimeoutException e) {
      return;
    } catch (InterruptedException | java.util.concurrent.ExecutionException e) {
      throw new AssertionError(e);
    }
  }

  private String imap(User user, String path, String... options)
      throws IOException, InterruptedException {
    List<String> all = new ArrayList<>(List.of(options));
    all.addAll(
        List.of("-u", user.name() + ":" + User.PASSWORD, "imap://127.0.0.1:" + node.imap() + path));
    return curl(all.toArray(String[]::new));
  }

  private String curl(String... options) throws IOException, InterruptedException {
    List<String> command = new ArrayList<>(List.of("curl", "-sS", "--globoff"));
    command.addAll(List.of(options));
    return Program.run(folder, command).good().text();
  }

  private static String text(byte[] octets) {
    return new String(octets, StandardCharsets.ISO_8859_1);
  }
}
