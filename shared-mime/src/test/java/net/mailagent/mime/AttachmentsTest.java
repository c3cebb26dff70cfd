package net.mailagent.mime;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import net.mailagent.model.Attachment;
import org.junit.jupiter.api.Test;

/** Which parts count as attachments, and their order. */
class AttachmentsTest {
  private static List<String> attached(String message) {
    MimePart root = Parsing.parse(Parsing.octets(message)).root();
    List<Attachment> found = Attachments.of(root);
    for (Attachment attachment : found) {
      MimePart part = Sections.part(root, attachment.part()).orElseThrow();
      assertThat(part.mediaType()).isEqualTo(attachment.mediaType());
      assertThat(part.bodySize()).isEqualTo(attachment.size());
    }
    return found.stream().map(a -> a.part() + " " + a.mediaType() + " " + a.fileName()).toList();
  }

  @Test
  void textToBeReadIsNoAttachment() {
    assertThat(attached("Subject: x\r\n\r\ntext")).isEmpty();
    assertThat(
            attached(
                "Content-Type: multipart/alternative; boundary=b\r\n\r\n--b\r\n\r\ntext\r\n--b\r\n"
                    + "Content-Type: text/html\r\n\r\n<p>text\r\n--b--\r\n"))
        .isEmpty();
  }

  @Test
  void aMessageMayBeNothingButAFile() {
    assertThat(attached("Content-Type: image/png; name=a.png\r\n\r\nx"))
        .containsExactly("[1] image/png a.png");
    assertThat(attached("Content-Type: message/rfc822\r\n\r\nContent-Type: image/gif\r\n\r\nx"))
        .containsExactly("[1, 1] image/gif ");
    assertThat(attached("Content-Type: text/csv; name=r.csv\r\n\r\n1,2"))
        .containsExactly("[1] text/csv r.csv");
    assertThat(attached("Content-Disposition: attachment\r\n\r\nx"))
        .containsExactly("[1] text/plain ");
  }

  @Test
  void partsAreNumberedAsBodyNumbersThem() {
    assertThat(
            attached(
                "Content-Type: multipart/mixed; boundary=a\r\n\r\n"
                    + "--a\r\n"
                    + "Content-Type: multipart/related; boundary=b\r\n\r\n"
                    + "--b\r\n"
                    + "Content-Type: text/html\r\n\r\n"
                    + "<img>\r\n"
                    + "--b\r\n"
                    + "Content-Type: image/png\r\n"
                    + "Content-ID: <i>\r\n\r\n"
                    + "x\r\n"
                    + "--b--\r\n"
                    + "--a\r\n"
                    + "Content-Type: text/plain; name=n.txt\r\n\r\n"
                    + "x\r\n"
                    + "--a\r\n"
                    + "Content-Disposition: attachment\r\n\r\n"
                    + "x\r\n"
                    + "--a\r\n"
                    + "Content-Type: message/rfc822\r\n\r\n"
                    + "Content-Type: multipart/mixed; boundary=c\r\n\r\n"
                    + "--c\r\n\r\n"
                    + "text\r\n"
                    + "--c\r\n"
                    + "Content-Type: application/pdf\r\n\r\n"
                    + "x\r\n"
                    + "--c--\r\n"
                    + "--a\r\n"
                    + "Content-Type: application/zip\r\n\r\n"
                    + "x\r\n"
                    + "--a--\r\n"))
        .containsExactly(
            "[1, 2] image/png ",
            "[2] text/plain n.txt",
            "[3] text/plain ",
            "[4] message/rfc822 ",
            "[4, 2] application/pdf ",
            "[5] application/zip ");
  }
}
