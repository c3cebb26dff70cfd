package net.mailagent.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import net.mailagent.api.ApiSettings;
import net.mailagent.lmtp.LmtpSettings;
import net.mailagent.runtime.settings.RuntimeSettings;
import net.mailagent.runtime.settings.Settings;
import net.mailagent.runtime.settings.SettingsException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A whole node over sockets: what it starts, what it keeps, what it refuses. */
@Timeout(120)
class AgentTest {
  private static final String DOMAIN = "example.net";

  @TempDir Path directory;

  private Settings settings() {
    return Agent.onFreePorts(directory)
        .with(ApiSettings.MAIL_DOMAIN, Optional.of(DOMAIN))
        .with(RuntimeSettings.ARGON2_MEMORY, 64)
        .with(RuntimeSettings.ARGON2_ITERATIONS, 1);
  }

  @Test
  void aMessageGoesFromLmtpToImapAndSurvivesARestart() throws Exception {
    try (Agent agent = Agent.start(settings())) {
      assertThat(post(agent, "/user/create", "{\"username\":\"ann\",\"password\":\"secret pass\"}"))
          .contains("\"success\":true");
      assertThat(deliver(agent, "ann", "first")).startsWith("250");
      assertThat(messages(agent, "ann", "secret pass")).isEqualTo(1);
    }
    try (Agent agent = Agent.start(settings())) {
      assertThat(messages(agent, "ann", "secret pass")).isEqualTo(1);
      assertThat(deliver(agent, "ann", "second")).startsWith("250");
      assertThat(messages(agent, "ann", "secret pass")).isEqualTo(2);
      assertThat(get(agent, "/metrics").body())
          .containsPattern("content_octets_bytes_total\\{kind=\"messages\"} [1-9]")
          .contains("content_octets_bytes_total{kind=\"decoded\"} 0.0")
          .contains("content_blobs_total{kind=\"new\"} 0.0");
    }
  }

  @Test
  void stopsWhenItsStoreCannotGoOn() throws Exception {
    Agent agent = Agent.start(settings());
    agent.fail(new IOException("the disk is gone"));
    agent.awaitClosed();
    assertThat(agent.hasFailed()).isTrue();
    assertThatThrownBy(() -> get(agent, "/health/ready")).isInstanceOf(IOException.class);
    try (Agent again = Agent.start(settings())) {
      assertThat(again.hasFailed()).isFalse();
    }
  }

  @Test
  void theDemoUserHasTwoMessagesHoweverOftenItStarts() throws Exception {
    Settings demo = settings().with(AgentSettings.DEMO, true);
    for (int start = 0; start < 2; start++) {
      try (Agent agent = Agent.start(demo)) {
        assertThat(messages(agent, "demo", "demo")).isEqualTo(2);
      }
    }
  }

  @Test
  void theDemoUserIsForLoopbackOnly() {
    Settings open = settings().with(AgentSettings.DEMO, true).with(RuntimeSettings.HOST, "0.0.0.0");
    assertThatThrownBy(() -> Agent.start(open))
        .isInstanceOf(SettingsException.class)
        .hasMessageContaining("--demo");
  }

  @Test
  void nodesShareTheStoreThatOneServes() throws Exception {
    Settings serving = settings().with(AgentSettings.ROLES, Set.of(Role.STORE));
    try (Agent store = Agent.start(serving)) {
      Settings node =
          Agent.onFreePorts(directory.resolve("node"))
              .with(AgentSettings.MONGO, Optional.of(store.storeUrl()))
              .with(ApiSettings.MAIL_DOMAIN, Optional.of(DOMAIN))
              .with(RuntimeSettings.ARGON2_MEMORY, 64);
      try (Agent mail = Agent.start(node.with(AgentSettings.ROLES, Set.of(Role.LMTP, Role.API)));
          Agent imap = Agent.start(node.with(AgentSettings.ROLES, Set.of(Role.IMAP)))) {
        assertThat(
                post(mail, "/user/create", "{\"username\":\"bob\",\"password\":\"secret pass\"}"))
            .contains("\"success\":true");
        assertThat(deliver(mail, "bob", "hello")).startsWith("250");
        assertThat(messages(imap, "bob", "secret pass")).isEqualTo(1);
        assertThatThrownBy(imap::lmtpPort).isInstanceOf(IllegalStateException.class);
      }
    }
  }

  @Test
  void aSecondProcessOnTheSameDataIsRefused() {
    try (Agent agent = Agent.start(settings())) {
      assertThat(agent.imapPort()).isPositive();
      assertThatThrownBy(() -> Agent.start(settings()))
          .isInstanceOf(StartException.class)
          .hasMessageContaining(directory.toString())
          .hasMessageContaining("in use");
    }
  }

  @Test
  void aPortThatIsTakenEndsTheStartAndFreesTheData() {
    try (Agent agent = Agent.start(settings())) {
      Settings clash =
          Agent.onFreePorts(directory.resolve("other")).with(LmtpSettings.PORT, agent.lmtpPort());
      for (int i = 0; i < 2; i++) { // the second time, too: nothing stayed behind
        assertThatThrownBy(() -> Agent.start(clash))
            .isInstanceOf(StartException.class)
            .hasMessageContaining("lmtp cannot listen on 127.0.0.1:" + agent.lmtpPort());
      }
    }
  }

  @Test
  void refusesSettingsThatContradictEachOther() {
    Settings elsewhere =
        settings().with(AgentSettings.MONGO, Optional.of("mongodb://127.0.0.1:1/"));
    for (Set<Role> roles : List.of(Set.of(Role.STORE), Set.of(Role.STORE, Role.API))) {
      assertThatThrownBy(() -> Agent.start(elsewhere.with(AgentSettings.ROLES, roles)))
          .isInstanceOf(SettingsException.class)
          .hasMessageContaining("--mongo");
    }
    assertThatThrownBy(
            () -> Agent.start(settings().with(RuntimeSettings.TLS_KEY, Optional.of("key.pem"))))
        .isInstanceOf(SettingsException.class)
        .hasMessageContaining("--tls-certificate");
  }

  @Test
  void everyListenerHasAPortOfItsOwn() {
    try (Agent one = Agent.start(settings());
        Agent two = Agent.start(Agent.onFreePorts(directory.resolve("two")))) {
      assertThat(
              List.of(
                  one.imapPort(),
                  one.imapsPort(),
                  one.lmtpPort(),
                  one.apiPort(),
                  two.imapPort(),
                  two.imapsPort(),
                  two.lmtpPort(),
                  two.apiPort()))
          .doesNotHaveDuplicates();
    }
  }

  @Test
  void isHealthyAndSaysSo() throws Exception {
    try (Agent agent = Agent.start(settings())) {
      assertThat(get(agent, "/health/ready").statusCode()).isEqualTo(200);
      assertThat(get(agent, "/health/live").statusCode()).isEqualTo(200);
    }
  }

  private static String post(Agent agent, String path, String body) throws Exception {
    try (HttpClient client = HttpClient.newHttpClient()) {
      HttpRequest request =
          HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + agent.apiPort() + path))
              .header("Content-Type", "application/json")
              .POST(HttpRequest.BodyPublishers.ofString(body))
              .build();
      return client.send(request, HttpResponse.BodyHandlers.ofString()).body();
    }
  }

  private static HttpResponse<String> get(Agent agent, String path) throws Exception {
    try (HttpClient client = HttpClient.newHttpClient()) {
      URI uri = URI.create("http://127.0.0.1:" + agent.apiPort() + path);
      return client.send(HttpRequest.newBuilder(uri).build(), HttpResponse.BodyHandlers.ofString());
    }
  }

  private static String deliver(Agent agent, String username, String subject) throws IOException {
    try (Dialogue lmtp = new Dialogue(agent.lmtpPort())) {
      lmtp.reply();
      lmtp.send("LHLO test.example");
      lmtp.reply();
      lmtp.send("MAIL FROM:<sender@example.org>");
      lmtp.reply();
      lmtp.send("RCPT TO:<" + username + "@" + DOMAIN + ">");
      lmtp.reply();
      lmtp.send("DATA");
      lmtp.reply();
      lmtp.send("Subject: " + subject + "\r\n\r\nHello.\r\n.");
      String verdict = lmtp.reply();
      lmtp.send("QUIT");
      return verdict;
    }
  }

  private static int messages(Agent agent, String username, String password) throws IOException {
    try (Dialogue imap = new Dialogue(agent.imapPort())) {
      imap.line();
      imap.send("a LOGIN " + username + " \"" + password + "\"");
      imap.until("a ");
      imap.send("b STATUS INBOX (MESSAGES)");
      String status = imap.until("b ").getFirst();
      imap.send("c LOGOUT");
      return Integer.parseInt(status.replaceAll(".*MESSAGES (\\d+)\\).*", "$1"));
    }
  }

  /** A client of a protocol of lines. */
  private static final class Dialogue implements AutoCloseable {
    private final Socket socket;
    private final BufferedReader in;

    Dialogue(int port) throws IOException {
      socket = new Socket(InetAddress.getLoopbackAddress(), port);
      socket.setSoTimeout(20_000);
      in =
          new BufferedReader(
              new InputStreamReader(socket.getInputStream(), StandardCharsets.UTF_8));
    }

    void send(String line) throws IOException {
      socket.getOutputStream().write((line + "\r\n").getBytes(StandardCharsets.UTF_8));
    }

    String line() throws IOException {
      String line = in.readLine();
      if (line == null) {
        throw new IOException("the server hung up");
      }
      return line;
    }

    /** The last line of an SMTP reply. */
    String reply() throws IOException {
      String line = line();
      while (line.charAt(3) == '-') {
        line = line();
      }
      return line;
    }

    /** The lines up to the one that starts so. */
    List<String> until(String start) throws IOException {
      List<String> lines = new ArrayList<>();
      do {
        lines.add(line());
      } while (!lines.getLast().startsWith(start));
      assertThat(lines.getLast()).startsWith(start + "OK");
      return lines;
    }

    @Override
    public void close() throws IOException {
      socket.close();
    }
  }

  @Test
  void takesTheDatabaseThatTheUrlNames() {
    Settings none = Settings.defaults();
    assertThat(StoreSetup.database(none, "mongodb://a,b/post?replicaSet=rs0")).isEqualTo("post");
    assertThat(StoreSetup.database(none, "mongodb://a:1/")).isEqualTo("mail");
    assertThat(StoreSetup.database(none, "mongodb://u:p@a/admin")).isEqualTo("mail");
    Settings given = none.with(AgentSettings.DATABASE, "letters");
    assertThat(StoreSetup.database(given, "mongodb://a/post")).isEqualTo("letters");
    assertThatThrownBy(() -> StoreSetup.database(none, "http://a/"))
        .isInstanceOf(SettingsException.class)
        .hasMessageContaining("--mongo: ");
  }
}
