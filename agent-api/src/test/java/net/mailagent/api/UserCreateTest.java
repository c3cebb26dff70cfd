package net.mailagent.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.entry;

import java.net.http.HttpRequest;
import java.util.List;
import java.util.Map;
import net.mailagent.api.ApiServer.Reply;
import net.mailagent.model.MailboxPath;
import net.mailagent.model.SpecialUse;
import net.mailagent.model.port.NewAccount;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class UserCreateTest {
  private static final ApiServer SERVER = new ApiServer();

  @AfterAll
  static void stop() {
    SERVER.close();
  }

  @Test
  void makesAUserWithItsAddressAndMailboxes() throws Exception {
    Reply reply =
        SERVER.post("/user/create", "{\"username\":\"TestUser\",\"password\":\"secretpass\"}");
    assertThat(reply.status()).isEqualTo(200);
    assertThat(reply.json().path("success").asBoolean()).isTrue();
    assertThat(reply.json().path("id").asText()).matches("[0-9a-f]{24}");
    assertThat(reply.json().path("username").asText()).isEqualTo("TestUser");
    assertThat(reply.json().path("address").asText()).isEqualTo("testuser@example.com");
    NewAccount made = SERVER.mail.created;
    assertThat(made.passwordHash()).startsWith("$argon2id$").doesNotContain("secretpass");
    assertThat(SERVER.passwords.verify("secretpass", made.passwordHash())).isTrue();
    assertThat(made.mailboxes())
        .containsOnly(
            entry(SpecialUse.DRAFTS, new MailboxPath("Drafts")),
            entry(SpecialUse.SENT, new MailboxPath("Sent")),
            entry(SpecialUse.JUNK, new MailboxPath("Junk")),
            entry(SpecialUse.TRASH, new MailboxPath("Trash")),
            entry(SpecialUse.ARCHIVE, new MailboxPath("Archive")));
  }

  @Test
  void takesEverythingOptional() throws Exception {
    Reply reply =
        SERVER.post(
            "/user/create",
            """
            {"username": "ann@example.org", "password": "p\\u00e4ss wörd", "address": "Ann@Example.net",
             "addresses": ["one@example.org", "ONE@example.org"], "aliases": ["two@xn--mller-kva.de"],
             "name": "Ann Example", "quota": 1073741824, "language": "pt-BR", "unknown": {"x": 1},
             "mailboxes": {"sent": "Gesendet", "junk": "INBOX/Spam"}}
            """);
    assertThat(reply.status()).as(reply.json().toString()).isEqualTo(200);
    assertThat(reply.json().path("address").asText()).isEqualTo("ann@example.net");
    NewAccount made = SERVER.mail.created;
    assertThat(made.moreAddresses())
        .isEqualTo(List.of("ann@example.org", "one@example.org", "two@müller.de"));
    assertThat(made.name()).isEqualTo("Ann Example");
    assertThat(made.quota()).isEqualTo(1 << 30);
    assertThat(made.language()).isEqualTo("pt-BR");
    assertThat(made.mailboxes())
        .containsEntry(SpecialUse.SENT, new MailboxPath("Gesendet"))
        .containsEntry(SpecialUse.JUNK, new MailboxPath("INBOX/Spam"))
        .containsEntry(SpecialUse.TRASH, new MailboxPath("Trash"));
  }

  @Test
  void aNameWithAnAtIsItsOwnAddress() throws Exception {
    Reply reply =
        SERVER.post("/user/create", "{\"username\":\"Bob@Example.org\",\"password\":\"x\"}");
    assertThat(reply.json().path("username").asText()).isEqualTo("Bob@Example.org");
    assertThat(reply.json().path("address").asText()).isEqualTo("bob@example.org");
    assertThat(SERVER.mail.created.moreAddresses()).isEmpty();
  }

  @Test
  void whatIsTakenIsSaid() throws Exception {
    SERVER.user("taken");
    Reply again = SERVER.post("/user/create", "{\"username\":\"TAKEN\",\"password\":\"x\"}");
    assertThat(again.status()).isEqualTo(400);
    assertThat(again.code()).isEqualTo("UserExistsError");
    assertThat(again.detail("username")).isNotEmpty();
    Reply address =
        SERVER.post(
            "/user/create",
            "{\"username\":\"other\",\"password\":\"x\",\"aliases\":[\"taken@example.com\"]}");
    assertThat(address.status()).isEqualTo(400);
    assertThat(address.code()).isEqualTo("AddressExistsError");
    assertThat(SERVER.mail.byLogin("other")).isEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "username  | {\"password\":\"x\"}",
        "username  | {\"username\":\"\",\"password\":\"x\"}",
        "username  | {\"username\":null,\"password\":\"x\"}",
        "username  | {\"username\":7,\"password\":\"x\"}",
        "username  | {\"username\":\"a b\",\"password\":\"x\"}",
        "username  | {\"username\":\"a+b\",\"password\":\"x\"}",
        "username  | {\"username\":\".a\",\"password\":\"x\"}",
        "username  | {\"username\":\"a.\",\"password\":\"x\"}",
        "username  | {\"username\":\"a..b\",\"password\":\"x\"}",
        "username  | {\"username\":\"a/b\",\"password\":\"x\"}",
        "username  | {\"username\":\"me\",\"password\":\"x\"}",
        "username  | {\"username\":\"0123456789abcdefABCDEF01\",\"password\":\"x\"}",
        "username  | {\"username\":\"a@\",\"password\":\"x\"}",
        "username  | {\"username\":\"a@b@c\",\"password\":\"x\"}",
        "username  | {\"username\":\"a+b@c.d\",\"password\":\"x\"}",
        "username  | {\"username\":\"a\\u0000b\",\"password\":\"x\"}",
        "username  | {\"username\":\"a\\ud800b\",\"password\":\"x\"}",
        "password  | {\"username\":\"v\"}",
        "password  | {\"username\":\"v\",\"password\":\"\"}",
        "password  | {\"username\":\"v\",\"password\":[\"x\"]}",
        "password  | {\"username\":\"v\",\"password\":\"a\\nb\"}",
        "address   | {\"username\":\"v\",\"password\":\"x\",\"address\":\"nobody\"}",
        "address   | {\"username\":\"v\",\"password\":\"x\",\"address\":\"a@[127.0.0.1]\"}",
        "addresses | {\"username\":\"v\",\"password\":\"x\",\"addresses\":\"a@b\"}",
        "addresses | {\"username\":\"v\",\"password\":\"x\",\"addresses\":[1]}",
        "aliases   | {\"username\":\"v\",\"password\":\"x\",\"aliases\":[\"a\"]}",
        "quota     | {\"username\":\"v\",\"password\":\"x\",\"quota\":-1}",
        "quota     | {\"username\":\"v\",\"password\":\"x\",\"quota\":1.5}",
        "quota     | {\"username\":\"v\",\"password\":\"x\",\"quota\":1e30}",
        "quota     | {\"username\":\"v\",\"password\":\"x\",\"quota\":\"1\"}",
        "language  | {\"username\":\"v\",\"password\":\"x\",\"language\":\"not a tag\"}",
        "mailboxes | {\"username\":\"v\",\"password\":\"x\",\"mailboxes\":[]}",
        "mailboxes | {\"username\":\"v\",\"password\":\"x\",\"mailboxes\":{\"sent\":\"inbox\"}}",
        "mailboxes | {\"username\":\"v\",\"password\":\"x\",\"mailboxes\":{\"sent\":\"TRASH\"}}",
        "mailboxes.sent |"
            + " {\"username\":\"v\",\"password\":\"x\",\"mailboxes\":{\"sent\":\"a//b\"}}",
        "mailboxes.x | {\"username\":\"v\",\"password\":\"x\",\"mailboxes\":{\"x\":\"y\"}}",
      })
  void namesTheFieldThatIsWrong(String field, String body) throws Exception {
    Reply reply = SERVER.post("/user/create", body);
    assertThat(reply.status()).isEqualTo(400);
    assertThat(reply.code()).isEqualTo("InputValidationError");
    assertThat(reply.detail(field)).as(reply.json().toString()).isNotEmpty();
    assertThat(SERVER.mail.byLogin("v")).isEmpty();
  }

  @Test
  void namesAllFieldsThatAreWrong() throws Exception {
    Reply reply = SERVER.post("/user/create", "{\"username\":\"a b\",\"quota\":-1}");
    assertThat(reply.json().path("details").properties().stream().map(Map.Entry::getKey))
        .containsExactly("username", "password", "quota");
    assertThat(reply.json().path("error").asText()).contains("username", "password", "quota");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "{",
        "[]",
        "\"x\"",
        "null",
        "{\"username\":\"a\"} x",
        "{\"a\":1,\"a\":2}",
        "{'a':1}",
        "{\"username\":\"\\ud8\"}"
      })
  void whatIsNoJsonObjectIsRefused(String body) throws Exception {
    Reply reply = SERVER.post("/user/create", body);
    assertThat(reply.status()).isEqualTo(400);
    assertThat(reply.code()).isEqualTo("InputValidationError");
    assertThat(reply.detail("body")).isNotEmpty();
  }

  @Test
  void jsonIsBoundedInDepthAndSize() throws Exception {
    String deep = "[".repeat(1000) + "]".repeat(1000);
    Reply reply = SERVER.post("/user/create", "{\"x\":" + deep + "}");
    assertThat(reply.status()).isEqualTo(400);
    assertThat(reply.detail("body")).contains("nesting depth");
    Reply large = SERVER.post("/user/create", "{\"username\":\"" + "x".repeat(300_000) + "\"}");
    assertThat(large.status()).isEqualTo(413);
    assertThat(large.code()).isEqualTo("RequestTooLarge");
  }

  @ParameterizedTest
  @ValueSource(strings = {"text/plain", "application/x-www-form-urlencoded", "multipart/form-data"})
  void whatIsNotSentAsJsonIsRefused(String type) throws Exception {
    Reply reply =
        SERVER.send(
            SERVER
                .request("/user/create")
                .header("Content-Type", type)
                .POST(
                    HttpRequest.BodyPublishers.ofString(
                        "{\"username\":\"v\",\"password\":\"x\"}")));
    assertThat(reply.status()).isEqualTo(415);
    assertThat(SERVER.mail.byLogin("v")).isEmpty();
  }

  @Test
  void aStoreThatIsAwayOrFailsIsSaid() throws Exception {
    String body = "{\"username\":\"v\",\"password\":\"x\"}";
    SERVER.mail.unavailable = true;
    Reply away = SERVER.post("/user/create", body);
    SERVER.mail.unavailable = false;
    assertThat(away.status()).isEqualTo(503);
    assertThat(away.response().headers().firstValue("Retry-After")).isPresent();
    SERVER.mail.broken = true;
    Reply failed = SERVER.post("/user/create", body);
    SERVER.mail.broken = false;
    assertThat(failed.status()).isEqualTo(500);
    assertThat(failed.code()).isEqualTo("InternalDatabaseError");
    assertThat(failed.detail("reference")).matches("[0-9a-f]{8}");
    assertThat(failed.json().path("error").asText()).contains(failed.detail("reference"));
  }
}
