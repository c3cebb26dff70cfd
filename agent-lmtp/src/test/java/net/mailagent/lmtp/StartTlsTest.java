package net.mailagent.lmtp;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.security.cert.X509Certificate;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocketFactory;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509TrustManager;
import net.mailagent.model.UserId;
import net.mailagent.runtime.settings.Settings;
import org.junit.jupiter.api.Test;

/** STARTTLS (RFC 3207). */
class StartTlsTest {
  /** Takes every certificate: what is tested is the protocol around it. */
  private static SSLSocketFactory anyCertificate() throws Exception {
    X509TrustManager trusting =
        new X509TrustManager() {
          @Override
          public void checkClientTrusted(X509Certificate[] chain, String type) {}

          @Override
          public void checkServerTrusted(X509Certificate[] chain, String type) {}

          @Override
          public X509Certificate[] getAcceptedIssuers() {
            return new X509Certificate[0];
          }
        };
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(null, new TrustManager[] {trusting}, null);
    return context.getSocketFactory();
  }

  @Test
  void whatWasSaidInPlainIsForgotten() throws Exception {
    try (LmtpServer server = new LmtpServer();
        LmtpClient client = LmtpClient.greeted(server.port())) {
      final UserId joe = server.mail.user("joe");
      client.command("MAIL FROM:<a@b>");
      // an attacker's command behind STARTTLS must not be carried out as if it came through TLS
      client.send("STARTTLS\r\nMAIL FROM:<attacker@b>\r\n");
      assertThat(client.reply()).startsWith("220 2.0.0 ");
      client.startTls(anyCertificate());
      assertThat(client.command("MAIL FROM:<a@b>")).startsWith("503 5.5.1 ").contains("LHLO");
      assertThat(client.command("LHLO client.example")).doesNotContain("STARTTLS");
      assertThat(client.command("STARTTLS")).startsWith("503 ");
      client.transmit("x", "joe@example.com");
      assertThat(client.reply()).startsWith("250 ");
      assertThat(server.mail.inboxOf(joe).getFirst().trace()).contains(" with LMTPS id ");
    }
  }

  @Test
  void canBeSwitchedOff() throws IOException {
    Settings settings = Settings.defaults().with(LmtpSettings.STARTTLS, false);
    try (LmtpServer server = new LmtpServer(settings);
        LmtpClient client = new LmtpClient(server.port())) {
      assertThat(client.command("LHLO x")).doesNotContain("STARTTLS");
      assertThat(client.command("STARTTLS")).startsWith("503 ");
    }
  }
}
