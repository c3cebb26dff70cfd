package net.mailagent.imap;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import net.mailagent.model.ContentId;
import net.mailagent.model.MailboxPath;
import net.mailagent.model.Origin;
import net.mailagent.model.SpecialUse;
import net.mailagent.model.journal.ExpungeMessages;
import net.mailagent.model.journal.MailboxState;
import net.mailagent.model.journal.UserState;
import org.junit.jupiter.api.Test;

/** How often the journal is written and read, and what happens when contents cannot be read. */
class CommitTest {
  @Test
  void aCommandIsOneEntryHoweverManyMessages() throws Exception {
    try (ImapServer server = new ImapServer();
        ImapClient client = server.login()) {
      server.deliver(30);
      client.ok("SELECT INBOX");
      assertThat(client.ok("STORE 1:30 +FLAGS (\\Flagged)")).hasSize(30);
      client.ok("FETCH 1:30 BODY[]");
      client.ok("COPY 1:30 Sent");
      client.ok("MOVE 1:10 Trash");
      client.ok("STORE 1:* +FLAGS.SILENT (\\Deleted)");
      client.ok("EXPUNGE");
      client.ok("EXPUNGE"); // changes nothing, writes nothing
      assertThat(server.mail.commits(server.alice))
          .containsEntry("store", 2)
          .containsEntry("seen", 1)
          .containsEntry("copy", 1)
          .containsEntry("move", 1)
          .containsEntry("expunge", 1);
    }
  }

  @Test
  void contentsAreFetchedWithoutAskingTheJournal() throws Exception {
    try (ImapServer server = new ImapServer();
        ImapClient client = server.login()) {
      server.deliver(3);
      client.ok("SELECT INBOX");
      int before = server.mail.reads();
      for (int i = 1; i <= 3; i++) {
        client.ok("UID FETCH " + i + " (UID RFC822.SIZE INTERNALDATE ENVELOPE BODY.PEEK[])");
      }
      assertThat(server.mail.reads()).isEqualTo(before);
      client.ok("FETCH 1:3 FLAGS");
      assertThat(server.mail.reads()).isEqualTo(before + 1);
    }
  }

  private static MailboxState inbox(ImapServer server) {
    MailboxState inbox = server.mail.current(server.alice).mailbox(MailboxPath.INBOX).orElseThrow();
    return server
        .mail
        .current(server.alice, java.util.Set.of(inbox.id()))
        .mailbox(inbox.id())
        .orElseThrow();
  }

  @Test
  void aResponseStaysLegalWhenContentsCannotBeRead() throws Exception {
    try (ImapServer server = new ImapServer();
        ImapClient client = server.login()) {
      server.deliver(4);
      List<ContentId> ids =
          List.of(2, 3).stream().map(uid -> inbox(server).messages().byUid(uid).content()).toList();
      server.messages.unreadable(ids.get(0));
      server.messages.lose(ids.get(1));
      client.ok("SELECT INBOX");
      List<String> all = client.run("FETCH 1:4 (UID BODY.PEEK[TEXT])");
      assertThat(all)
          .containsExactly(
              "* 1 FETCH (UID 1 BODY[TEXT] {17}\r\nThis is body 1.\r\n)",
              "* 2 FETCH (UID 2)",
              "* 4 FETCH (UID 4 BODY[TEXT] {17}\r\nThis is body 4.\r\n)",
              "NO [UNAVAILABLE] Some messages could not be read, try again");
      assertThat(client.run("FETCH 1:2 (UID ENVELOPE FLAGS)"))
          .element(1)
          .isEqualTo("* 2 FETCH (UID 2 FLAGS ())");
      assertThat(client.run("FETCH 2 (BODYSTRUCTURE BODY)"))
          .containsExactly(
              "* 2 FETCH (UID 2)", "NO [UNAVAILABLE] Some messages could not be read, try again");
      server.messages.faulty(inbox(server).messages().byUid(4).content());
      List<String> faulty = client.run("FETCH 4 (UID BODYSTRUCTURE FLAGS)");
      assertThat(faulty).first().isEqualTo("* 4 FETCH (UID 4)");
      assertThat(faulty).last().asString().startsWith("NO [SERVERBUG] Internal error");
      client.ok("FETCH 1:4 FLAGS");
    }
  }

  @Test
  void flagsThatAFailedFetchDidNotShowAreToldLater() throws Exception {
    try (ImapServer server = new ImapServer();
        ImapClient client = server.login();
        ImapClient other = server.login()) {
      server.deliver(4);
      client.ok("SELECT INBOX");
      other.ok("SELECT INBOX");
      server.messages.awayAt(inbox(server).messages().byUid(3).content());
      assertThat(client.run("FETCH 1:4 BODY[TEXT]"))
          .containsExactly(
              "* 1 FETCH (FLAGS (\\Seen) BODY[TEXT] {17}\r\nThis is body 1.\r\n)",
              "* 2 FETCH (FLAGS (\\Seen) BODY[TEXT] {17}\r\nThis is body 2.\r\n)",
              "NO [UNAVAILABLE] The store cannot answer now, try again");
      assertThat(client.ok("NOOP"))
          .containsExactly("* 3 FETCH (UID 3 FLAGS (\\Seen))", "* 4 FETCH (UID 4 FLAGS (\\Seen))");
      other.ok("STORE 1:4 +FLAGS (\\Flagged)");
      assertThat(client.run("FETCH 2:3 (FLAGS BODY.PEEK[TEXT]<0.4>)"))
          .containsExactly(
              "* 2 FETCH (FLAGS (\\Seen \\Flagged) BODY[TEXT]<0> {4}\r\nThis)",
              "NO [UNAVAILABLE] The store cannot answer now, try again");
      assertThat(client.ok("NOOP"))
          .containsExactly(
              "* 1 FETCH (UID 1 FLAGS (\\Seen \\Flagged))",
              "* 3 FETCH (UID 3 FLAGS (\\Seen \\Flagged))",
              "* 4 FETCH (UID 4 FLAGS (\\Seen \\Flagged))");
    }
  }

  @Test
  void flagsOfAMessageWithoutItsContentAreToldBehind() throws Exception {
    try (ImapServer server = new ImapServer();
        ImapClient client = server.login()) {
      server.deliver(2);
      client.ok("SELECT INBOX");
      server.messages.lose(inbox(server).messages().byUid(1).content());
      assertThat(client.run("FETCH 1:2 BODY[TEXT]"))
          .containsExactly(
              "* 2 FETCH (FLAGS (\\Seen) BODY[TEXT] {17}\r\nThis is body 2.\r\n)",
              "* 1 FETCH (UID 1 FLAGS (\\Seen))",
              "NO [UNAVAILABLE] Some messages could not be read, try again");
    }
  }

  @Test
  void aQuietSessionLetsItsSnapshotGo() throws Exception {
    try (ImapServer server =
            new ImapServer(
                ImapServer.settings()
                    .with(ImapSettings.SNAPSHOT, java.time.Duration.ofMillis(50)));
        ImapClient client = server.login()) {
      server.deliver(3);
      client.ok("SELECT INBOX");
      MailboxState inbox = inbox(server);
      client.ok("STORE 2 +FLAGS.SILENT (\\Deleted)");
      Thread.sleep(2000); // many times the setting
      server.mail.commit(
          server.alice,
          new Origin("test", "", "other"),
          new ExpungeMessages(inbox.id(), java.util.Optional.empty()));
      // what was expunged meanwhile can be read until that is told, and the numbers still hold
      assertThat(client.ok("FETCH 1:3 (UID FLAGS)"))
          .containsExactly(
              "* 1 FETCH (UID 1 FLAGS ())",
              "* 2 FETCH (UID 2 FLAGS (\\Deleted))",
              "* 3 FETCH (UID 3 FLAGS ())");
      assertThat(client.ok("FETCH 2 (BODY.PEEK[TEXT])"))
          .containsExactly("* 2 FETCH (BODY[TEXT] {17}\r\nThis is body 2.\r\n)");
      assertThat(client.ok("FETCH 2 (BODY[TEXT])")) // \Seen cannot be set any more
          .containsExactly("* 2 FETCH (BODY[TEXT] {17}\r\nThis is body 2.\r\n)");
      assertThat(client.ok("NOOP")).containsExactly("* 2 EXPUNGE");
    }
  }

  /** A primary that was replaced and does not know it lacks what the client was told of. */
  @Test
  void whatCameIsNotExpungedWhenTheStoreShowsThePast() throws Exception {
    try (ImapServer server = new ImapServer();
        ImapClient client = server.login()) {
      server.deliver(2);
      client.ok("SELECT INBOX");
      UserState before = server.mail.everything(server.alice);
      server.deliver(1);
      assertThat(client.ok("NOOP")).contains("* 3 EXISTS");
      server.mail.show(server.alice, before);
      assertThat(client.run("NOOP")).singleElement().asString().startsWith("NO [UNAVAILABLE]");
      server.mail.show(server.alice, null);
      assertThat(client.ok("NOOP")).isEmpty();
      assertThat(client.ok("UID FETCH 3 (UID)")).containsExactly("* 3 FETCH (UID 3)");
    }
  }

  @Test
  void specialUsesAreShown() throws Exception {
    try (ImapServer server = new ImapServer();
        ImapClient client = server.login()) {
      assertThat(client.ok("LIST \"\" Sent"))
          .containsExactly(
              "* LIST (\\HasNoChildren " + SpecialUse.SENT.attribute() + ") \"/\" Sent");
    }
  }
}
