package net.mailagent.runtime.auth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SaslTest {
  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  @Test
  void readsPlain() throws Sasl.Malformed {
    assertThat(Sasl.plain(utf8("\0tim\0tanstaaftanstaaf")))
        .isEqualTo(new Sasl.Plain("", "tim", "tanstaaftanstaaf"));
    assertThat(Sasl.plain(utf8("Ursel\0Kurt\0xipj3plmq \u20ac")))
        .isEqualTo(new Sasl.Plain("Ursel", "Kurt", "xipj3plmq \u20ac"));
    assertThat(Sasl.plain(utf8("\0tim\0secret"))).asString().doesNotContain("secret");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "tim", "tim\0", "\0tim", "\0tim\0", "\0\0x", "\0tim\0a\0b"})
  void refusesWhatIsNotPlain(String response) {
    assertThatThrownBy(() -> Sasl.plain(utf8(response))).isInstanceOf(Sasl.Malformed.class);
  }

  @Test
  void refusesWhatIsNotUtf8() {
    assertThatThrownBy(() -> Sasl.plain(new byte[] {0, 'a', 0, (byte) 0xff}))
        .isInstanceOf(Sasl.Malformed.class)
        .hasMessageContaining("UTF-8");
  }
}
