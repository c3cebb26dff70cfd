package net.mailagent.imap;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.net.Socket;
import java.security.cert.X509Certificate;
import java.time.Duration;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509TrustManager;
import net.mailagent.runtime.net.Network;
import net.mailagent.runtime.settings.RuntimeSettings;
import org.junit.jupiter.api.Test;

/** Before login: TLS, limits, time-outs. */
class SecurityTest {
  private static final String LOGIN = "LOGIN alice \"secret \\\"word\\\"\"";

  private static SSLSocket tls(Socket plain) throws Exception {
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(
        null,
        new TrustManager[] {
          new X509TrustManager() {
            @Override
            public void checkClientTrusted(X509Certificate[] chain, String type) {}

            @Override
            public void checkServerTrusted(X509Certificate[] chain, String type) {}

            @Override
            public X509Certificate[] getAcceptedIssuers() {
              return new X509Certificate[0];
            }
          }
        },
        null);
    SSLSocket socket =
        (SSLSocket) context.getSocketFactory().createSocket(plain, "localhost", 0, true);
    socket.startHandshake();
    return socket;
  }

  @Test
  void startTlsDropsWhatWasSentInPlain() throws Exception {
    try (ImapServer server = new ImapServer();
        ImapClient plain = server.connect()) {
      // the second command is an attacker's: it must never be answered (RFC 3501 section 6.2.1)
      plain.send("a1 STARTTLS\r\na2 CREATE injected\r\n");
      assertThat(plain.response()).startsWith("a1 OK ");
      try (ImapClient client = new ImapClient(tls(plain.socket))) {
        assertThat(client.ok("CAPABILITY").getFirst())
            .doesNotContain("STARTTLS")
            .contains("AUTH=PLAIN");
        client.expect("STARTTLS", "BAD ");
        client.ok(LOGIN);
        assertThat(client.ok("LIST \"\" injected")).isEmpty();
      }
    }
  }

  @Test
  void implicitTlsWorks() throws Exception {
    try (ImapServer server = new ImapServer();
        ImapClient client =
            new ImapClient(
                tls(new Socket(InetAddress.getLoopbackAddress(), server.service.tlsPort())))) {
      assertThat(client.greeting()).doesNotContain("STARTTLS");
      client.ok(LOGIN);
      client.ok("SELECT INBOX");
    }
  }

  @Test
  void passwordsAreRefusedInPlainFromElsewhere() throws Exception {
    try (ImapServer server =
            new ImapServer(
                ImapServer.settings()
                    .with(RuntimeSettings.PROXIES, Network.parseAll("127.0.0.0/8")));
        ImapClient client =
            new ImapClient(new Socket(InetAddress.getLoopbackAddress(), server.service.port()))) {
      // what is allowed on loopback is judged by the address the proxy tells
      client.send("PROXY TCP4 192.0.2.1 192.0.2.2 1234 143\r\n");
      assertThat(client.greeting()).contains("LOGINDISABLED").doesNotContain("AUTH=");
      client.expect(LOGIN, "NO [PRIVACYREQUIRED] ");
      client.expect("AUTHENTICATE PLAIN", "NO [PRIVACYREQUIRED] ");
      client.ok("NOOP");
    }
  }

  @Test
  void threeBadCommandsAreEnough() throws Exception {
    try (ImapServer server = new ImapServer();
        ImapClient client = server.connect()) {
      client.expect("FOO", "BAD ");
      client.send("GET / HTTP/1.1\r\n");
      assertThat(client.response()).startsWith("GET BAD ");
      client.expect("FETCH 1 FLAGS", "BAD ");
      assertThat(client.response()).startsWith("* BYE ");
      assertThat(client.isClosed()).isTrue();
    }
  }

  @Test
  void bigThingsAreRefusedBeforeLogin() throws Exception {
    try (ImapServer server = new ImapServer();
        ImapClient client = server.connect()) {
      // refused without being asked for
      client.expect("LOGIN {1025}", "BAD a literal of more than 1024 octets");
      client.send("a2 LOGIN " + "x".repeat(20_000) + " y\r\n");
      assertThat(client.response()).startsWith("a2 BAD a command has at most 8192 octets");
      client.ok(LOGIN);
    }
  }

  @Test
  void aLoginThatTakesTooLongEnds() throws Exception {
    try (ImapServer server =
            new ImapServer(
                ImapServer.settings().with(ImapSettings.LOGIN_TIMEOUT, Duration.ofSeconds(1)));
        ImapClient silent = server.connect();
        ImapClient drip = server.connect()) {
      assertThat(silent.response()).startsWith("* BYE ");
      assertThat(silent.isClosed()).isTrue();
      long deadline = System.nanoTime() + Duration.ofSeconds(15).toNanos();
      boolean closed = false;
      while (!closed && System.nanoTime() < deadline) {
        try {
          drip.send("x");
          Thread.sleep(100);
          closed = drip.socket.getInputStream().available() < 0;
        } catch (java.io.IOException e) {
          closed = true;
        }
      }
      assertThat(closed).as("a line that never ends is cut off").isTrue();
    }
  }

  @Test
  void aClientThatSaysNothingIsLoggedOut() throws Exception {
    try (ImapServer server =
            new ImapServer(
                ImapServer.settings().with(ImapSettings.IDLE_TIMEOUT, Duration.ofSeconds(1)));
        ImapClient client = server.select()) {
      assertThat(client.response()).startsWith("* BYE Idle for too long");
      assertThat(client.isClosed()).isTrue();
    }
  }

  @Test
  void tooManyWrongPasswordsAreSlowedDown() throws Exception {
    try (ImapServer server =
            new ImapServer(
                ImapServer.settings()
                    .with(RuntimeSettings.AUTH_FREE_FAILURES, 1)
                    .with(RuntimeSettings.AUTH_DELAY, Duration.ofMinutes(1))
                    .with(RuntimeSettings.AUTH_MAX_WAIT, Duration.ofMillis(1)));
        ImapClient client = server.connect()) {
      for (int i = 0; i < 3; i++) {
        client.run("LOGIN alice wrong" + i);
      }
      client.expect("LOGIN alice wrong9", "NO [UNAVAILABLE] Too many wrong passwords");
    }
  }

  @Test
  void drainingSaysGoodBye() throws Exception {
    try (ImapServer server = new ImapServer();
        ImapClient client = server.select();
        ImapClient idle = server.select()) {
      idle.start("IDLE");
      assertThat(idle.response()).startsWith("+ ");
      server.service.drain(Duration.ofSeconds(10));
      assertThat(client.response()).startsWith("* BYE [UNAVAILABLE] ");
      assertThat(idle.response()).startsWith("* BYE [UNAVAILABLE] ");
      assertThat(server.mail.subscriptions(server.alice)).isZero();
    }
  }
}
