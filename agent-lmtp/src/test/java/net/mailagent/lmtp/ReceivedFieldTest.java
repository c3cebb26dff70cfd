package net.mailagent.lmtp;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ReceivedFieldTest {
  private static final Instant NOW = Instant.parse("2026-03-10T12:00:00Z");
  private static final String DATE = "Tue, 10 Mar 2026 11:59:00 +0000 (UTC)";

  private static Optional<String> id(String message, int bound) {
    ReceivedField field = new ReceivedField(bound);
    ByteBuffer octets = ByteBuffer.wrap(message.getBytes(US_ASCII));
    while (octets.hasRemaining()) {
      int length = Math.min(7, octets.remaining());
      field.see(octets.slice(octets.position(), length));
      octets.position(octets.position() + length);
    }
    return field.queueId(NOW, Duration.ofDays(5));
  }

  private static Optional<String> id(String message) {
    return id(message, 8192);
  }

  @Test
  void readsWhatRelaysWrite() {
    String postfix =
        "Received: from mx.example (mx.example [192.0.2.1])\r\n\tby relay.example (Postfix; id no)"
            + " with ESMTPS id 4ZQx1y2Jz3\r\n\tfor <a@b>; "
            + DATE
            + "\r\nSubject: x\r\n\r\nbody";
    String exim =
        "Return-path: <x@y>\r\n"
            + "Received: from x by y with esmtp (Exim 4.96) id 1abCde-0000Xy-2F;\r\n"
            + "\t"
            + DATE
            + "\r\nReceived: from z by w id other; "
            + DATE
            + "\r\n\r\n";
    assertThat(id(postfix)).contains("4ZQx1y2Jz3");
    assertThat(id(exim)).contains("1abCde-0000Xy-2F");
  }

  @ParameterizedTest
  @CsvSource({
    "'Tue, 03 Mar 2026 11:59:00 +0000', false",
    "'Fri, 6 Mar 2026 11:59:00 +0100', true",
    "'Tue, 10 Mar 2026 14:00:00 +0000', false",
    "'Tue, 10 Mar 2026 12:30:00 +0000', true",
    "'yesterday', false",
    "'', false"
  })
  void onlyARecentFieldCounts(String date, boolean counts) {
    String message = "Received: from a by b id Q1; " + date + "\r\nSubject: x\r\n";
    assertThat(id(message).isPresent()).isEqualTo(counts);
  }

  @ParameterizedTest
  @CsvSource({
    "'Subject: x\r\n\r\nReceived: from a by b id Q1; '",
    "'Received: from id by b; '",
    "'Received: from a by b (id Q1); '",
    "'X-Received: from a by b id Q1; '"
  })
  void whatIsNotTheRelaysIdIsNotTaken(String start) {
    assertThat(id(start + DATE + "\r\nSubject: x\r\n")).isEmpty();
  }

  @Test
  void aFieldThatDoesNotEndWithinTheBoundIsNotTaken() {
    String field = "Received: from a by b id Q1; " + DATE + "\r\n";
    assertThat(id(field + "Subject: x\r\n", field.length())).isEmpty();
    assertThat(id(field + "Subject: x\r\n", field.length() + 1)).contains("Q1");
    assertThat(id(field + "\r\n", field.length() + 2)).contains("Q1");
  }

  @Property
  void neverFails(@ForAll String text) {
    ReceivedField field = new ReceivedField(1000);
    field.see(ByteBuffer.wrap(("Received:" + text).getBytes(US_ASCII)));
    field.queueId(NOW, Duration.ofDays(5));
  }
}
