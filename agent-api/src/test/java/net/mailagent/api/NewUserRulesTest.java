package net.mailagent.api;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.charset.StandardCharsets;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.mailagent.model.EmailAddress;
import org.junit.jupiter.api.Test;

/** Whatever is sent, it is a user that keeps the rules or an error that names a field. */
class NewUserRulesTest {
  private static final NewUserRules RULES = new NewUserRules("example.com", 7, 3);
  private static final Json JSON = new Json(32, 1 << 16);

  @Provide
  Arbitrary<String> names() {
    return Arbitraries.oneOf(
        Arbitraries.strings().ofMaxLength(20),
        Arbitraries.strings().withChars("aB.-_@+ üß\u0301\u0130").ofMaxLength(12));
  }

  @Property
  void aNameThatIsTakenGivesAnAddress(@ForAll("names") String username) {
    ObjectNode body = Json.object().put("username", username).put("password", "x");
    try {
      NewUserRules.NewUser user = RULES.read(JSON.read(Json.bytes(body)));
      EmailAddress address = EmailAddress.parse(user.address());
      assertThat(address.canonical()).isEqualTo(user.address());
      assertThat(address.localPart()).doesNotContain("+");
      assertThat(user.username()).doesNotContain(" ").isNotEmpty();
      assertThat(user.quota()).isEqualTo(7);
    } catch (ApiError e) {
      assertThat(e.status()).isEqualTo(400);
      assertThat(e.details()).containsOnlyKeys("username");
    }
  }

  @Property
  void anyOctetsAreABodyOrAnError(@ForAll byte[] octets) {
    try {
      RULES.read(JSON.read(octets));
    } catch (ApiError e) {
      assertThat(e.status()).isEqualTo(400);
      assertThat(e.details()).isNotEmpty();
    }
  }

  @Property
  void anyValueOfAnyFieldIsTakenOrNamed(
      @ForAll("fields") String field, @ForAll("values") String value) {
    ObjectNode body =
        JSON.read(
            ("{\"username\":\"joe\",\"password\":\"x\",\"" + field + "x\":1}")
                .getBytes(StandardCharsets.UTF_8));
    body.set(field, JSON.read(("{\"v\":" + value + "}").getBytes(StandardCharsets.UTF_8)).get("v"));
    try {
      RULES.read(body);
    } catch (ApiError e) {
      assertThat(e.details().keySet()).allMatch(name -> name.startsWith(field));
    }
  }

  @Provide
  Arbitrary<String> fields() {
    return Arbitraries.of(
        "username",
        "password",
        "address",
        "addresses",
        "aliases",
        "name",
        "language",
        "quota",
        "mailboxes");
  }

  @Provide
  Arbitrary<String> values() {
    return Arbitraries.of(
        "null",
        "true",
        "0",
        "-1",
        "1.5",
        "1e400",
        "99999999999999999999",
        "\"\"",
        "\"a\"",
        "\"a@b\"",
        "\"\\u0000\"",
        "\"\\ud800\"",
        "[]",
        "[\"a@b\"]",
        "[null]",
        "[[\"a@b\"]]",
        "{}",
        "{\"sent\":null}",
        "{\"sent\":\"x\"}",
        "{\"sent\":\"INBOX\"}",
        "{\"sent\":[]}",
        "[\"a@b\",\"b@b\",\"c@b\",\"d@b\"]");
  }

  @Test
  void furtherAddressesAreCounted() {
    ObjectNode body =
        JSON.read(
            """
            {"username":"joe","password":"x","addresses":["a@b","b@b"],"aliases":["c@b","d@b"]}
            """
                .getBytes(StandardCharsets.UTF_8));
    try {
      RULES.read(body);
      throw new AssertionError("four are too many");
    } catch (ApiError e) {
      assertThat(e.details()).containsOnlyKeys("aliases");
    }
  }
}
