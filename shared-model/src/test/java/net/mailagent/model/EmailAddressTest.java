package net.mailagent.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.StringLength;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class EmailAddressTest {
  @ParameterizedTest
  @ValueSource(
      strings = {
        "a@b",
        "first.last+tag@example.com",
        "!#$%&'*+-/=?^_`{|}~@example.com",
        "\"a b\"@example.com",
        "\"a@b\"@example.com",
        "\"..\"@example.com",
        "a@[127.0.0.1]",
        "a@[IPv6:::1]",
        "jürgen@müller.example",
        "用户@例子.广告",
        "a@under_score.example"
      })
  void keepsAnAddressAsItWasWritten(String text) {
    assertThat(EmailAddress.parse(text)).hasToString(text);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "@",
        "a",
        "a@",
        "@b",
        ".a@b",
        "a.@b",
        "a..b@c",
        "a b@c",
        "a@b c",
        "a@b..c",
        "a@.b",
        "a@b.",
        "a@-b",
        "a@b-",
        "a@b@c",
        "\"a@b",
        "\"\"@b",
        "\"a\"b@c",
        "\"a\\\"@b",
        "a@[]",
        "a@[1]]",
        "a@[1",
        "<a@b>",
        "a\u0000@b",
        "a\r\n@b",
        "a@b\n",
        "a\u202eb@c",
        "a\u00a0b@c",
        "\ud800@b"
      })
  void refusesWhatIsNoAddress(String text) {
    assertThatThrownBy(() -> EmailAddress.parse(text)).isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void boundsItsParts() {
    assertThat(EmailAddress.parse("a".repeat(256) + "@b").localPart()).hasSize(256);
    assertThatThrownBy(() -> EmailAddress.parse("a".repeat(257) + "@b"))
        .hasMessageContaining("256");
    assertThatThrownBy(() -> EmailAddress.parse("a@" + "b".repeat(64))).hasMessageContaining("63");
    assertThatThrownBy(() -> EmailAddress.parse("a@" + "b.".repeat(127) + "bb"))
        .hasMessageContaining("255");
  }

  @ParameterizedTest
  @CsvSource({
    "A.B@EXAMPLE.Com, a.b@example.com",
    "a@xn--mller-kva.example, a@müller.example",
    "a@MÜLLER.example, a@müller.example",
    "mu\u0308@x, m\u00fc@x",
    "A@[IPv6:::1], a@[ipv6:::1]"
  })
  void comparesWithoutCaseAndEncoding(String text, String canonical) {
    assertThat(EmailAddress.parse(text).canonical()).isEqualTo(canonical);
  }

  @Test
  void quotesOnlyWhereItMust() {
    assertThat(EmailAddress.parse("\"ab\"@c")).hasToString("ab@c");
    assertThat(EmailAddress.parse("\"a\\\"\\\\b\"@c").localPart()).isEqualTo("a\"\\b");
    assertThat(EmailAddress.parse("\"a\\\"\\\\b\"@c")).hasToString("\"a\\\"\\\\b\"@c");
  }

  @Property
  void readsWhatItWrote(@ForAll @StringLength(max = 12) String text) {
    EmailAddress address;
    try {
      address = EmailAddress.parse(text + "@example.com");
    } catch (IllegalArgumentException refused) {
      return;
    }
    assertThat(EmailAddress.parse(address.toString())).isEqualTo(address);
    EmailAddress canonical = EmailAddress.parse(address.canonical());
    assertThat(canonical.canonical()).isEqualTo(address.canonical());
  }
}
