package net.mailagent.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import net.mailagent.runtime.settings.Settings;
import net.mailagent.runtime.settings.SettingsException;
import org.junit.jupiter.api.Test;

class ApiSettingsTest {
  private static Settings settings(String... arguments) {
    return Settings.resolve(ApiSettings.ALL, List.of(arguments), Map.of(), null);
  }

  @Test
  void aMailDomainIsADomain() {
    assertThat(settings("--mail-domain", "Example.COM").get(ApiSettings.MAIL_DOMAIN))
        .contains("example.com");
    assertThat(settings("--mail-domain", "").get(ApiSettings.MAIL_DOMAIN)).isEmpty();
    assertThatThrownBy(() -> settings("--mail-domain", "not a domain"))
        .isInstanceOf(SettingsException.class)
        .hasMessageContaining("domain");
  }

  @Test
  void aQuietStreamNeverLooksIdle() {
    assertThat(PushLimits.from(settings("--api-idle-timeout", "10s")).heartbeat())
        .isEqualTo(Duration.ofSeconds(5));
    assertThat(PushLimits.from(settings()).heartbeat()).isEqualTo(Duration.ofSeconds(15));
  }
}
