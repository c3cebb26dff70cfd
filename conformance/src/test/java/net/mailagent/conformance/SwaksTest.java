package net.mailagent.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** swaks hands mail over by LMTP. */
class SwaksTest {
  @TempDir private Path folder;
  private Node node;
  private User user;

  @BeforeEach
  void start() throws Exception {
    Program.require("swaks");
    node = Node.start(folder.resolve("data"));
    user = node.newUser();
  }

  @AfterEach
  void stop() {
    if (node != null) {
      node.close();
    }
  }

  @Test
  void deliversAnAttachment() throws Exception {
    byte[] file = new byte[70_000];
    new Random(1).nextBytes(file);
    Path attachment = Files.write(folder.resolve("photo.jpg"), file);
    swaks(
            "--to",
            user.address(),
            "--header",
            "Subject: with a photo",
            "--attach-type",
            "image/jpeg",
            "--attach",
            "@" + attachment)
        .good();
    try (Imap imap = Imap.login(node.imap(), user)) {
      imap.run("SELECT INBOX");
      Fetched fetched =
          imap.fetch("1", "(RFC822.SIZE BODYSTRUCTURE BODY.PEEK[] BODY.PEEK[2] BODY.PEEK[HEADER])")
              .getFirst();
      assertThat(text(fetched.section("BODY[HEADER]"))).contains("Subject: with a photo\r\n");
      assertThat(fetched.section("BODY[]")).hasSize((int) fetched.size);
      assertThat(java.util.Base64.getMimeDecoder().decode(fetched.section("BODY[2]")))
          .isEqualTo(file);
      assertThat(fetched.structure).isInstanceOf(Part.Multipart.class);
      Part second = ((Part.Multipart) fetched.structure).parts().get(1);
      assertThat(second)
          .isEqualTo(
              new Part.Leaf("image", "jpeg", "base64", fetched.section("BODY[2]").length, -1));
    }
  }

  @Test
  void unknownRecipientIsRefusedAndTheOtherServed() throws Exception {
    String nobody = "nobody.at.all@" + user.address().replaceAll(".*@", "");
    Program.Outcome alone = swaks("--to", nobody);
    assertThat(alone.exit()).isEqualTo(24);
    assertThat(alone.text()).contains("550 5.1.1");
    swaks("--to", nobody + "," + user.address()).good();
    assertThat(exists()).isEqualTo(1);
  }

  @Test
  void pipelines() throws Exception {
    Program.Outcome outcome =
        swaks("--pipeline", "--to", user.address() + "," + user.address()).good();
    assertThat(outcome.text()).contains("PIPELINING", "8BITMIME", "SIZE", "ENHANCEDSTATUSCODES");
    // Two recipients that are one user: one verdict for each.
    assertThat(
            outcome
                .text()
                .lines()
                .filter(line -> line.matches("<-\\s+250 2\\.\\d\\.\\d .*"))
                .count())
        .isGreaterThanOrEqualTo(5);
    assertThat(exists()).isBetween(1L, 2L);
  }

  @Test
  void startsTls() throws Exception {
    Program.Outcome outcome = swaks("--tls", "--to", user.address());
    if (outcome.text().contains("TLS not available")) {
      Program.missing("Perl's Net::SSLeay, with which swaks speaks TLS,");
    }
    assertThat(outcome.good().text()).contains("TLS started");
    assertThat(exists()).isEqualTo(1);
  }

  private long exists() throws IOException {
    try (Imap imap = Imap.login(node.imap(), user)) {
      return Long.parseLong(imap.run("SELECT INBOX").find("\\* (\\d+) EXISTS"));
    }
  }

  private Program.Outcome swaks(String... options) throws IOException, InterruptedException {
    List<String> command = new ArrayList<>();
    command.addAll(
        List.of(
            "swaks",
            "--protocol",
            "LMTP",
            "--server",
            "127.0.0.1",
            "--port",
            "" + node.lmtp(),
            "--from",
            "sender@example.org",
            "--timeout",
            "30"));
    command.addAll(List.of(options));
    return Program.run(folder, command);
  }

  private static String text(byte[] octets) {
    return new String(octets, StandardCharsets.ISO_8859_1);
  }
}
