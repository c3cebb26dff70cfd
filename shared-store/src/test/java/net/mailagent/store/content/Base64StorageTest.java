package net.mailagent.store.content;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import net.mailagent.model.ContentId;
import net.mailagent.model.Section;
import net.mailagent.model.UserId;
import net.mailagent.model.port.StoredMessage;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Base64 bodies are stored decoded where that gives the same octets, and shared by content. */
class Base64StorageTest {
  private static final Section BINARY = new Section(List.of(1), new Section.Text.Binary());
  private static ContentFixture fixture;

  private UserId user;

  @BeforeAll
  static void open() {
    fixture = new ContentFixture(ContentSettings.standard());
  }

  @AfterAll
  static void close() {
    fixture.close();
  }

  @BeforeEach
  void another() {
    user = fixture.journals.newUser(0);
  }

  @Test
  void theSameAttachmentIsSharedHoweverItsLinesAreBroken() {
    byte[] attachment = MessageStoreTest.random(200_000, 11);
    long blobs = fixture.count("blobs");
    List<String> bodies = new ArrayList<>();
    for (int line : new int[] {76, 72, 60, 4_000_000}) {
      String body = Base64Bodies.lines(attachment, line, "\r\n");
      bodies.addAll(
          List.of(
              body,
              body + "\r\n",
              body + "\r\n\r\n",
              body + "\r\n-- \r\na list's footer behind it\r\n"));
    }
    for (String body : bodies) {
      byte[] sent = Base64Bodies.message(body);
      ContentId id = fixture.deliver(user, sent);
      assertThat(fixture.raw(user, id)).isEqualTo(sent);
      byte[] decoded = ContentFixture.bytes(fixture.message(user, id).open(BINARY).orElseThrow());
      assertThat(Arrays.copyOf(decoded, attachment.length)).isEqualTo(attachment);
    }
    assertThat(fixture.count("blobs")).isEqualTo(blobs + 1);
  }

  @Test
  void aBodyThatBreaksOffGoesOnRaw() {
    byte[] attachment = MessageStoreTest.random(150_000, 12);
    String canonical = Base64Bodies.lines(attachment, 76, "\r\n");
    String body = canonical + "\r\n" + Base64Bodies.lines(attachment, 76, "\n");
    long blobs = fixture.count("blobs");
    long stored = fixture.store.figures().blobs();
    ContentId id = fixture.deliver(user, Base64Bodies.message(body));
    assertThat(fixture.raw(user, id)).isEqualTo(Base64Bodies.message(body));
    assertThat(fixture.count("blobs")).isEqualTo(blobs + 2);
    assertThat(fixture.store.figures().blobs() - stored)
        .isEqualTo(attachment.length + body.length() - canonical.length() - 2);
  }

  @Test
  void decodedOctetsAreHandedOutAsTheyAreStored() {
    byte[] attachment = MessageStoreTest.random(1_000_000, 13);
    byte[] sent = Base64Bodies.message(Base64Bodies.lines(attachment, 76, "\r\n"));
    StoredMessage stored = fixture.message(user, fixture.deliver(user, sent));
    fixture.watch.calls.clear();
    try (var source = stored.open(BINARY, 70_000, 10).orElseThrow()) {
      assertThat(source.length()).isEqualTo(10);
      assertThat(ContentFixture.bytes(source))
          .isEqualTo(Arrays.copyOfRange(attachment, 70_000, 70_010));
    }
    assertThat(chunksRead()).isEqualTo(1);
    fixture.watch.calls.clear();
    assertThat(stored.open(BINARY).orElseThrow().length()).isEqualTo(attachment.length);
    assertThat(chunksRead()).isZero();
  }

  private static int chunksRead() {
    return fixture.watch.calls.stream()
        .filter(c -> c.collection().contains("chunks"))
        .mapToInt(c -> c.query().limit())
        .sum();
  }

  @Test
  void whatWasSavedIsCounted() {
    ContentFigures figures = fixture.store.figures();
    long messages = figures.messages();
    long inDocuments = figures.documents();
    long blobs = figures.blobs();
    long decoded = figures.decoded();
    long created = figures.newBlobs();
    long shared = figures.sharedBlobs();
    byte[] attachment = MessageStoreTest.random(300_000, 14);
    String body = Base64Bodies.lines(attachment, 76, "\r\n");
    byte[] sent = Base64Bodies.message(body);
    for (int i = 0; i < 10; i++) {
      fixture.deliver(user, "X-Trace: 1\r\n", sent);
    }
    assertThat(figures.messages() - messages).isEqualTo(10L * (sent.length + 12));
    assertThat(figures.documents() - inDocuments)
        .isEqualTo(10L * (sent.length - body.length() + 12));
    assertThat(figures.blobs() - blobs).isEqualTo(attachment.length);
    assertThat(figures.decoded() - decoded).isEqualTo(10L * (body.length() - attachment.length));
    assertThat(figures.newBlobs() - created).isEqualTo(1);
    assertThat(figures.sharedBlobs() - shared).isEqualTo(9);
  }

  @Test
  void smallBodiesStayInTheDocument() {
    long blobs = fixture.count("blobs");
    byte[] sent =
        Base64Bodies.message(Base64Bodies.lines(MessageStoreTest.random(10_000, 15), 76, "\r\n"));
    ContentId id = fixture.deliver(user, sent);
    assertThat(fixture.raw(user, id)).isEqualTo(sent);
    assertThat(fixture.count("blobs")).isEqualTo(blobs);
  }
}
