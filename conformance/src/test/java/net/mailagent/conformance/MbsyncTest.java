package net.mailagent.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** mbsync between us and a Maildir: everything arrives, and then nothing changes by itself. */
class MbsyncTest {
  private static final int MESSAGES = 300;

  @TempDir private Path folder;
  private Path maildir;

  @BeforeEach
  void prepare() throws IOException {
    Program.require("mbsync");
    maildir = Files.createDirectory(folder.resolve("mail"));
  }

  @Test
  void pullsThenPushesAndIsStableOverARestart() throws Exception {
    Path data = folder.resolve("data");
    User user;
    int before;
    try (Node node = Node.start(data)) {
      user = node.newUser();
      fill(node.lmtp(), user, MESSAGES);
      sync(node.imap(), user);
      holdsTheSame(node.imap(), user, MESSAGES);
      nothingChanges(node.imap(), user);

      pushes(node.imap(), user);
      nothingChanges(node.imap(), user);
      before = uidValidity(node.imap(), user);
    }
    try (Node node = Node.start(data)) {
      assertThat(uidValidity(node.imap(), user)).isEqualTo(before);
      nothingChanges(node.imap(), user);
      holdsTheSame(node.imap(), user, MESSAGES);
    }
  }

  @Test
  void onNodeMayFollowOnAnother() throws Exception {
    try (TwoNodes nodes = new TwoNodes(folder)) {
      User user = nodes.a.newUser();
      fill(nodes.b.lmtp(), user, 40);
      sync(nodes.a.imap(), user);
      holdsTheSame(nodes.b.imap(), user, 40);
      nothingChanges(nodes.b.imap(), user);
      nothingChanges(nodes.a.imap(), user);
    }
  }

  private static void fill(int port, User user, int count) throws IOException {
    try (Lmtp lmtp = new Lmtp(port)) {
      for (int n = 0; n < count; n++) {
        lmtp.deliver(
            user.address(), n % 20 == 7 ? Letters.withAttachment(n, 60_000) : Letters.small(n));
      }
    }
  }

  /** A flag set here, a message written here, one expunged there: all of it crosses over. */
  private void pushes(int port, User user) throws Exception {
    Path inbox = maildir.resolve("INBOX");
    Path first = messages(inbox).firstEntry().getValue();
    long flagged = uid(first);
    Files.move(
        first,
        inbox
            .resolve("cur")
            .resolve(first.getFileName().toString().replaceAll(":2,.*", "") + ":2,FS"));
    Files.writeString(
        inbox.resolve("new").resolve("1.written.here"), "Subject: new here\n\nhello\n");
    Path last = messages(inbox).lastEntry().getValue();
    long gone = uid(last);
    try (Imap imap = Imap.login(port, user)) {
      imap.run("SELECT INBOX");
      imap.run("UID STORE " + gone + " +FLAGS (\\Deleted)");
      imap.run("UID EXPUNGE " + gone);
    }
    sync(port, user);
    try (Imap imap = Imap.login(port, user)) {
      imap.run("SELECT INBOX");
      assertThat(imap.fetch("" + flagged, "(FLAGS)").getFirst().flags)
          .contains("\\Seen", "\\Flagged");
      long written =
          Long.parseLong(imap.run("UID SEARCH SUBJECT \"new here\"").find("SEARCH (\\d+)"));
      byte[] octets = imap.fetch("" + written, "BODY.PEEK[TEXT]").getFirst().section("BODY[TEXT]");
      assertThat(new String(octets, StandardCharsets.US_ASCII)).isEqualTo("hello\r\n");
    }
    holdsTheSame(port, user, MESSAGES);
    assertThat(last).doesNotExist();
  }

  /** Every file of the Maildir is the message with its UID, and there are no others. */
  private void holdsTheSame(int port, User user, int count) throws Exception {
    TreeMap<String, Path> files = messages(maildir.resolve("INBOX"));
    assertThat(files).hasSize(count);
    try (Imap imap = Imap.login(port, user)) {
      imap.run("EXAMINE INBOX");
      TreeMap<Long, String> stored = new TreeMap<>();
      for (Fetched fetched : imap.fetch("1:*", "BODY.PEEK[]")) {
        stored.put(fetched.uid, withoutMark(text(fetched.section("BODY[]")).replace("\r\n", "\n")));
      }
      TreeMap<Long, String> kept = new TreeMap<>();
      for (Path file : files.values()) {
        kept.put(uid(file), withoutMark(text(Files.readAllBytes(file))));
      }
      assertThat(kept.keySet()).isEqualTo(stored.keySet());
      stored.forEach((uid, message) -> assertThat(kept.get(uid)).isEqualTo(message));
    }
  }

  /** mbsync marks what it transfers with a field of its own. */
  private static String withoutMark(String message) {
    return message.replaceFirst("X-TUID: .*\n", "");
  }

  private void nothingChanges(int port, User user) throws Exception {
    List<String> there = server(port, user);
    List<String> here = local();
    String said = sync(port, user);
    assertThat(said.replace("*** IMAP Warning *** Password is being sent in the clear", ""))
        .doesNotContainIgnoringCase("warning")
        .doesNotContainIgnoringCase("error");
    assertThat(local()).isEqualTo(here);
    assertThat(server(port, user)).isEqualTo(there);
  }

  private String sync(int port, User user) throws Exception {
    Path config = folder.resolve("mbsyncrc");
    Files.writeString(
        config,
        """
        IMAPAccount agent
        Host 127.0.0.1
        Port %d
        User %s
        Pass %s
        SSLType None
        AuthMechs LOGIN

        IMAPStore far
        Account agent

        MaildirStore near
        Path %s/
        Inbox %s/INBOX
        SubFolders Verbatim

        Channel all
        Far :far:
        Near :near:
        Patterns *
        Create Both
        Expunge Both
        SyncState *
        """
            .formatted(port, user.name(), User.PASSWORD, maildir, maildir));
    return Program.run(folder, List.of("mbsync", "-c", config.toString(), "-a")).good().text();
  }

  /** What a client can see of every mailbox: its state, and each message's flags. */
  private static List<String> server(int port, User user) throws IOException {
    List<String> seen = new ArrayList<>();
    try (Imap imap = Imap.login(port, user)) {
      for (String line : imap.run("LIST \"\" *").lines()) {
        String name = line.substring(line.lastIndexOf(' ') + 1);
        seen.addAll(
            imap.run("STATUS " + name + " (MESSAGES UIDNEXT UIDVALIDITY UNSEEN HIGHESTMODSEQ)")
                .lines());
      }
      imap.run("EXAMINE INBOX");
      for (Fetched fetched : imap.fetch("1:*", "(FLAGS MODSEQ)")) {
        seen.add(fetched.uid + " " + fetched.modSeq + " " + new java.util.TreeSet<>(fetched.flags));
      }
    }
    return seen;
  }

  private static int uidValidity(int port, User user) throws IOException {
    try (Imap imap = Imap.login(port, user)) {
      return Integer.parseInt(imap.run("STATUS INBOX (UIDVALIDITY)").find("UIDVALIDITY (\\d+)"));
    }
  }

  /** Names, sizes and times of all files, mbsync's journals aside. */
  private List<String> local() throws IOException {
    try (Stream<Path> files = Files.walk(maildir)) {
      return files
          .filter(Files::isRegularFile)
          .filter(file -> !file.getFileName().toString().startsWith(".mbsync"))
          .map(MbsyncTest::describe)
          .sorted()
          .toList();
    }
  }

  private static String describe(Path file) {
    try {
      return file + " " + Files.size(file) + " " + Files.getLastModifiedTime(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The messages of a Maildir by their file names. */
  private static TreeMap<String, Path> messages(Path mailbox) throws IOException {
    TreeMap<String, Path> found = new TreeMap<>();
    for (String name : List.of("cur", "new")) {
      try (Stream<Path> files = Files.list(mailbox.resolve(name))) {
        files.forEach(file -> found.put(file.getFileName().toString(), file));
      }
    }
    return found;
  }

  /**
   * The UID that a file's message has with us: the file's name has mbsync's own ({@code
   * …,U=17:2,S}), and its journal says which of ours that is.
   */
  private static long uid(Path file) throws IOException {
    String own = file.getFileName().toString().replaceAll(".*,U=(\\d+).*", "$1");
    for (String line : Files.readAllLines(file.getParent().resolveSibling(".mbsyncstate"))) {
      String[] words = line.split(" ");
      if (words.length >= 2 && words[1].equals(own) && words[0].matches("\\d+")) {
        return Long.parseLong(words[0]);
      }
    }
    throw new AssertionError("mbsync's journal does not know " + file);
  }

  private static String text(byte[] octets) {
    return new String(octets, StandardCharsets.ISO_8859_1);
  }
}
