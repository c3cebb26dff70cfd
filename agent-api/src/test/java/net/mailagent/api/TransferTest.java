package net.mailagent.api;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BooleanSupplier;
import net.mailagent.api.ApiServer.Reply;
import net.mailagent.model.UserId;
import net.mailagent.runtime.settings.Settings;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Uploads and downloads on the wire: slow, broken off, too large, refused. */
class TransferTest {
  private static final String MESSAGE = "Content-Type: message/rfc822";
  private static final int LIMIT = 64 << 10;
  private static final int MEBIBYTE = 1 << 20;

  private ApiServer server = new ApiServer();
  private UserId user = UserId.random();

  /** Starts a server with other settings, and makes the user. */
  private String inbox(Settings settings) throws Exception {
    server.close();
    server = new ApiServer(settings);
    user = server.user("reader");
    return "/users/" + user.hex() + "/mailboxes/inbox/messages";
  }

  private String inbox() throws Exception {
    return inbox(
        ApiServer.SETTINGS
            .with(ApiSettings.MAX_MESSAGE_SIZE, (long) LIMIT)
            .with(ApiSettings.LINGER, Duration.ofMinutes(1)));
  }

  @AfterEach
  void stop() {
    Semaphore held = server.mail.contents.permits;
    if (held != null) {
      held.release(1 << 20);
    }
    server.close();
  }

  private int stored() {
    return server.mail.mailbox(user, "INBOX").counters().messages();
  }

  private static void eventually(String what, BooleanSupplier condition)
      throws InterruptedException {
    long until = System.nanoTime() + 60_000_000_000L;
    while (!condition.getAsBoolean() && System.nanoTime() < until) {
      Thread.sleep(10);
    }
    assertThat(condition.getAsBoolean()).as(what).isTrue();
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 7, 1_000, 70_000})
  void chunksMayBeCutAnywhere(int size) throws Exception {
    String inbox = inbox(ApiServer.SETTINGS);
    byte[] message = new byte[200_000];
    Arrays.fill(message, (byte) 'x');
    int sent = Math.min(message.length, size * 300);
    try (RawClient client = new RawClient(server)) {
      client.post(inbox, MESSAGE, "Transfer-Encoding: chunked");
      for (int at = 0; at < sent; at += size) {
        client.chunk(Arrays.copyOfRange(message, at, Math.min(sent, at + size)));
      }
      client.send("0\r\n\r\n");
      assertThat(client.status()).isEqualTo(200);
    }
    assertThat(server.get(inbox + "/1/message.eml").response().body()).hasSize(sent);
  }

  @Test
  void aConnectionServesOneTransferAfterTheOther() throws Exception {
    String inbox = inbox();
    try (RawClient client = new RawClient(server)) {
      for (int i = 1; i <= 3; i++) {
        client.post(inbox, MESSAGE, "Content-Length: 9").send("A: " + i + "\r\n\r\n.");
        assertThat(client.answer()).startsWith("HTTP/1.1 200").contains("\"id\":" + i + ",");
        client.send("GET " + inbox + "/" + i + "/message.eml HTTP/1.1\r\nHost: localhost\r\n\r\n");
        assertThat(client.answer()).startsWith("HTTP/1.1 200").endsWith("A: " + i + "\r\n\r\n.");
      }
      client.post(inbox + "?date=x", MESSAGE, "Transfer-Encoding: chunked");
      // its body was not read when it was refused: this is where the connection ends
      assertThat(client.answer())
          .startsWith("HTTP/1.1 400")
          .containsIgnoringCase("connection: close");
      client.send("0\r\n\r\n");
      assertThat(client.rest()).isEmpty();
    }
  }

  @Test
  void aClientThatAsksFirstIsAnsweredFirst() throws Exception {
    String inbox = inbox();
    try (RawClient client = new RawClient(server)) {
      client.post(inbox, MESSAGE, "Content-Length: 8", "Expect: 100-continue");
      assertThat(client.status()).isEqualTo(100);
      client.send("A: b\r\n\r\n");
      assertThat(client.status()).isEqualTo(200);
    }
    assertThat(stored()).isEqualTo(1);
  }

  @ParameterizedTest
  @CsvSource({"413, inbox, 65537", "404, nothing, 8", "400, inbox?date=x, 8"})
  void whatCanBeRefusedBeforeIsRefusedBefore(int status, String mailbox, String length)
      throws Exception {
    String path = inbox().replace("inbox/messages", "");
    String[] parts = mailbox.split("\\?");
    String query = parts.length > 1 ? "?" + parts[1] : "";
    try (RawClient client = new RawClient(server)) {
      client.post(
          path + parts[0] + "/messages" + query,
          MESSAGE,
          "Content-Length: " + length,
          "Expect: 100-continue");
      List<String> head = client.head();
      assertThat(head.getFirst()).contains(" " + status + " ");
    } catch (IOException e) {
      throw new AssertionError("no answer to " + length, e);
    }
    assertThat(server.mail.contents.open).hasValue(0);
  }

  @Test
  void theLimitHoldsForChunksToo() throws Exception {
    String inbox = inbox();
    assertThat(server.upload(inbox, new byte[LIMIT]).status()).isEqualTo(200);
    Reply reply = server.upload(inbox, new byte[LIMIT + 1]);
    assertThat(reply.status()).isEqualTo(413);
    assertThat(reply.code()).isEqualTo("MessageTooLarge");
    try (RawClient client = new RawClient(server)) {
      client.post(inbox, MESSAGE, "Transfer-Encoding: chunked");
      for (int i = 0; i < 40; i++) {
        client.chunk(new byte[LIMIT]); // it does not look up before it has sent everything
      }
      client.send("0\r\n\r\n");
      List<String> head = client.head();
      assertThat(head.getFirst()).contains(" 413 ");
      assertThat(head).anyMatch(line -> line.equalsIgnoreCase("Connection: close"));
      assertThat(new String(client.rest(), ISO_8859_1)).contains("MessageTooLarge");
    }
    assertThat(server.mail.contents.open).hasValue(0);
    assertThat(stored()).isEqualTo(1);
  }

  @Test
  void whoGoesOnSendingIsCutOff() throws Exception {
    String inbox =
        inbox(
            ApiServer.SETTINGS
                .with(ApiSettings.MAX_MESSAGE_SIZE, (long) LIMIT)
                .with(ApiSettings.LINGER, Duration.ofMillis(300)));
    try (RawClient client = new RawClient(server)) {
      client.post(inbox, MESSAGE, "Transfer-Encoding: chunked");
      long began = System.nanoTime();
      boolean cut = false;
      while (!cut && System.nanoTime() - began < 60_000_000_000L) {
        try {
          client.chunk(new byte[LIMIT]);
          Thread.sleep(5);
        } catch (IOException e) {
          cut = true;
        }
      }
      assertThat(cut).isTrue();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"Content-Length: 60000", "Transfer-Encoding: chunked"})
  void aClientThatBreaksOffLeavesNothing(String framing) throws Exception {
    String inbox = inbox();
    try (RawClient client = new RawClient(server)) {
      client.post(inbox, MESSAGE, framing);
      client.chunk(new byte[30_000]); // with a length, its frame is a part of the message
      eventually("it is read", () -> server.mail.contents.taken.get() >= 30_000);
      assertThat(server.mail.contents.open).hasValue(1);
    }
    eventually("it is given up", () -> server.mail.contents.open.get() == 0);
    assertThat(stored()).isZero();
    eventually(
        "it is counted",
        () ->
            server
                .metrics
                .scrape()
                .contains("path=\"/users/:user/mailboxes/:mailbox/messages\",status=\"499\"} 1"));
    assertThat(server.metrics.scrape()).contains("api_transfers 0.0");
  }

  @Test
  void aSlowStoreHoldsTheSenderBack() throws Exception {
    String inbox = inbox(ApiServer.SETTINGS);
    server.mail.contents.permits = new Semaphore(0);
    AtomicLong sent = new AtomicLong();
    long all = 48L * MEBIBYTE; // more than both sockets hold
    try (RawClient client = new RawClient(server)) {
      client.post(inbox, MESSAGE, "Content-Length: " + all);
      CompletableFuture<Void> sending =
          CompletableFuture.runAsync(() -> {
            try {
              while (sent.get() < all) {
                client.socket.getOutputStream().write(new byte[LIMIT]);
                sent.addAndGet(LIMIT);
              }
            } catch (IOException e) {
              throw new IllegalStateException(e);
            }
          });
      long before = -1;
      while (sent.get() != before) {
        before = sent.get();
        Thread.sleep(500);
      }
      assertThat(sending).isNotDone();
      assertThat(sent.get()).isLessThan(all);
      server.mail.contents.permits.release(1 << 20);
      sending.join();
      assertThat(client.status()).isEqualTo(200);
    }
    assertThat(server.mail.contents.taken).hasValue(all);
  }

  @Test
  void aSlowReaderHoldsTheStoreBack() throws Exception {
    String inbox = inbox(ApiServer.SETTINGS);
    byte[] message = new byte[32 * MEBIBYTE];
    for (int i = 0; i < message.length; i++) {
      message[i] = (byte) (i * 31 >> 5);
    }
    assertThat(server.upload(inbox, message).status()).isEqualTo(200);
    try (RawClient client = new RawClient(server)) {
      client.send(
          "GET "
              + inbox
              + "/1/message.eml HTTP/1.1\r\nHost: localhost\r\n"
              + "Connection: close\r\n\r\n");
      assertThat(client.status()).isEqualTo(200);
      long before = -1;
      while (server.mail.contents.given.get() != before) {
        before = server.mail.contents.given.get();
        Thread.sleep(500);
      }
      assertThat(before).isLessThan(message.length);
      assertThat(client.rest()).isEqualTo(message);
    }
    assertThat(server.mail.contents.given).hasValue(message.length);
  }

  @Test
  void aReaderThatGoesAwayStopsTheReading() throws Exception {
    String inbox = inbox(ApiServer.SETTINGS);
    byte[] message = new byte[32 * MEBIBYTE];
    assertThat(server.upload(inbox, message).status()).isEqualTo(200);
    try (RawClient client = new RawClient(server)) {
      client.send("GET " + inbox + "/1/message.eml HTTP/1.1\r\nHost: localhost\r\n\r\n");
      assertThat(client.status()).isEqualTo(200);
      assertThat(server.metrics.scrape()).contains("api_transfers 1.0");
    }
    eventually("it ended", () -> server.metrics.scrape().contains("api_transfers 0.0"));
    assertThat(server.mail.contents.given.get()).isLessThan(message.length);
  }

  @Test
  void transfersAtTheSameTimeAreBounded() throws Exception {
    String inbox = inbox(ApiServer.SETTINGS.with(ApiSettings.MAX_TRANSFERS, 1));
    byte[] letter = "A: b\r\n\r\n".getBytes(ISO_8859_1);
    try (RawClient client = new RawClient(server)) {
      client.post(inbox, MESSAGE, "Content-Length: 8").send("A: b");
      eventually("it is under way", () -> server.mail.contents.open.get() == 1);
      Reply refused = server.upload(inbox, letter);
      assertThat(refused.status()).isEqualTo(503);
      assertThat(server.get(inbox + "/1/message.eml").status()).isEqualTo(503);
      assertThat(server.get("/health/live").status()).isEqualTo(200);
      client.send("\r\n\r\n");
      assertThat(client.status()).isEqualTo(200);
    }
    eventually("there is room", () -> server.metrics.scrape().contains("api_transfers 0.0"));
    assertThat(server.upload(inbox, letter).status()).isEqualTo(200);
    assertThat(server.get(inbox + "/2/message.eml").status()).isEqualTo(200);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "200 | message/rfc822 | X: y",
        "200 | Message/RFC822; charset=utf-8 | X: y",
        "200 | message/global | X: y",
        "415 | text/plain | X: y",
        "415 | application/x-www-form-urlencoded | X: y",
        "415 | multipart/form-data; boundary=x | X: y",
        "403 | message/rfc822 | Origin: http://evil.example",
        "403 | message/rfc822 | Sec-Fetch-Site: cross-site",
        "403 | message/rfc822 | X-Forwarded-For: 192.0.2.1",
      })
  void aWebPageCannotUpload(int status, String type, String header) throws Exception {
    String inbox = inbox();
    try (RawClient client = new RawClient(server)) {
      client.post(inbox, "Content-Type: " + type, header, "Content-Length: 8").send("A: b\r\n\r\n");
      assertThat(client.status()).isEqualTo(status);
    }
    assertThat(stored()).isEqualTo(status == 200 ? 1 : 0);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "415 | message/rfc822 | Content-Encoding: gzip",
        "415 | message/rfc822 | content-encoding: identity, Deflate",
        "415 | application/json | Content-Encoding: br",
        "200 | message/rfc822 | Content-Encoding: Identity",
        "200 | application/json | Content-Encoding: identity",
      })
  void anEncodedBodyIsRefused(int status, String type, String encoding) throws Exception {
    String inbox = inbox();
    String body = type.endsWith("json") ? "{\"raw\":\"A: b\"}" : "A: b\r\n\r\n";
    try (RawClient client = new RawClient(server)) {
      client.post(inbox, "Content-Type: " + type, encoding, "Content-Length: " + body.length());
      String answer = client.send(body).answer();
      assertThat(answer).startsWith("HTTP/1.1 " + status);
      assertThat(answer.contains("Accept-Encoding: identity")).isEqualTo(status == 415);
    }
    assertThat(stored()).isEqualTo(status == 200 ? 1 : 0);
  }

  @Test
  void aTokenIsNeededWhereOneIsSet() throws Exception {
    server.close();
    server = new ApiServer(ApiServer.SETTINGS.with(ApiSettings.ACCESS_TOKEN, Optional.of("t0ken")));
    String path = "/users/someone/mailboxes/inbox/messages";
    assertThat(server.upload(path, new byte[8]).status()).isEqualTo(403);
    assertThat(server.get(path + "/1/message.eml").status()).isEqualTo(403);
    assertThat(server.get(path + "/1/attachments/ATT00001").status()).isEqualTo(403);
    assertThat(server.upload(path + "?accessToken=t0ken", new byte[8]).code())
        .isEqualTo("UserNotFound");
  }
}
