package net.mailagent.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import jakarta.mail.FetchProfile;
import jakarta.mail.Flags;
import jakarta.mail.Folder;
import jakarta.mail.Message;
import jakarta.mail.MessagingException;
import jakarta.mail.Multipart;
import jakarta.mail.Session;
import jakarta.mail.UIDFolder;
import jakarta.mail.event.MessageCountAdapter;
import jakarta.mail.event.MessageCountEvent;
import jakarta.mail.internet.MimeMessage;
import jakarta.mail.search.AndTerm;
import jakarta.mail.search.BodyTerm;
import jakarta.mail.search.FlagTerm;
import jakarta.mail.search.FromStringTerm;
import jakarta.mail.search.HeaderTerm;
import jakarta.mail.search.MessageIDTerm;
import jakarta.mail.search.NotTerm;
import jakarta.mail.search.OrTerm;
import jakarta.mail.search.RecipientStringTerm;
import jakarta.mail.search.SearchTerm;
import jakarta.mail.search.SizeTerm;
import jakarta.mail.search.SubjectTerm;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Properties;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.eclipse.angus.mail.imap.AppendUID;
import org.eclipse.angus.mail.imap.IMAPFolder;
import org.eclipse.angus.mail.imap.IMAPStore;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Angus Mail, the IMAP client of most Java programs. */
class AngusMailTest {
  private static final int SOON_SECONDS = 20;

  @TempDir private static Path folder;
  private static Node node;
  private User user;
  private IMAPStore store;

  @BeforeAll
  static void start() {
    node = Node.start(folder);
  }

  @AfterAll
  static void stop() {
    node.close();
  }

  @BeforeEach
  void connect() throws Exception {
    user = node.newUser();
    store = connected(node.imap());
  }

  @AfterEach
  void disconnect() throws MessagingException {
    store.close();
  }

  private IMAPStore connected(int port) throws MessagingException {
    Properties properties = new Properties();
    properties.setProperty("mail.imap.timeout", "60000");
    properties.setProperty("mail.imap.connectiontimeout", "10000");
    IMAPStore connected = (IMAPStore) Session.getInstance(properties).getStore("imap");
    connected.connect("127.0.0.1", port, user.name(), User.PASSWORD);
    return connected;
  }

  @Test
  void foldersAreMadeRenamedSubscribedAndRemoved() throws Exception {
    assertThat(names()).contains("INBOX", "Drafts", "Sent", "Junk", "Trash", "Archive");
    char separator = store.getDefaultFolder().getSeparator();
    Folder project = store.getFolder("Projects" + separator + "Übersicht & mehr");
    assertThat(project.create(Folder.HOLDS_MESSAGES)).isTrue();
    assertThat(names()).contains("Projects", project.getFullName());
    project.setSubscribed(true);
    assertThat(project.isSubscribed()).isTrue();
    assertThat(Arrays.stream(store.getDefaultFolder().listSubscribed("*")).map(Folder::getFullName))
        .contains(project.getFullName());
    Folder renamed = store.getFolder("Done");
    assertThat(project.renameTo(renamed)).isTrue();
    assertThat(names()).contains("Done").doesNotContain(project.getFullName());
    assertThat(renamed.delete(true)).isTrue();
    assertThat(names()).doesNotContain("Done");
    assertThat(store.getFolder("Never").exists()).isFalse();
  }

  private List<String> names() throws MessagingException {
    return Arrays.stream(store.getDefaultFolder().list("*")).map(Folder::getFullName).toList();
  }

  @Test
  void specialUseIsShown() throws Exception {
    assertThat(((IMAPFolder) store.getFolder("Sent")).getAttributes()).contains("\\Sent");
    assertThat(((IMAPFolder) store.getFolder("Drafts")).getAttributes()).contains("\\Drafts");
    assertThat(((IMAPFolder) store.getFolder("Junk")).getAttributes()).contains("\\Junk");
    assertThat(((IMAPFolder) store.getFolder("Trash")).getAttributes()).contains("\\Trash");
    assertThat(((IMAPFolder) store.getFolder("Archive")).getAttributes()).contains("\\Archive");
  }

  @Test
  void appendedMessagesComeBackWithTheirParts() throws Exception {
    byte[] letter = Letters.withAttachment(3, 150_000);
    MimeMessage sent = message(letter);
    sent.setFlag(Flags.Flag.SEEN, true);
    try (IMAPFolder inbox = open("INBOX")) {
      AppendUID[] uids = inbox.appendUIDMessages(new Message[] {sent, message(Letters.small(4))});
      assertThat(uids[0].uid).isEqualTo(1);
      assertThat(uids[1].uid).isEqualTo(2);
      assertThat(uids[0].uidvalidity).isEqualTo(inbox.getUIDValidity());
      Message back = inbox.getMessageByUID(1);
      assertThat(back.isSet(Flags.Flag.SEEN)).isTrue();
      assertThat(back.getSize()).isEqualTo(letter.length);
      assertThat(inbox.getMessageByUID(2).isSet(Flags.Flag.SEEN)).isFalse();
      // Read in partial fetches of 16 KiB, as Angus does by default.
      ByteArrayOutputStream whole = new ByteArrayOutputStream();
      back.writeTo(whole);
      assertThat(whole.toByteArray()).isEqualTo(letter);
      Multipart parts = (Multipart) back.getContent();
      assertThat(parts.getCount()).isEqualTo(2);
      assertThat(parts.getBodyPart(0).getContent()).isEqualTo("See letter 3 attached.");
      assertThat(parts.getBodyPart(1).getFileName()).isEqualTo("file.bin");
      try (InputStream in = parts.getBodyPart(1).getInputStream()) {
        MimeMessage original = message(letter);
        assertThat(in.readAllBytes())
            .isEqualTo(
                ((Multipart) original.getContent()).getBodyPart(1).getInputStream().readAllBytes());
      }
    }
  }

  @Test
  void copiesMovesAndExpunges() throws Exception {
    fill(10);
    Folder archive = store.getFolder("Archive");
    try (IMAPFolder inbox = open("INBOX")) {
      Message[] all = inbox.getMessages();
      AppendUID[] copied = inbox.copyUIDMessages(Arrays.copyOfRange(all, 0, 3), archive);
      assertThat(Arrays.stream(copied).map(uid -> uid.uid)).containsExactly(1L, 2L, 3L);
      AppendUID[] moved = inbox.moveUIDMessages(Arrays.copyOfRange(all, 3, 5), archive);
      assertThat(Arrays.stream(moved).map(uid -> uid.uid)).containsExactly(4L, 5L);
      inbox.setFlags(Arrays.copyOfRange(all, 0, 2), new Flags(Flags.Flag.DELETED), true);
      // Those that were moved are reported by the client's own expunge() too.
      assertThat(inbox.expunge()).hasSize(4);
      assertThat(inbox.getMessageCount()).isEqualTo(6);
      inbox.setFlags(inbox.getMessages(), new Flags("$Project"), true);
      assertThat(inbox.getMessage(6).getFlags().getUserFlags()).containsExactly("$Project");
    }
    try (IMAPFolder opened = open("Archive")) {
      assertThat(opened.getMessageCount()).isEqualTo(5);
      assertThat(opened.getMessageByUID(5).getSubject()).isEqualTo("letter 4");
    }
  }

  @Test
  void searchTermsKeepTheirMeaning() throws Exception {
    fill(12);
    try (IMAPFolder inbox = open("INBOX")) {
      inbox.getMessage(3).setFlag(Flags.Flag.FLAGGED, true);
      SearchTerm two = new SubjectTerm("letter 2");
      SearchTerm three = new SubjectTerm("letter 3");
      assertThat(found(inbox, two)).containsExactly(3L);
      assertThat(found(inbox, new OrTerm(two, three))).containsExactly(3L, 4L);
      assertThat(found(inbox, new AndTerm(two, three))).isEmpty();
      assertThat(found(inbox, new NotTerm(new OrTerm(two, three))))
          .hasSize(10)
          .doesNotContain(3L, 4L);
      assertThat(found(inbox, new NotTerm(new AndTerm(two, three)))).hasSize(12);
      assertThat(found(inbox, new AndTerm(new OrTerm(two, three), new NotTerm(two))))
          .containsExactly(4L);
      assertThat(found(inbox, new FlagTerm(new Flags(Flags.Flag.FLAGGED), true)))
          .containsExactly(3L);
      assertThat(found(inbox, new FlagTerm(new Flags(Flags.Flag.FLAGGED), false))).hasSize(11);
      assertThat(found(inbox, new BodyTerm("this is letter 11"))).containsExactly(12L);
      assertThat(found(inbox, new FromStringTerm("sender@example"))).hasSize(12);
      assertThat(found(inbox, new RecipientStringTerm(Message.RecipientType.TO, "reader")))
          .hasSize(12);
      assertThat(found(inbox, new RecipientStringTerm(Message.RecipientType.CC, "reader")))
          .isEmpty();
      assertThat(found(inbox, new MessageIDTerm("<letter.5@example.org>"))).containsExactly(6L);
      assertThat(found(inbox, new HeaderTerm("MIME-Version", "1.0"))).hasSize(12);
      assertThat(found(inbox, new SizeTerm(SizeTerm.GT, 10_000_000))).isEmpty();
    }
  }

  private static List<Long> found(IMAPFolder inbox, SearchTerm term) throws MessagingException {
    return Arrays.stream(inbox.search(term)).map(message -> uid(inbox, message)).toList();
  }

  private static long uid(IMAPFolder folder, Message message) {
    try {
      return folder.getUID(message);
    } catch (MessagingException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void fetchProfileBringsAllAtOnce() throws Exception {
    fill(50);
    try (IMAPFolder inbox = open("INBOX")) {
      Message[] all = inbox.getMessages();
      FetchProfile profile = new FetchProfile();
      profile.add(FetchProfile.Item.ENVELOPE);
      profile.add(FetchProfile.Item.FLAGS);
      profile.add(FetchProfile.Item.CONTENT_INFO);
      profile.add(FetchProfile.Item.SIZE);
      profile.add(UIDFolder.FetchProfileItem.UID);
      profile.add("X-Nothing");
      inbox.fetch(all, profile);
      for (int n = 0; n < all.length; n++) {
        assertThat(all[n].getSubject()).isEqualTo("letter " + n);
        assertThat(all[n].getFrom()[0]).hasToString("Sender <sender@example.org>");
        assertThat(all[n].getContentType()).startsWithIgnoringCase("text/plain");
        assertThat(all[n].getSentDate()).isEqualTo("2025-10-06T10:00:00Z");
        assertThat(inbox.getUID(all[n])).isEqualTo(n + 1);
      }
    }
  }

  @Test
  void idleTellsWhatHappensElsewhere() throws Exception {
    idleTells(node, node);
  }

  @Test
  void idleOnOneNodeTellsWhatHappensOnTheOther(@TempDir Path shared) throws Exception {
    try (TwoNodes nodes = new TwoNodes(shared)) {
      user = nodes.a.newUser();
      idleTells(nodes.a, nodes.b);
    }
  }

  private void idleTells(Node idling, Node acting) throws Exception {
    BlockingQueue<String> told = new LinkedBlockingQueue<>();
    IMAPStore idle = connected(idling.imap());
    IMAPFolder inbox = (IMAPFolder) idle.getFolder("INBOX");
    inbox.open(Folder.READ_ONLY);
    inbox.addMessageCountListener(
        new MessageCountAdapter() {
          @Override
          public void messagesAdded(MessageCountEvent event) {
            told.add("added " + event.getMessages().length);
          }

          @Override
          public void messagesRemoved(MessageCountEvent event) {
            told.add("removed " + event.getMessages()[0].getMessageNumber());
          }
        });
    inbox.addMessageChangedListener(
        event -> told.add("changed " + event.getMessage().getMessageNumber()));
    Thread idler =
        Thread.ofVirtual()
            .start(() -> {
              try {
                while (inbox.isOpen()) {
                  inbox.idle();
                }
              } catch (MessagingException | IllegalStateException e) {
                told.add("ended: " + e);
              }
            });
    try (Lmtp lmtp = new Lmtp(acting.lmtp());
        Imap imap = Imap.login(acting.imap(), user)) {
      lmtp.deliver(user.address(), Letters.small(1));
      assertThat(told.poll(SOON_SECONDS, TimeUnit.SECONDS)).isEqualTo("added 1");
      lmtp.deliver(user.address(), Letters.small(2));
      assertThat(told.poll(SOON_SECONDS, TimeUnit.SECONDS)).isEqualTo("added 1");
      imap.run("SELECT INBOX");
      imap.run("UID STORE 2 +FLAGS (\\Flagged)");
      assertThat(told.poll(SOON_SECONDS, TimeUnit.SECONDS)).isEqualTo("changed 2");
      imap.run("UID MOVE 1 Archive");
      assertThat(told.poll(SOON_SECONDS, TimeUnit.SECONDS)).isEqualTo("removed 1");
    } finally {
      idle.close();
      idler.join();
    }
  }

  private IMAPFolder open(String name) throws MessagingException {
    IMAPFolder opened = (IMAPFolder) store.getFolder(name);
    opened.open(Folder.READ_WRITE);
    return opened;
  }

  private void fill(int count) throws IOException {
    try (Imap imap = Imap.login(node.imap(), user)) {
      for (int n = 0; n < count; n++) {
        imap.append("INBOX", Letters.small(n));
      }
    }
  }

  private static MimeMessage message(byte[] octets) throws MessagingException {
    return new MimeMessage(Session.getInstance(new Properties()), new ByteArrayInputStream(octets));
  }
}
