package net.mailagent.store.content;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.Set;
import net.mailagent.model.Attachment;
import net.mailagent.model.ContentId;
import net.mailagent.model.Flags;
import net.mailagent.model.Refusal;
import net.mailagent.model.Refused;
import net.mailagent.model.Section;
import net.mailagent.model.UserId;
import net.mailagent.model.journal.Placement;
import net.mailagent.model.port.Messages;
import net.mailagent.model.port.Messages.Field;
import net.mailagent.model.port.Messages.Verdict;
import net.mailagent.model.port.StoredMessage;
import net.mailagent.store.mongo.Call;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** Receiving, delivering, appending and reading, over a real engine. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class MessageStoreTest {
  private static final String TRACE =
      "Return-Path: <bob@example.org>\r\nDelivered-To: alice@example.org\r\n";
  private static final String SMALL =
      "From: Bob <bob@example.org>\r\nTo: alice@example.org\r\nSubject: Hello\r\n"
          + "Message-ID: <1@example.org>\r\n\r\nHi Alice.\r\n";

  private final ContentSettings settings = ContentSettings.standard();
  private ContentFixture fixture;

  @BeforeAll
  void open() {
    fixture = new ContentFixture(settings);
  }

  @AfterAll
  void close() {
    fixture.close();
  }

  private static byte[] octets(String text) {
    return text.getBytes(ISO_8859_1);
  }

  static byte[] withAttachment(String subject, byte[] attachment) {
    String base64 = java.util.Base64.getMimeEncoder().encodeToString(attachment);
    return octets(
        "From: Bob <bob@example.org>\r\nSubject: "
            + subject
            + "\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=xyz\r\n\r\n"
            + "--xyz\r\nContent-Type: text/plain\r\n\r\nsee below\r\n"
            + "--xyz\r\nContent-Type: application/octet-stream\r\n"
            + "Content-Transfer-Encoding: base64\r\n\r\n"
            + base64
            + "\r\n--xyz--\r\n");
  }

  static byte[] random(int length, long seed) {
    byte[] octets = new byte[length];
    new Random(seed).nextBytes(octets);
    return octets;
  }

  @Test
  void aDeliveredMessageComesBackByteForByteBehindItsTrace() {
    UserId user = fixture.journals.newUser(0);
    ContentId id = fixture.deliver(user, TRACE, octets(SMALL));
    StoredMessage message = fixture.message(user, id);
    assertThat(fixture.raw(user, id)).asString(ISO_8859_1).isEqualTo(TRACE + SMALL);
    assertThat(message.size()).isEqualTo(TRACE.length() + SMALL.length());
    assertThat(new String(message.envelope(), ISO_8859_1)).contains("\"Hello\"", "\"bob\"");
    assertThat(new String(message.bodyStructure(), ISO_8859_1)).startsWith("(\"TEXT\" \"PLAIN\"");
    Placement placed = fixture.inbox(user).messages().byUid(1);
    assertThat(placed.content()).isEqualTo(id);
    assertThat(placed.size()).isEqualTo(message.size());
  }

  @Test
  void sectionsAndPartialsAgreeWithTheRawMessage() {
    UserId user = fixture.journals.newUser(0);
    byte[] attachment = random(300_000, 1);
    byte[] sent = withAttachment("a", attachment);
    StoredMessage message = fixture.message(user, fixture.deliver(user, TRACE, sent));
    String raw = TRACE + new String(sent, ISO_8859_1);
    String header = raw.substring(0, raw.indexOf("\r\n\r\n") + 4);
    assertThat(text(message, Section.HEADER)).isEqualTo(header);
    assertThat(text(message, new Section(List.of(1), new Section.Text.Content())))
        .isEqualTo("see below");
    Section second = new Section(List.of(2), new Section.Text.Content());
    String base64 = text(message, second);
    assertThat(java.util.Base64.getMimeDecoder().decode(base64)).isEqualTo(attachment);
    for (int[] range : new int[][] {{0, 10}, {65_530, 20}, {100_000, 131_072}, {400_000, 9_999}}) {
      byte[] part = ContentFixture.bytes(message.open(second, range[0], range[1]).orElseThrow());
      assertThat(new String(part, ISO_8859_1))
          .isEqualTo(base64.substring(range[0], Math.min(base64.length(), range[0] + range[1])));
    }
    assertThat(message.open(second, base64.length() + 5L, 10).orElseThrow().length()).isZero();
    assertThat(message.open(new Section(List.of(3), new Section.Text.Content()))).isEmpty();
    byte[] binary =
        ContentFixture.bytes(
            message.open(new Section(List.of(2), new Section.Text.Binary())).orElseThrow());
    assertThat(binary).isEqualTo(attachment);
    Attachment listed = message.attachments().getFirst();
    assertThat(message.attachments()).hasSize(1);
    assertThat(listed.part()).containsExactly(2);
    assertThat(listed.size()).isEqualTo(base64.length());
    assertThat(ContentFixture.bytes(message.open(listed.decoded()).orElseThrow()))
        .isEqualTo(attachment);
    assertThat(
            ContentFixture.bytes(
                message
                    .open(new Section(List.of(2), new Section.Text.Binary()), 1_000, 70_000)
                    .orElseThrow()))
        .isEqualTo(Arrays.copyOfRange(attachment, 1_000, 71_000));
    assertThat(
            text(
                message,
                new Section(
                    List.of(), new Section.Text.HeaderFields(List.of("SUBJECT", "x"), false))))
        .isEqualTo("Subject: a\r\n\r\n");
  }

  private static String text(StoredMessage message, Section section) {
    return new String(ContentFixture.bytes(message.open(section).orElseThrow()), ISO_8859_1);
  }

  @Test
  void aDeliveryOfASmallMessageWritesItsContentOnceAndReadsNothing() {
    UserId user = fixture.journals.newUser(0);
    fixture.watch.calls.clear();
    fixture.deliver(user, TRACE, octets(SMALL));
    assertThat(fixture.watch.calls)
        .extracting(Call::toString)
        .containsExactly("BULK messages"); // the journal adds its own insert
  }

  @Test
  void aMessageToManyIsParsedAndStoredInOneBulkInsert() {
    List<Messages.Delivery> deliveries = new ArrayList<>();
    List<UserId> users = new ArrayList<>();
    for (int i = 0; i < 100; i++) {
      users.add(fixture.journals.newUser(0));
      deliveries.add(
          new Messages.Delivery(users.getLast(), octets("Delivered-To: u" + i + "\r\n"), null));
    }
    Messages.Received received = fixture.receive(octets(SMALL));
    fixture.watch.calls.clear();
    List<Verdict> verdicts = fixture.store.deliver(received, deliveries, ContentFixture.ORIGIN);
    assertThat(fixture.watch.calls).extracting(Call::toString).containsExactly("BULK messages");
    for (int i = 0; i < 100; i++) {
      Verdict.Delivered delivered = (Verdict.Delivered) verdicts.get(i);
      assertThat(fixture.raw(users.get(i), delivered.content()))
          .asString(ISO_8859_1)
          .isEqualTo("Delivered-To: u" + i + "\r\n" + SMALL);
    }
  }

  @Test
  void eachRecipientHasItsOwnVerdictAndRefusedContentLeavesNothing() {
    UserId rich = fixture.journals.newUser(0);
    UserId poor = fixture.journals.newUser(10);
    long before = fixture.count("messages");
    List<Messages.Delivery> deliveries =
        List.of(
            new Messages.Delivery(poor, new byte[0], "queue1"),
            new Messages.Delivery(rich, new byte[0], "queue1"),
            new Messages.Delivery(rich, new byte[0], "queue1"));
    List<Verdict> verdicts =
        fixture.store.deliver(fixture.receive(octets(SMALL)), deliveries, ContentFixture.ORIGIN);
    assertThat(verdicts.get(0))
        .isInstanceOfSatisfying(
            Verdict.NotDelivered.class,
            v -> assertThat(v.refusal()).isInstanceOf(Refusal.OverQuota.class));
    assertThat(verdicts.get(1))
        .isInstanceOfSatisfying(Verdict.Delivered.class, v -> assertThat(v.repeated()).isFalse());
    assertThat(verdicts.get(2))
        .isInstanceOfSatisfying(Verdict.Delivered.class, v -> assertThat(v.repeated()).isTrue());
    assertThat(fixture.inbox(rich).messages().size()).isEqualTo(1);
    assertThat(fixture.count("messages")).isEqualTo(before + 1);
  }

  @Test
  void anAppendPlacesAllOrNone() {
    UserId user = fixture.journals.newUser(SMALL.length() * 2L);
    Messages.Placed placed = fixture.append(user, octets(SMALL), octets(SMALL));
    assertThat(placed.uids().toString()).isEqualTo("1:2");
    long before = fixture.count("messages");
    assertThatThrownBy(() -> fixture.append(user, octets(SMALL), octets(SMALL)))
        .isInstanceOf(Refused.class);
    assertThat(fixture.inbox(user).messages().size()).isEqualTo(2);
    assertThat(fixture.count("messages")).isEqualTo(before);
    assertThat(fixture.inbox(user).messages().byUid(1).flags()).isEqualTo(Flags.NONE);
    assertThat(fixture.inbox(user).messages().byUid(1).internalDate()).isEqualTo(1_000);
  }

  @Test
  void aMessageOverTheLimitIsRefusedAndLeavesNothing() {
    long chunks = fixture.count("attachments.chunks");
    byte[] sent = withAttachment("big", random(1_000_000, 2));
    try (Messages.Intake intake = fixture.store.receive(900_000)) {
      assertThatThrownBy(
              () -> {
                for (int at = 0; at < sent.length; at += 8_192) {
                  intake.write(ByteBuffer.wrap(sent, at, Math.min(8_192, sent.length - at)));
                }
              })
          .isInstanceOfSatisfying(
              Refused.class, e -> assertThat(e.refusal()).isEqualTo(new Refusal.TooBig(900_000)));
    }
    assertThat(fixture.count("attachments.chunks")).isEqualTo(chunks);
  }

  @Test
  void anAbortedIntakeLeavesNothingVisible() {
    long files = fixture.count("attachments.files");
    long chunks = fixture.count("attachments.chunks");
    byte[] sent = withAttachment("aborted", random(2_000_000, 3));
    try (Messages.Intake intake = fixture.store.receive(Long.MAX_VALUE)) {
      intake.write(ByteBuffer.wrap(sent, 0, 1_500_000));
      assertThat(fixture.count("attachments.chunks")).isGreaterThan(chunks);
    }
    assertThat(fixture.count("attachments.files")).isEqualTo(files);
    assertThat(fixture.count("attachments.chunks")).isEqualTo(chunks);
  }

  @Test
  void readingKeepsTheOrderAndLeavesOutWhatIsGone() {
    UserId user = fixture.journals.newUser(0);
    List<ContentId> ids = new ArrayList<>();
    for (int i = 0; i < 700; i++) {
      ids.add(fixture.deliver(user, octets("Subject: " + i + "\r\n\r\nx\r\n")));
    }
    ids.add(350, ContentId.random());
    MessageStore cold = fixture.otherNode(settings);
    fixture.watch.calls.clear();
    List<ContentId> seen = new ArrayList<>();
    cold.read(user, ids, Set.of(Field.ENVELOPE), message -> seen.add(message.id()));
    ids.remove(350);
    assertThat(seen).isEqualTo(ids);
    assertThat(fixture.watch.calls).hasSize(3); // batches of 256
    fixture.watch.calls.clear();
    List<String> envelopes = new ArrayList<>();
    cold.read(
        user,
        ids.reversed(),
        Set.of(Field.ENVELOPE),
        message -> envelopes.add(new String(message.envelope(), ISO_8859_1)));
    assertThat(envelopes.getFirst()).contains("\"699\"");
    assertThat(fixture.watch.calls).isEmpty(); // from memory
  }

  @Test
  void aStrangersContentIsNotRead() {
    UserId user = fixture.journals.newUser(0);
    ContentId id = fixture.deliver(user, octets(SMALL));
    fixture.message(user, id); // in memory now
    List<StoredMessage> seen = new ArrayList<>();
    fixture.store.read(UserId.random(), List.of(id), Set.of(Field.ENVELOPE), seen::add);
    assertThat(seen).isEmpty();
  }

  @Test
  void messagesOfAConversationShareTheirThread() {
    UserId user = fixture.journals.newUser(0);
    String reply =
        "Message-ID: <2@example.org>\r\nReferences: <1@example.org>\r\nSubject: Re: Hello\r\n\r\n.";
    StoredMessage first = fixture.message(user, fixture.deliver(user, octets(SMALL)));
    StoredMessage second = fixture.message(user, fixture.deliver(user, octets(reply)));
    StoredMessage alone = fixture.message(user, fixture.deliver(user, octets("\r\nx")));
    assertThat(second.thread()).isEqualTo(first.thread()).matches("[0-9a-f]{24}");
    assertThat(alone.thread()).isNotEqualTo(first.thread());
    UserId other = fixture.journals.newUser(0);
    assertThat(fixture.message(other, fixture.deliver(other, octets(SMALL))).thread())
        .isNotEqualTo(first.thread());
  }
}
