package net.mailagent.mime;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import net.mailagent.model.Section;
import org.junit.jupiter.api.Test;

/** The part numbers of RFC 9051 section 6.4.5.1 and what they mean in the message. */
class SectionsTest {
  private static final String MESSAGE =
      Parsing.crlf(
          """
          Subject: outer
          Content-Type: multipart/mixed; boundary=b

          --b

          one
          --b
          Content-Type: message/rfc822
          Content-Description: a message

          Subject: inner
          Content-Type: multipart/alternative; boundary=c

          --c
          Content-Type: text/plain

          two-one
          --c
          Content-Type: text/html
          Content-Transfer-Encoding: quoted-printable

          two=2Dtwo
          --c--
          --b
          Content-Type: message/rfc822

          Subject: single

          three
          --b
          Content-Type: multipart/mixed; boundary=d

          --d

          four-one
          --d--
          --b--
          """);
  private static final String SINGLE = Parsing.crlf("Subject: s\n\nbody\n");
  private static final String PREFIX = "Received: by x\r\n";

  private static Section section(Section.Text text, int... part) {
    return new Section(Arrays.stream(part).boxed().toList(), text);
  }

  /** What the section holds, read with and without octets in front of the message. */
  private static Optional<String> read(String message, Section section) {
    MimePart root = Parsing.parse(Parsing.octets(message)).root();
    Optional<String> plain = Sections.locate(root, section).map(s -> slice(message, s));
    Optional<Selection> shifted = Sections.locate(root, section, PREFIX.length());
    Optional<String> behind = shifted.map(s -> slice(PREFIX + message, s));
    boolean startsThere = shifted.isPresent() && shifted.get().start() == 0;
    assertThat(behind).isEqualTo(plain.map(text -> startsThere ? PREFIX + text : text));
    assertThat(Sections.locate(root.shifted(PREFIX.length()), section)).isEqualTo(shifted);
    return plain;
  }

  private static String slice(String message, Selection selection) {
    return message.substring((int) selection.start(), (int) selection.end());
  }

  private static Optional<String> content(int... part) {
    return read(MESSAGE, section(new Section.Text.Content(), part));
  }

  @Test
  void partsOfAMultipartAndOfEmbeddedMessages() {
    assertThat(content()).contains(MESSAGE);
    assertThat(content(1)).contains("one");
    assertThat(content(2).orElseThrow()).startsWith("Subject: inner\r\n").endsWith("--c--");
    assertThat(content(2, 1)).contains("two-one");
    assertThat(content(2, 2)).contains("two=2Dtwo");
    assertThat(content(3)).contains("Subject: single\r\n\r\nthree");
    assertThat(content(3, 1)).contains("three");
    assertThat(content(4).orElseThrow()).startsWith("--d\r\n").endsWith("--d--");
    assertThat(content(4, 1)).contains("four-one");
  }

  @Test
  void partsThatDoNotExist() {
    int[][] missing = {{0}, {5}, {1, 1}, {2, 3}, {2, 1, 1}, {3, 2}, {3, 1, 1}, {4, 2}, {-1}};
    for (int[] part : missing) {
      assertThat(content(part)).as(Arrays.toString(part)).isEmpty();
    }
  }

  @Test
  void headersTextsAndMime() {
    assertThat(read(MESSAGE, Section.HEADER).orElseThrow())
        .startsWith("Subject: outer\r\n")
        .endsWith("boundary=b\r\n\r\n");
    assertThat(read(MESSAGE, section(new Section.Text.Body())).orElseThrow()).startsWith("--b\r\n");
    assertThat(read(MESSAGE, section(new Section.Text.Header(), 3)))
        .contains("Subject: single\r\n\r\n");
    assertThat(read(MESSAGE, section(new Section.Text.Body(), 3))).contains("three");
    assertThat(read(MESSAGE, section(new Section.Text.Mime(), 2)))
        .contains("Content-Type: message/rfc822\r\nContent-Description: a message\r\n\r\n");
    assertThat(read(MESSAGE, section(new Section.Text.Mime(), 1))).contains("\r\n");
    assertThat(read(MESSAGE, section(new Section.Text.Mime(), 2, 2)).orElseThrow())
        .startsWith("Content-Type: text/html");
    assertThat(read(MESSAGE, section(new Section.Text.Header(), 1))).isEmpty();
    assertThat(read(MESSAGE, section(new Section.Text.Body(), 4))).isEmpty();
    assertThat(read(MESSAGE, section(new Section.Text.Header(), 2, 1))).isEmpty();
    assertThat(read(MESSAGE, section(new Section.Text.Mime()))).isEmpty();
  }

  @Test
  void fieldsAndBinaryCarryWhatIsToBeDone() {
    MimePart root = Parsing.parse(Parsing.octets(MESSAGE)).root();
    List<String> names = List.of("Subject");
    assertThat(Sections.locate(root, section(new Section.Text.HeaderFields(names, true), 3)))
        .containsInstanceOf(Selection.Filtered.class)
        .hasValueSatisfying(
            s -> assertThat(slice(MESSAGE, s)).isEqualTo("Subject: single\r\n\r\n"));
    assertThat(Sections.locate(root, section(new Section.Text.Binary(), 2, 2)).orElseThrow())
        .isInstanceOfSatisfying(
            Selection.Encoded.class,
            encoded -> {
              assertThat(encoded.transferEncoding()).isEqualTo("quoted-printable");
              assertThat(slice(MESSAGE, encoded)).isEqualTo("two=2Dtwo");
            });
    assertThat(Sections.locate(root, section(new Section.Text.Binary(), 4)).orElseThrow())
        .isInstanceOf(Selection.Range.class);
  }

  @Test
  void theOnlyPartOfASingleMessageIsOne() {
    assertThat(read(SINGLE, section(new Section.Text.Content(), 1))).contains("body\r\n");
    assertThat(read(SINGLE, section(new Section.Text.Mime(), 1))).contains("Subject: s\r\n\r\n");
    assertThat(read(SINGLE, section(new Section.Text.Content(), 2))).isEmpty();
    assertThat(read(SINGLE, section(new Section.Text.Content(), 1, 1))).isEmpty();
  }

  @Test
  void aMessageThatIsAMessage() {
    String message =
        "Content-Type: message/rfc822\r\n\r\nContent-Type: message/rfc822\r\n\r\nA: b\r\n\r\nx";
    assertThat(read(message, section(new Section.Text.Header(), 1)))
        .contains("Content-Type: message/rfc822\r\n\r\n");
    assertThat(read(message, section(new Section.Text.Header(), 1, 1))).contains("A: b\r\n\r\n");
    assertThat(read(message, section(new Section.Text.Content(), 1, 1, 1))).contains("x");
    assertThat(read(message, section(new Section.Text.Content(), 1, 1, 1, 1))).isEmpty();
  }

  /** BODYSTRUCTURE shows an empty text in it, for want of octets to point into. */
  @Test
  void anEncodedMessageEmbedsAnEmptyText() {
    String message =
        "Content-Type: message/rfc822\r\nContent-Transfer-Encoding: base64\r\n\r\nQTogYg0K\r\n";
    assertThat(read(message, section(new Section.Text.Content(), 1))).contains("QTogYg0K\r\n");
    assertThat(read(message, section(new Section.Text.Header(), 1))).contains("");
    assertThat(read(message, section(new Section.Text.Body(), 1))).contains("");
    assertThat(read(message, section(new Section.Text.Content(), 1, 1))).contains("");
    assertThat(read(message, section(new Section.Text.Content(), 1, 1, 1))).isEmpty();
    assertThat(read(message, section(new Section.Text.Content(), 1, 2))).isEmpty();
  }

  @Test
  void octetsStayOctets() {
    byte[] raw = "\u00ff\u0000x".getBytes(StandardCharsets.ISO_8859_1);
    MimePart root = Parsing.parse(raw).root();
    assertThat(Sections.locate(root, Section.WHOLE)).contains(new Selection.Range(0, 3));
  }
}
