package net.mailagent.api;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Random;
import net.mailagent.api.ApiServer.Reply;
import net.mailagent.model.UserId;
import net.mailagent.model.journal.JournalEntry;
import net.mailagent.model.journal.Placement;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Messages by HTTP: in, out, and their attachments. */
class MessageCallsTest {
  private static final byte[] FILE = new byte[5_000];

  static {
    new Random(7).nextBytes(FILE);
  }

  private static final byte[] MIXED =
      ("Subject: m\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n"
              + "--b\r\n\r\ntext to be read\r\n"
              + "--b\r\nContent-Type: application/x-thing; name=\"thing.bin\"\r\n"
              + "Content-Transfer-Encoding: base64\r\n\r\n"
              + Base64.getMimeEncoder().encodeToString(FILE)
              + "\r\n--b\r\nContent-Type: text/html; charset=utf-8\r\n"
              + "Content-Disposition: attachment; filename*=utf-8''%C3%A4.html\r\n"
              + "Content-Transfer-Encoding: quoted-printable\r\n\r\n<p>=C3=A4</p>=\r\n<hr>\r\n"
              + "--b\r\nContent-Type: message/rfc822\r\n\r\nSubject: inner\r\n\r\nhello\r\n"
              + "--b\r\nContent-Type: application/x-old\r\n"
              + "Content-Transfer-Encoding: x-gzip64\r\n\r\nH4sI\r\n"
              + "--b\r\nContent-Type: image/gif\r\n\r\n\r\n--b--\r\n")
          .getBytes(ISO_8859_1);

  private final ApiServer server = new ApiServer();
  private UserId user;

  @BeforeEach
  void makeUser() throws Exception {
    user = server.user("reader");
  }

  @AfterEach
  void stop() {
    server.close();
  }

  private String messages(String mailbox) {
    return "/users/" + user.hex() + "/mailboxes/" + mailbox + "/messages";
  }

  private Placement stored(String path, int uid) {
    Placement placement = server.mail.mailbox(user, path).messages().byUid(uid);
    assertThat(placement).isNotNull();
    return placement;
  }

  private HttpResponse<byte[]> get(String path, String... headers)
      throws IOException, InterruptedException {
    HttpRequest.Builder request = server.request(path);
    for (int i = 0; i < headers.length; i += 2) {
      request.header(headers[i], headers[i + 1]);
    }
    return server.octets(request);
  }

  private static String header(HttpResponse<?> response, String name) {
    return response.headers().firstValue(name).orElse("");
  }

  @Test
  void aMessageGoesInAndComesOutAsItIs() throws Exception {
    String inbox = server.mail.mailbox(user, "INBOX").id().hex();
    long before = server.mail.current(user).seq();
    byte[] odd = "Subject: \u0000 \u00ff bare\nline\rfeeds\r\n\r\n.\r\n\r\n".getBytes(ISO_8859_1);
    for (byte[] message : List.of(MIXED, odd)) {
      Reply reply = server.upload(messages(inbox), message);
      assertThat(reply.status()).as(reply.response().body()).isEqualTo(200);
      assertThat(reply.json().path("success").asBoolean()).isTrue();
      assertThat(reply.json().at("/message/mailbox").asText()).isEqualTo(inbox);
      assertThat(reply.json().at("/message/size").asInt()).isEqualTo(message.length);
      int uid = reply.json().at("/message/id").asInt();
      HttpResponse<byte[]> eml = get(messages(inbox) + "/" + uid + "/message.eml");
      assertThat(eml.statusCode()).isEqualTo(200);
      assertThat(eml.body()).isEqualTo(message);
      assertThat(header(eml, "Content-Type")).isEqualTo("message/rfc822");
      assertThat(header(eml, "Content-Length")).isEqualTo("" + message.length);
      assertThat(header(eml, "Accept-Ranges")).isEqualTo("bytes");
      assertThat(header(eml, "ETag")).isEqualTo('"' + stored("INBOX", uid).content().hex() + '"');
      assertThat(header(eml, "Content-Disposition"))
          .isEqualTo("attachment; filename=\"message-" + uid + ".eml\"");
      assertThat(header(eml, "X-Content-Type-Options")).isEqualTo("nosniff");
      assertThat(header(eml, "Cache-Control")).isEqualTo("private, no-cache");
    }
    List<JournalEntry> entries = server.mail.since(user, before, 10);
    assertThat(entries).hasSize(2);
    assertThat(entries.getFirst().origin().protocol()).isEqualTo("api");
    assertThat(server.mail.contents.open).hasValue(0);
  }

  @Test
  void flagsAndDateAreAsAskedFor() throws Exception {
    server.upload(messages("inbox"), MIXED);
    assertThat(stored("INBOX", 1).flags().names()).containsExactly("\\Seen");
    assertThat(stored("INBOX", 1).internalDate() * 1000L)
        .isCloseTo(System.currentTimeMillis(), org.assertj.core.data.Offset.offset(60_000L));
    server.upload(
        messages("inbox") + "?unseen=true&flagged=1&draft=yes&date=2026-01-31T12:00:00%2B02:00",
        MIXED);
    assertThat(stored("INBOX", 2).flags().names()).containsExactly("\\Flagged", "\\Draft");
    assertThat(stored("INBOX", 2).internalDate()).isEqualTo(1_769_853_600);
    server.upload(messages("inbox") + "?unseen=0&date=2026-01-31&other=x", MIXED);
    assertThat(stored("INBOX", 3).flags().names()).containsExactly("\\Seen");
    assertThat(stored("INBOX", 3).internalDate()).isEqualTo(1_769_817_600);
    server.upload(messages("inbox") + "?date=1769817600999", MIXED);
    assertThat(stored("INBOX", 4).internalDate()).isEqualTo(1_769_817_600);
  }

  @Test
  void wrongOptionsAreToldTogether() throws Exception {
    Reply reply =
        server.upload(messages("inbox") + "?unseen=maybe&flagged=2&date=yesterday", MIXED);
    assertThat(reply.status()).isEqualTo(400);
    assertThat(reply.code()).isEqualTo("InputValidationError");
    assertThat(reply.detail("unseen")).isNotEmpty();
    assertThat(reply.detail("flagged")).isNotEmpty();
    assertThat(reply.detail("date")).isNotEmpty();
    for (String date : List.of("1900-01-01", "2026-13-01", "99999999999999999999", "12026-01-01")) {
      assertThat(server.upload(messages("inbox") + "?date=" + date, MIXED).detail("date"))
          .as(date)
          .isNotEmpty();
    }
    assertThat(server.mail.mailbox(user, "INBOX").counters().messages()).isZero();
  }

  @ParameterizedTest
  @CsvSource({
    "inbox, INBOX",
    "INBOX, INBOX",
    "sent, Sent",
    "drafts, Drafts",
    "Junk, Junk",
    "trash, Trash",
    "archive, Archive"
  })
  void mailboxesHaveNamesToo(String name, String path) throws Exception {
    Reply reply = server.upload(messages(name), MIXED);
    assertThat(reply.json().at("/message/mailbox").asText())
        .isEqualTo(server.mail.mailbox(user, path).id().hex());
    assertThat(get(messages(name) + "/1/message.eml").body()).isEqualTo(MIXED);
    String id = server.mail.mailbox(user, path).id().hex().toUpperCase(java.util.Locale.ROOT);
    assertThat(get(messages(id) + "/1/message.eml").body()).isEqualTo(MIXED);
  }

  @ParameterizedTest
  @ValueSource(strings = {"nothing", "all", "000000000000000000000000", "INBOX2", "%5CSent"})
  void anUnknownMailboxIsTold(String mailbox) throws Exception {
    Reply up = server.upload(messages(mailbox), MIXED);
    assertThat(up.status()).isEqualTo(404);
    assertThat(up.code()).isEqualTo("NoSuchMailbox");
    Reply down = server.get(messages(mailbox) + "/1/message.eml");
    assertThat(down.status()).isEqualTo(404);
    assertThat(down.code()).isEqualTo("NoSuchMailbox");
  }

  @Test
  void whatIsNotThereIsTold() throws Exception {
    server.upload(messages("inbox"), MIXED);
    String nobody = "/users/ffffffffffffffffffffffff/mailboxes/inbox/messages";
    assertThat(server.upload(nobody, MIXED).code()).isEqualTo("UserNotFound");
    assertThat(server.get(nobody + "/1/message.eml").code()).isEqualTo("UserNotFound");
    for (String uid : List.of("2", "0", "-1", "01", "x", "99999999999", "2147483648")) {
      Reply reply = server.get(messages("inbox") + "/" + uid + "/message.eml");
      assertThat(reply.status()).isEqualTo(404);
      assertThat(reply.code()).as(uid).isEqualTo("MessageNotFound");
    }
    for (String id : List.of("ATT00000", "ATT00006", "ATT1", "x", "ATT99999")) {
      Reply reply = server.get(messages("inbox") + "/1/attachments/" + id);
      assertThat(reply.status()).isEqualTo(404);
      assertThat(reply.code()).as(id).isEqualTo("FileNotFound");
    }
    assertThat(server.get(messages("sent") + "/1/message.eml").code()).isEqualTo("MessageNotFound");
  }

  @Test
  void jsonMayHoldTheMessage() throws Exception {
    String text = "Subject: \u00e4\r\n\r\nhi\r\n";
    Reply reply =
        server.post(
            messages("drafts"),
            "{\"raw\":\"Subject: \\u00e4\\r\\n\\r\\nhi\\r\\n\",\"draft\":true,\"unseen\":true,"
                + "\"date\":\"2026-01-31\"}");
    assertThat(reply.json().at("/message/size").asInt()).isEqualTo(text.getBytes(UTF_8).length);
    assertThat(get(messages("drafts") + "/1/message.eml").body()).isEqualTo(text.getBytes(UTF_8));
    assertThat(stored("Drafts", 1).flags().names()).containsExactly("\\Draft");
    assertThat(stored("Drafts", 1).internalDate()).isEqualTo(1_769_817_600);
    String base64 = Base64.getEncoder().encodeToString(MIXED);
    server.post(messages("drafts") + "?flagged=true", "{\"raw\":\"" + base64 + "\"}");
    assertThat(get(messages("drafts") + "/2/message.eml").body()).isEqualTo(MIXED);
    assertThat(stored("Drafts", 2).flags().names()).containsExactly("\\Seen", "\\Flagged");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{\"subject\":\"x\",\"text\":\"y\"} | raw",
        "{\"raw\":\"\"} | raw",
        "{\"raw\":7} | raw",
        "{\"raw\":\"A: b\",\"metaData\":{}} | metaData",
        "{\"raw\":\"A: b\",\"replacePrevious\":{\"id\":1}} | replacePrevious",
        "{\"raw\":\"A: b\",\"unseen\":\"perhaps\"} | unseen",
        "[] | body",
      })
  void jsonThatSaysMoreThanIsOfferedIsRefused(String json, String field) throws Exception {
    Reply reply = server.post(messages("drafts"), json);
    assertThat(reply.status()).isEqualTo(400);
    assertThat(reply.code()).isEqualTo("InputValidationError");
    assertThat(reply.detail(field)).isNotEmpty();
    assertThat(server.mail.mailbox(user, "Drafts").counters().messages()).isZero();
  }

  @Test
  void anEmptyMessageIsRefused() throws Exception {
    Reply reply = server.upload(messages("inbox"), new byte[0]);
    assertThat(reply.status()).isEqualTo(400);
    assertThat(reply.detail("body")).isNotEmpty();
    assertThat(server.mail.contents.open).hasValue(0);
  }

  @Test
  void quotaIsDecidedInTheCommit() throws Exception {
    Reply made =
        server.post(
            "/user/create",
            "{\"username\":\"small\",\"password\":\"x\",\"quota\":" + MIXED.length + "}");
    user = new UserId(made.json().path("id").asText());
    server.mail.change(
        user,
        new net.mailagent.model.Origin("api", "", ""),
        new net.mailagent.model.journal.Change.QuotaChanged(MIXED.length));
    assertThat(server.upload(messages("inbox"), MIXED).status()).isEqualTo(200);
    Reply reply = server.upload(messages("inbox"), "A: b\r\n\r\n".getBytes(UTF_8));
    assertThat(reply.status()).isEqualTo(400);
    assertThat(reply.code()).isEqualTo("OverQuotaError");
    assertThat(server.mail.mailbox(user, "INBOX").counters().messages()).isEqualTo(1);
  }

  @Test
  void attachmentsComeDecodedAndSafe() throws Exception {
    server.upload(messages("inbox"), MIXED);
    String path = messages("inbox") + "/1/attachments/";
    HttpResponse<byte[]> thing = get(path + "ATT00001");
    assertThat(thing.body()).isEqualTo(FILE);
    assertThat(header(thing, "Content-Type")).isEqualTo("application/x-thing");
    assertThat(header(thing, "Content-Disposition"))
        .isEqualTo("attachment; filename=\"thing.bin\"");
    assertThat(header(thing, "Content-Security-Policy")).contains("sandbox");
    assertThat(header(thing, "X-Content-Type-Options")).isEqualTo("nosniff");
    HttpResponse<byte[]> page = get(path + "ATT00002");
    assertThat(new String(page.body(), UTF_8)).isEqualTo("<p>\u00e4</p><hr>");
    assertThat(header(page, "Content-Type")).isEqualTo("application/octet-stream");
    assertThat(header(page, "Content-Disposition"))
        .isEqualTo("attachment; filename=\"_.html\"; filename*=UTF-8''%C3%A4.html");
    HttpResponse<byte[]> inner = get(path + "ATT00003");
    assertThat(new String(inner.body(), UTF_8)).isEqualTo("Subject: inner\r\n\r\nhello");
    assertThat(header(inner, "Content-Type")).isEqualTo("message/rfc822");
    Reply old = server.get(path + "ATT00004");
    assertThat(old.status()).isEqualTo(422);
    assertThat(old.code()).isEqualTo("UnknownEncoding");
    HttpResponse<byte[]> empty = get(path + "ATT00005", "Range", "bytes=-5");
    assertThat(empty.statusCode()).isEqualTo(200);
    assertThat(empty.body()).isEmpty();
    assertThat(header(empty, "ETag")).isNotEqualTo(header(inner, "ETag"));
  }

  @Test
  void anyRangeIsTheSameSlice() throws Exception {
    server.upload(messages("inbox"), MIXED);
    String eml = messages("inbox") + "/1/message.eml";
    String file = messages("inbox") + "/1/attachments/ATT00001";
    long seed = System.nanoTime();
    Random random = new Random(seed);
    for (int i = 0; i < 200; i++) {
      boolean whole = random.nextBoolean();
      byte[] all = whole ? MIXED : FILE;
      int first = random.nextInt(all.length);
      int length = 1 + random.nextInt(random.nextBoolean() ? 5 : all.length);
      int end = Math.min(all.length, first + length);
      String range =
          switch (random.nextInt(3)) {
            case 0 -> {
              end = all.length;
              yield first + "-";
            }
            case 1 -> {
              first = Math.max(0, all.length - length);
              end = all.length;
              yield "-" + length;
            }
            default -> first + "-" + (first + length - 1);
          };
      HttpResponse<byte[]> part = get(whole ? eml : file, "Range", "bytes=" + range);
      assertThat(part.statusCode()).isEqualTo(206);
      assertThat(part.body())
          .as("%s of %d, seed %d", range, all.length, seed)
          .isEqualTo(Arrays.copyOfRange(all, first, end));
      assertThat(header(part, "Content-Range"))
          .isEqualTo("bytes " + first + "-" + (end - 1) + "/" + all.length);
      assertThat(header(part, "Content-Length")).isEqualTo("" + (end - first));
    }
    assertThat(header(get(eml, "Range", "bytes=9999999-"), "Content-Range"))
        .isEqualTo("bytes */" + MIXED.length);
    Reply outside = server.send(server.request(eml).header("Range", "bytes=9999999-"));
    assertThat(outside.status()).isEqualTo(416);
    assertThat(outside.code()).isEqualTo("RangeNotSatisfiable");
  }

  @Test
  void onlyTheOctetsAskedForAreRead() throws Exception {
    byte[] message = new byte[1 << 20];
    Arrays.fill(message, (byte) 'x');
    server.upload(messages("inbox"), message);
    server.mail.contents.given.set(0);
    String eml = messages("inbox") + "/1/message.eml";
    assertThat(get(eml, "Range", "bytes=500000-500099").body()).hasSize(100);
    assertThat(server.mail.contents.given).hasValue(100);
    HttpResponse<byte[]> head =
        server.octets(server.request(eml).method("HEAD", HttpRequest.BodyPublishers.noBody()));
    assertThat(head.statusCode()).isEqualTo(200);
    assertThat(head.body()).isEmpty();
    assertThat(header(head, "Content-Length")).isEqualTo("" + message.length);
    String tag = header(head, "ETag");
    HttpResponse<byte[]> unchanged = get(eml, "If-None-Match", tag);
    assertThat(unchanged.statusCode()).isEqualTo(304);
    assertThat(header(unchanged, "ETag")).isEqualTo(tag);
    assertThat(get(eml, "If-Match", "\"x\"").statusCode()).isEqualTo(412);
    assertThat(server.mail.contents.given).hasValue(100);
    assertThat(get(eml, "If-Range", tag, "Range", "bytes=1-2").statusCode()).isEqualTo(206);
    assertThat(get(eml, "If-Range", "\"x\"", "Range", "bytes=1-2").body()).isEqualTo(message);
  }

  @Test
  void aStoreThatFailsIsToldOrBreaksOff() throws Exception {
    byte[] message = new byte[200_000];
    Arrays.fill(message, (byte) 'x');
    server.upload(messages("inbox"), message);
    String eml = messages("inbox") + "/1/message.eml";
    server.mail.contents.failBehind = 0;
    assertThat(server.get(eml).status()).isEqualTo(503);
    server.mail.contents.failBehind = 100_000;
    assertThatThrownBy(() -> get(eml)).isInstanceOf(IOException.class);
    server.mail.contents.failBehind = Long.MAX_VALUE;
    assertThat(get(eml).body()).isEqualTo(message);
    server.mail.contents.lose();
    assertThat(server.get(eml).status()).isEqualTo(503);
    server.mail.unavailable = true;
    assertThat(server.get(eml).status()).isEqualTo(503);
    assertThat(server.upload(messages("inbox"), message).status()).isEqualTo(503);
    assertThat(server.mail.contents.open).hasValue(0);
  }
}
