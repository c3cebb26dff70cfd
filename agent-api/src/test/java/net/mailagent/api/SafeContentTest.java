package net.mailagent.api;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.OptionalInt;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What strangers sent goes out as files, under names and types that do no harm. */
class SafeContentTest {
  @ParameterizedTest
  @CsvSource({
    "image/png, image/png",
    "text/plain, text/plain",
    "application/pdf, application/pdf",
    "message/rfc822, message/rfc822",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document,"
        + " application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "text/html, application/octet-stream",
    "text/xml, application/octet-stream",
    "application/xhtml+xml, application/octet-stream",
    "image/svg+xml, application/octet-stream",
    "text/javascript, application/octet-stream",
    "text/javascript1.5, application/octet-stream",
    "application/x-javascript, application/octet-stream",
    "text/css, application/octet-stream",
    "multipart/x-mixed-replace, application/octet-stream",
    "'a b/c', application/octet-stream",
    "'text/plain;x', application/octet-stream",
    "nothing, application/octet-stream",
  })
  void activeTypesAreNotPassedOn(String given, String handedOut) {
    assertThat(SafeContent.mediaType(given)).isEqualTo(handedOut);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "'' | attachment",
        "'...' | attachment",
        "report.pdf | attachment; filename=\"report.pdf\"",
        "my report (1).pdf | attachment; filename=\"my report (1).pdf\"",
        "../../etc/passwd | attachment; filename=\"_.._etc_passwd\"",
        "C:\\x.exe | attachment; filename=\"C__x.exe\"",
        "a\"b.txt | attachment; filename=\"a_b.txt\"; filename*=UTF-8''a%22b.txt",
        "100%.txt | attachment; filename=\"100_.txt\"; filename*=UTF-8''100%25.txt",
        "\u00e4 \u20ac.txt | attachment; filename=\"_ _.txt\";"
            + " filename*=UTF-8''%C3%A4%20%E2%82%AC.txt",
        "\ud83d\ude00.gif | attachment; filename=\"_.gif\"; filename*=UTF-8''%F0%9F%98%80.gif",
        "cod\u202etxt.exe | attachment; filename=\"cod_txt.exe\"",
      })
  void namesAreQuotedAndEncoded(String name, String disposition) {
    assertThat(SafeContent.disposition(name)).isEqualTo(disposition);
  }

  @Test
  void lineBreaksCannotEndTheField() {
    assertThat(SafeContent.disposition("a\r\nSet-Cookie: x=y"))
        .isEqualTo("attachment; filename=\"a__Set-Cookie_ x=y\"");
  }

  @Property(tries = 500)
  void anyNameGivesAFieldOfPrintableAscii(@ForAll String name) {
    assertThat(SafeContent.disposition(name))
        .matches(
            "attachment(; filename=\"[ !#$&-\\[\\]-~]*\"(;"
                + " filename\\*=UTF-8''[!#$&+\\-.^_`|~%0-9A-Za-z]+)?)?");
  }

  @ParameterizedTest
  @CsvSource({"0, ATT00001", "41, ATT00042", "99999, ATT100000"})
  void attachmentsAreNumberedFromOne(int index, String id) {
    assertThat(AttachmentId.of(index)).isEqualTo(id);
    assertThat(AttachmentId.index(id)).hasValue(index);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", "ATT", "ATT1", "ATT00000", "ATT000001", "att00001", "ATT00001x", "ATT-0001"})
  void othersAreNoIds(String id) {
    assertThat(AttachmentId.index(id)).isEqualTo(OptionalInt.empty());
  }
}
