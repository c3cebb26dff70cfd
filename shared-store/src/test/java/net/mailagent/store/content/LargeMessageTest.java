package net.mailagent.store.content;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import net.mailagent.model.ContentId;
import net.mailagent.model.Section;
import net.mailagent.model.UserId;
import net.mailagent.model.port.StoredMessage;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** Messages that are large in every way a message can be: none of them outgrows a document. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class LargeMessageTest {
  private final ContentSettings settings = ContentSettings.standard();
  private ContentFixture fixture;
  private UserId user;

  @BeforeAll
  void open() {
    fixture = new ContentFixture(settings);
    user = fixture.journals.newUser(0);
  }

  @AfterAll
  void close() {
    fixture.close();
  }

  private void roundTrip(byte[] sent) {
    ContentId id = fixture.deliver(user, "Delivered-To: x@example.org\r\n", sent);
    StoredMessage message = ContentFixture.message(fixture.otherNode(settings), user, id);
    byte[] raw = ContentFixture.bytes(message.open(Section.WHOLE).orElseThrow());
    assertThat(raw.length).isEqualTo(sent.length + 29);
    assertThat(java.util.Arrays.mismatch(raw, 29, raw.length, sent, 0, sent.length)).isEqualTo(-1);
    assertThat(message.bodyStructure()).isNotEmpty();
    assertThat(message.envelope()).isNotEmpty();
  }

  @Test
  void tenThousandTinyParts() {
    StringBuilder text = new StringBuilder("Content-Type: multipart/mixed; boundary=b\r\n\r\n");
    for (int i = 0; i < 10_000; i++) {
      text.append("--b\r\nContent-Type: text/plain; name=\"part-").append(i).append("\"\r\n\r\n");
      text.append("number ").append(i).append("\r\n");
    }
    roundTrip(text.append("--b--\r\n").toString().getBytes(ISO_8859_1));
  }

  @Test
  void twoThousandPartsThatAreBlobsOfTheirOwn() {
    StringBuilder text = new StringBuilder("Content-Type: multipart/mixed; boundary=b\r\n\r\n");
    for (int i = 0; i < 2_000; i++) {
      text.append("--b\r\n\r\nnumber ").append(i).append("x".repeat(settings.smallBody()));
      text.append("\r\n");
    }
    long before = fixture.count("blobs");
    roundTrip(text.append("--b--\r\n").toString().getBytes(ISO_8859_1));
    assertThat(fixture.count("blobs") - before)
        .isBetween((long) settings.maxBlobs(), settings.maxBlobs() + 5L);
  }

  @Test
  void tenMegabytesOfHeader() {
    StringBuilder text = new StringBuilder("Subject: large\r\n");
    for (int i = 0; text.length() < 10 << 20; i++) {
      text.append("X-Field-").append(i).append(": ").append("value ".repeat(15)).append("\r\n");
    }
    roundTrip(text.append("\r\nbody\r\n").toString().getBytes(ISO_8859_1));
  }

  @Test
  void oneFieldOfFourMegabytesInTheEnvelope() {
    StringBuilder text = new StringBuilder("To: ");
    for (int i = 0; text.length() < 4 << 20; i++) {
      text.append("\"Name ").append(i).append("\" <user").append(i).append("@example.org>,\r\n ");
    }
    roundTrip(text.append("last@example.org\r\n\r\n").toString().getBytes(ISO_8859_1));
  }

  @Test
  void aMillionDistinctWords() {
    StringBuilder text = new StringBuilder("Subject: words\r\n\r\n");
    for (int i = 0; i < 500_000; i++) {
      text.append("word").append(i).append(i % 10 == 9 ? "\r\n" : " ");
    }
    roundTrip(text.toString().getBytes(ISO_8859_1));
  }

  @Test
  void memoryStaysFlatHoweverLongTheMessageIs() throws Exception {
    long peak = FlatMemory.inOtherProcess(fixture, 24, 96);
    System.out.printf("a message of 96 MiB in and out under -Xmx24m: peak live %d KiB%n", peak);
    assertThat(peak).isLessThan(24 << 10);
  }
}
