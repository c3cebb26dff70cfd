package net.mailagent.store.content;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import net.mailagent.model.ContentId;
import net.mailagent.model.Flags;
import net.mailagent.model.MailboxId;
import net.mailagent.model.UserId;
import net.mailagent.model.port.Messages;
import net.mailagent.store.mongo.Call;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** Which messages have one THREADID (RFC 8474), in whatever order they arrive. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ConversationTest {
  private static final String ROOT = "Message-ID: <root@x>\r\nSubject: talk\r\n";
  private static final String REPLY =
      "Message-ID: <reply@x>\r\nIn-Reply-To: <root@x>\r\nReferences: <root@x>\r\n"
          + "Subject: Re: talk\r\n";

  /** As programs write it that know no References. */
  private static final String BARE_REPLY =
      "Message-ID: <Bare@x>\r\nIn-Reply-To: Your message <root@x>\r\nSubject: AW: talk\r\n";

  private static final String REPLY_TO_REPLY =
      "Message-ID: <second@x>\r\nIn-Reply-To: <reply@x>\r\nSubject: Re: [list] talk\r\n";
  private static final String REPLY_TO_BARE =
      "Message-ID: <third@x>\r\nIn-Reply-To: <Bare@x>\r\nSubject: Re: AW:  ta lk\r\n";
  private static final String DEEP =
      "Message-ID: <deep@x>\r\nIn-Reply-To: <third@x>\r\nSubject: SV: Re: talk\r\n";
  private static final String LATER =
      "Message-ID: <later@x>\r\nReferences: <root@x>\r\n <reply@x> <second@x>\r\n"
          + "Subject: Fwd: talk\r\n";

  private ContentFixture fixture;

  @BeforeAll
  void open() {
    fixture = new ContentFixture(ContentSettings.standard());
  }

  @AfterAll
  void close() {
    fixture.close();
  }

  private static byte[] message(String header) {
    return (header + "\r\ntext\r\n").getBytes(UTF_8);
  }

  private List<String> threads(String... headers) {
    return threads(fixture.journals.newUser(0), headers);
  }

  /** The threads of messages that are delivered one after the other. */
  private List<String> threads(UserId user, String... headers) {
    List<String> threads = new ArrayList<>();
    for (String header : headers) {
      threads.add(fixture.message(user, fixture.deliver(user, message(header))).thread());
    }
    return threads;
  }

  @Test
  void aConversationHasOneThread() {
    List<String> threads =
        threads(ROOT, REPLY, BARE_REPLY, REPLY_TO_REPLY, REPLY_TO_BARE, DEEP, LATER);
    assertThat(threads.getFirst()).matches("[0-9a-f]{24}");
    assertThat(threads).containsOnly(threads.getFirst());
  }

  @Test
  void whatHasReferencesOrRepliesToTheRootMayComeInAnyOrder() {
    List<String> threads = threads(LATER, BARE_REPLY, REPLY, REPLY_TO_REPLY, ROOT, REPLY_TO_BARE);
    assertThat(threads).containsOnly(threads.getFirst());
  }

  @Test
  void theRootNeedNotBeThere() {
    List<String> threads = threads(REPLY, REPLY_TO_REPLY, BARE_REPLY, REPLY_TO_BARE);
    assertThat(threads).containsOnly(threads.getFirst());
  }

  @Test
  void aBareReplyToWhatIsNotThereBeginsAThreadThatItsOwnRepliesJoin() {
    List<String> threads = threads(REPLY_TO_BARE, DEEP, ROOT, BARE_REPLY);
    assertThat(threads.get(1)).isEqualTo(threads.get(0));
    assertThat(threads.get(3)).isEqualTo(threads.get(2)).isNotEqualTo(threads.get(0));
  }

  @Test
  void anotherSubjectIsAnotherThread() {
    String changed = "References: <root@x>\r\nSubject: new (was: talk)\r\n";
    List<String> threads =
        threads(
            ROOT,
            "Message-ID: <a@x>\r\n" + changed,
            "Message-ID: <b@x>\r\nIn-Reply-To: <a@x>\r\nSubject: RE: new (was: talk)\r\n",
            "Message-ID: <c@x>\r\nIn-Reply-To: <root@x>\r\nSubject: new (was: talk)\r\n",
            "Message-ID: <d@x>\r\nIn-Reply-To: <b@x>\r\nSubject: Re: talk\r\n");
    assertThat(threads.get(1)).isNotEqualTo(threads.get(0)).isEqualTo(threads.get(2));
    assertThat(threads.get(3)).isEqualTo(threads.get(1));
    assertThat(threads.get(4)).isEqualTo(threads.get(0));
  }

  @Test
  void oneSubjectAloneIsNoThread() {
    String talk = "Subject: Re: talk\r\n";
    List<String> threads =
        threads(ROOT, "Message-ID: <other@y>\r\nSubject: talk\r\n", talk, talk, "", "");
    assertThat(threads).doesNotHaveDuplicates();
  }

  @Test
  void usersAndNodesDoNotMatterButForWhatEachHas() {
    UserId alice = fixture.journals.newUser(0);
    UserId bob = fixture.journals.newUser(0);
    List<String> hers = threads(alice, ROOT, REPLY);
    threads(bob, DEEP);
    Map<UserId, ContentId> ids = new HashMap<>();
    fixture.watch.calls.clear();
    List<Messages.Delivery> both =
        List.of(
            new Messages.Delivery(alice, new byte[0], null),
            new Messages.Delivery(bob, new byte[0], null));
    MessageStore other = fixture.otherNode(ContentSettings.standard());
    try (Messages.Intake intake = other.receive(Long.MAX_VALUE)) {
      intake.write(ByteBuffer.wrap(message(REPLY_TO_REPLY)));
      List<Messages.Verdict> verdicts = other.deliver(intake.finish(), both, ContentFixture.ORIGIN);
      for (int i = 0; i < 2; i++) {
        ids.put(both.get(i).user(), ((Messages.Verdict.Delivered) verdicts.get(i)).content());
      }
    }
    assertThat(fixture.watch.calls.stream().filter(call -> !call.operation().isWrite()).toList())
        .as("one question for all")
        .extracting(Call::collection)
        .containsExactly("messages");
    assertThat(fixture.message(alice, ids.get(alice)).thread()).isEqualTo(hers.getFirst());
    assertThat(fixture.message(bob, ids.get(bob)).thread()).isNotEqualTo(hers.getFirst());
  }

  @Test
  void messagesOfOneAppendReplyToEachOther() {
    UserId user = fixture.journals.newUser(0);
    MailboxId inbox = fixture.inbox(user).id();
    List<Messages.Appended> appended = new ArrayList<>();
    for (String header : List.of(ROOT, BARE_REPLY, REPLY_TO_BARE, DEEP)) {
      appended.add(new Messages.Appended(fixture.receive(message(header)), Flags.NONE, 0));
    }
    fixture.store.append(user, inbox, appended, ContentFixture.ORIGIN);
    List<String> threads = new ArrayList<>();
    for (int uid = 1; uid <= 4; uid++) {
      ContentId id = fixture.inbox(user).messages().byUid(uid).content();
      threads.add(fixture.message(user, id).thread());
    }
    assertThat(threads).containsOnly(threads.getFirst());
  }
}
