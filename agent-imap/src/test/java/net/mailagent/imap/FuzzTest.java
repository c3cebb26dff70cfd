package net.mailagent.imap;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.EOFException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Random;
import net.mailagent.imap.command.Command;
import net.mailagent.imap.wire.Parser;
import net.mailagent.imap.wire.SyntaxError;
import net.mailagent.imap.wire.Text;
import org.junit.jupiter.api.Test;

/** Hostile input: nothing but BAD comes of it, and the next command works. */
class FuzzTest {
  private static final List<String> SEEDS =
      List.of(
          "LOGIN alice {5+}\r\nwrong",
          "AUTHENTICATE PLAIN AGEAYg==",
          "SELECT \"INBOX\" (CONDSTORE)",
          "FETCH 1:5,*:7 (FLAGS BODY.PEEK[1.2.HEADER.FIELDS.NOT (A \"b\" {1+}\r\n"
              + "c)]<5.9> ENVELOPE)",
          "UID FETCH 1:* (UID MODSEQ) (CHANGEDSINCE 12345)",
          "STORE 1,2:4 (UNCHANGEDSINCE 5) +FLAGS.SILENT (\\Seen work)",
          "SEARCH CHARSET UTF-8 OR (NOT FROM {3+}\r\n"
              + "abc SINCE 1-Feb-1994) 1:* UID 2,3 BODY \"x\\\"y\"",
          "APPEND INBOX (\\Seen) \" 7-Feb-1994 21:52:25 -0800\" {5+}\r\nhello",
          "LIST \"\" \"a*%b\"",
          "STATUS &ZeVnLIqe- (MESSAGES UIDNEXT)",
          "RENAME a {3+}\r\nb/c",
          "ID (\"name\" \"x\" \"version\" NIL)",
          "UID MOVE 1:* Trash",
          "ENABLE CONDSTORE",
          "UID EXPUNGE 1:5",
          "FETCH 1 (BINARY.PEEK[1.2]<5.9> BINARY.SIZE[1] PREVIEW (LAZY) EMAILID THREADID)",
          "UID FETCH 2 PREVIEW (LAZY) (CHANGEDSINCE 5)",
          "APPEND INBOX ~{5+}\r\nhello",
          "SEARCH EMAILID M0123456789abcdef01234567 THREADID T_-x");

  private static String mutated(Random random, String seed) {
    StringBuilder text = new StringBuilder(seed);
    int mutations = 1 + random.nextInt(4);
    for (int i = 0; i < mutations; i++) {
      int at = random.nextInt(text.length() + 1);
      switch (random.nextInt(5)) {
        case 0 -> text.insert(at, (char) random.nextInt(256));
        case 1 -> text.insert(at, "()[]{}<>\"\\*%~+-,:. \0".charAt(random.nextInt(20)));
        case 2 -> text.setLength(at);
        case 3 -> text.delete(at, Math.min(text.length(), at + random.nextInt(5)));
        default -> {
          String other = SEEDS.get(random.nextInt(SEEDS.size()));
          text.insert(at, other.substring(random.nextInt(other.length())));
        }
      }
      if (text.isEmpty()) {
        text.append('x');
      }
    }
    return text.toString();
  }

  /** No input makes the parser do anything but return a command, a syntax error, or want more. */
  @Test
  void theParserTakesAnything() {
    long begin = System.nanoTime();
    for (int seed = 0; seed < 60_000; seed++) {
      Random random = new Random(seed);
      byte[] octets;
      if (seed % 10 == 0) {
        octets = new byte[random.nextInt(200)];
        random.nextBytes(octets);
      } else {
        String line = mutated(random, SEEDS.get(random.nextInt(SEEDS.size())));
        octets = ("a " + line + "\r\n").getBytes(StandardCharsets.ISO_8859_1);
      }
      Text text = new Text(octets);
      try {
        Parser parser = new Parser(text, Text.LIMITS);
        try {
          parser.tag();
          Command command = Command.parse(parser);
          assertThat(command.name()).isNotEmpty();
        } catch (SyntaxError e) {
          assertThat(e.text()).matches("[ -~]+");
        }
        parser.skipRest();
      } catch (Text.End e) {
        // it announced more than there is
      } catch (RuntimeException | StackOverflowError e) {
        throw new AssertionError(
            "seed " + seed + ": " + new String(octets, StandardCharsets.ISO_8859_1), e);
      }
    }
    assertThat(System.nanoTime() - begin).isLessThan(60_000_000_000L);
  }

  /** Mutated commands over a connection, in every state; then the connection still works. */
  @Test
  void theConnectionGoesOn() throws Exception {
    try (ImapServer server = new ImapServer()) {
      server.deliver(5);
      for (int seed = 0; seed < 30; seed++) {
        Random random = new Random(seed);
        try (ImapClient client = seed % 3 == 0 ? server.login() : server.select()) {
          for (int i = 0; i < 20; i++) {
            String line = mutated(random, SEEDS.get(random.nextInt(SEEDS.size())));
            // a literal it announces is on its way, or is not asked for
            client.send("f" + i + " " + line.replaceAll("\\{\\d+\\+?\\}", "{0+}") + "\r\n");
          }
          // whatever was left open above ends here at the latest
          client.send("DONE\r\n\r\nlast NOOP\r\n");
          String response;
          do {
            response = client.response();
            assertThat(response).doesNotContain("SERVERBUG");
          } while (!response.startsWith("last "));
          assertThat(response).startsWith("last OK ");
        } catch (EOFException e) {
          assertThat(String.valueOf(e.getMessage())).as("seed " + seed).contains("closed after");
          throw new AssertionError("seed " + seed, e);
        }
      }
    }
  }

  @Test
  void randomOctetsBeforeLoginOnlyEndThatConnection() throws Exception {
    try (ImapServer server = new ImapServer()) {
      for (int seed = 0; seed < 20; seed++) {
        Random random = new Random(seed);
        byte[] octets = new byte[3000];
        random.nextBytes(octets);
        try (ImapClient client = server.connect()) {
          client.socket.getOutputStream().write(octets);
          client.send("\r\n");
        } catch (java.net.SocketException e) {
          // it has hung up already
        }
      }
      try (ImapClient client = server.select()) {
        client.ok("NOOP");
      }
    }
  }
}
