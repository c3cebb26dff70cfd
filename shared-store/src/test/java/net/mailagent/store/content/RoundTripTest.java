package net.mailagent.store.content;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.lifecycle.AfterContainer;
import net.mailagent.mime.HeaderFilter;
import net.mailagent.mime.MimePart;
import net.mailagent.mime.Sections;
import net.mailagent.mime.Selection;
import net.mailagent.mime.TransferDecoding;
import net.mailagent.model.ByteSource;
import net.mailagent.model.ContentId;
import net.mailagent.model.Section;
import net.mailagent.model.UserId;
import net.mailagent.model.port.Messages;
import net.mailagent.model.port.StoredMessage;
import org.jspecify.annotations.Nullable;

/**
 * What came in comes out, whatever it looks like, however it was cut into buffers, and wherever its
 * pieces went: thresholds are so small that everything spills.
 */
class RoundTripTest {
  private static final ContentSettings[] SHAPES = {
    ContentSettings.standard().withSizes(20, 60, 3, 30).withChunks(16, 40),
    ContentSettings.standard().withSizes(0, 0, 1_000, 0).withChunks(7, 7),
    ContentSettings.standard().withSizes(100, 4_000, 0, 64 << 10).withChunks(50, 500),
    ContentSettings.standard()
  };
  private static final @Nullable ContentFixture[] FIXTURES = new ContentFixture[SHAPES.length];

  private static ContentFixture fixture(int shape) {
    ContentFixture open = FIXTURES[shape];
    if (open == null) {
      open = new ContentFixture(SHAPES[shape]);
      FIXTURES[shape] = open;
    }
    return open;
  }

  @AfterContainer
  static void close() {
    for (ContentFixture fixture : FIXTURES) {
      if (fixture != null) {
        fixture.close();
      }
    }
  }

  @Property(tries = 120)
  void everyMessageComesBackWholeAndInParts(@ForAll long seed) {
    Random random = new Random(seed);
    int shape = random.nextInt(SHAPES.length);
    ContentFixture fixture = fixture(shape);
    UserId user = fixture.journals.newUser(0);
    byte[] sent = new RandomMessages(seed).next();
    String trace = random.nextBoolean() ? "" : "Delivered-To: someone@example.org\r\n";
    ContentId id = deliver(fixture, user, trace, sent, 1 + random.nextInt(200));
    StoredMessage message = ContentFixture.message(fixture.otherNode(SHAPES[shape]), user, id);

    byte[] raw = (trace + new String(sent, ISO_8859_1)).getBytes(ISO_8859_1);
    assertThat(ContentFixture.bytes(message.open(Section.WHOLE).orElseThrow())).isEqualTo(raw);
    assertThat(message.size()).isEqualTo(raw.length);
    MimePart tree = ((StoredContent) message).tree();
    List<Section> sections = new ArrayList<>(List.of(Section.WHOLE, Section.HEADER));
    collect(tree, List.of(), sections);
    for (Section section : sections) {
      Optional<Selection> selection = Sections.locate(tree, section);
      if (selection.isEmpty()) {
        assertThat(message.open(section)).isEmpty();
        continue;
      }
      byte[] expected = expected(raw, selection.get());
      assertThat(ContentFixture.bytes(message.open(section).orElseThrow()))
          .as("%s", section)
          .isEqualTo(expected);
      int offset = random.nextInt(expected.length + 3);
      int length = random.nextInt(300);
      assertThat(ContentFixture.bytes(message.open(section, offset, length).orElseThrow()))
          .as("%s<%d.%d>", section, offset, length)
          .isEqualTo(cut(expected, offset, length));
    }
  }

  @Property(tries = 80)
  void everyRangeOfEveryBase64BodyComesBack(@ForAll long seed) {
    Random random = new Random(seed);
    int shape = random.nextInt(SHAPES.length);
    ContentFixture fixture = fixture(shape);
    byte[] body = Base64Bodies.any(random, shape == SHAPES.length - 1 ? 40_000 : 300);
    byte[] sent = Base64Bodies.message(new String(body, ISO_8859_1));
    UserId user = fixture.journals.newUser(0);
    StoredMessage stored = fixture.message(user, fixture.deliver(user, sent));
    assertThat(ContentFixture.bytes(stored.open(Section.WHOLE).orElseThrow())).isEqualTo(sent);
    Section part = new Section(List.of(1), new Section.Text.Content());
    assertThat(ContentFixture.bytes(stored.open(part).orElseThrow())).isEqualTo(body);
    Section binary = new Section(List.of(1), new Section.Text.Binary());
    byte[] decoded = ContentFixture.bytes(stored.open(binary).orElseThrow());
    assertThat(decoded)
        .isEqualTo(ContentFixture.bytes(TransferDecoding.decode(() -> whole(body), "base64")));
    for (int i = 0; i < 6; i++) {
      int from = random.nextInt(body.length + 5);
      int length = random.nextInt(i < 3 ? 10 : 2_000);
      assertThat(ContentFixture.bytes(stored.open(part, from, length).orElseThrow()))
          .as("<%d.%d>", from, length)
          .isEqualTo(cut(body, from, length));
      assertThat(ContentFixture.bytes(stored.open(binary, from, length).orElseThrow()))
          .as("BINARY<%d.%d>", from, length)
          .isEqualTo(cut(decoded, from, length));
    }
  }

  private static byte[] cut(byte[] octets, int from, int length) {
    return Arrays.copyOfRange(
        octets, Math.min(from, octets.length), Math.min(from + length, octets.length));
  }

  private static ContentId deliver(
      ContentFixture fixture, UserId user, String trace, byte[] sent, int cut) {
    Messages.Delivery delivery = new Messages.Delivery(user, trace.getBytes(ISO_8859_1), null);
    Messages.Verdict verdict =
        fixture
            .store
            .deliver(fixture.receive(sent, cut), List.of(delivery), ContentFixture.ORIGIN)
            .getFirst();
    return ((Messages.Verdict.Delivered) verdict).content();
  }

  private static void collect(MimePart part, List<Integer> number, List<Section> sections) {
    if (!number.isEmpty()) {
      sections.add(new Section(number, new Section.Text.Content()));
      sections.add(new Section(number, new Section.Text.Mime()));
      sections.add(new Section(number, new Section.Text.Binary()));
    }
    sections.add(new Section(number, new Section.Text.Header()));
    sections.add(new Section(number, new Section.Text.Body()));
    sections.add(
        new Section(number, new Section.Text.HeaderFields(List.of("subject", "from"), false)));
    sections.add(new Section(number, new Section.Text.HeaderFields(List.of("subject"), true)));
    MimePart parent = part.message() ? part.children().getFirst() : part;
    List<MimePart> children = parent.multipart() ? parent.children() : List.of();
    if (children.isEmpty() && (number.isEmpty() || part.message())) {
      children = List.of(parent);
      if (parent == part && number.size() > 6) {
        return;
      }
      List<Integer> first = new ArrayList<>(number);
      first.add(1);
      sections.add(new Section(first, new Section.Text.Content()));
      sections.add(new Section(first, new Section.Text.Binary()));
      return;
    }
    for (int i = 0; i < children.size(); i++) {
      List<Integer> child = new ArrayList<>(number);
      child.add(i + 1);
      collect(children.get(i), child, sections);
    }
  }

  /** A section cut out of the raw octets. */
  private static byte[] expected(byte[] raw, Selection selection) {
    byte[] range = Arrays.copyOfRange(raw, (int) selection.start(), (int) selection.end());
    return switch (selection) {
      case Selection.Range plain -> range;
      case Selection.Filtered f ->
          ContentFixture.bytes(new HeaderFilter(f.names(), f.not()).filter(() -> whole(range)));
      case Selection.Encoded e ->
          ContentFixture.bytes(TransferDecoding.decode(() -> whole(range), e.transferEncoding()));
    };
  }

  private static ByteSource whole(byte[] octets) {
    return new ByteSource() {
      private @Nullable ByteBuffer left = octets.length == 0 ? null : ByteBuffer.wrap(octets);

      @Override
      public long length() {
        return octets.length;
      }

      @Override
      public @Nullable ByteBuffer next() {
        ByteBuffer now = left;
        left = null;
        return now;
      }

      @Override
      public void close() {}
    };
  }
}
