package net.mailagent.api;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.MultiMap;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import net.mailagent.api.ApiServer.Reply;
import net.mailagent.runtime.net.Network;
import net.mailagent.runtime.settings.RuntimeSettings;
import net.mailagent.runtime.settings.Settings;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Who may call, with and without a root token. */
class AccessTest {
  private static final String BODY = "{\"username\":\"v\",\"password\":\"x\"}";

  /** A request as some browser or proxy would send it; returns the status. */
  private static int raw(ApiServer server, String... headers) throws IOException {
    return rawFrom("127.0.0.1", server, headers);
  }

  private static int rawFrom(String address, ApiServer server, String... headers)
      throws IOException {
    try (Socket socket = new Socket()) {
      socket.bind(new InetSocketAddress(address, 0));
      socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), server.agent.port()));
      socket.setSoTimeout(60_000);
      StringBuilder request = new StringBuilder("POST /user/create HTTP/1.1\r\n");
      for (String header : headers) {
        request.append(header).append("\r\n");
      }
      request.append("Content-Length: ").append(BODY.length()).append("\r\n\r\n").append(BODY);
      socket.getOutputStream().write(request.toString().getBytes(StandardCharsets.UTF_8));
      String line =
          new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.UTF_8))
              .readLine();
      return Integer.parseInt(line.split(" ")[1]);
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "200 | Host: localhost:8080 | X: y",
        "200 | Host: 127.0.0.1 | X: y",
        "200 | Host: [::1]:8080 | X: y",
        "200 | Host: localhost:8080 | Origin: http://localhost:8080",
        "403 | Host: mail.example.com | X: y",
        "403 | Host: localhost.evil.example | X: y",
        "403 | Host: 192.0.2.1 | X: y",
        "400 | X: y | X: z",
        "403 | Host: localhost | Host: evil.example",
        "403 | Host: localhost:8080 | Origin: http://evil.example",
        "403 | Host: localhost:8080 | Origin: http://localhost:9999",
        "403 | Host: localhost:8080 | Origin: null",
        "403 | Host: localhost:8080 | Sec-Fetch-Site: cross-site",
        "403 | Host: localhost:8080 | X-Forwarded-For: 192.0.2.1",
        "403 | Host: localhost:8080 | Forwarded: for=192.0.2.1",
      })
  void withoutATokenOnlyProgramsOfThisHostAreServed(int status, String one, String two)
      throws Exception {
    try (ApiServer server = new ApiServer()) {
      assertThat(raw(server, one.strip(), two.strip(), "Content-Type: application/json"))
          .isEqualTo(status);
      assertThat(server.mail.byLogin("v").isPresent()).isEqualTo(status == 200);
    }
  }

  @Test
  void withoutATokenOtherHostsAreRefused() throws Exception {
    Guard guard = new Guard(Optional.empty(), List.of("localhost"), List.of());
    MultiMap headers = MultiMap.caseInsensitiveMultiMap().add("Host", "localhost");
    MultiMap query = MultiMap.caseInsensitiveMultiMap();
    assertThat(guard.refusal(InetAddress.ofLiteral("127.0.0.2"), headers, query)).isEmpty();
    assertThat(guard.refusal(InetAddress.ofLiteral("::1"), headers, query)).isEmpty();
    assertThat(guard.refusal(InetAddress.ofLiteral("192.0.2.1"), headers, query)).isPresent();
    assertThat(guard.refusal(null, headers, query)).isPresent();
  }

  @Test
  void withoutATokenNobodyIsServedThroughALoadBalancerOnThisHost() throws Exception {
    Settings proxied =
        ApiServer.SETTINGS.with(RuntimeSettings.PROXIES, Network.parseAll("127.0.0.1/32,::1"));
    String[] headers = {"Host: localhost", "Content-Type: application/json"};
    try (ApiServer server = new ApiServer(proxied)) {
      assertThat(rawFrom("127.0.0.1", server, headers)).isEqualTo(403);
      assertThat(server.mail.byLogin("v")).isEmpty();
      Reply reply = server.get("/metrics");
      assertThat(reply.code()).isEqualTo("InvalidToken");
      assertThat(reply.json().path("error").asText())
          .contains("connections.proxies", "api.access-token");
      assertThat(server.get("/health/ready").status()).isEqualTo(200);
      assertThat(rawFrom("127.0.0.2", server, headers)).isEqualTo(200);
    }
    try (ApiServer server =
        new ApiServer(proxied.with(ApiSettings.ACCESS_TOKEN, Optional.of("t0ken")))) {
      assertThat(server.get("/metrics?accessToken=t0ken").status()).isEqualTo(200);
    }
  }

  @Test
  void aTokenOpensWhereverItStands() throws Exception {
    try (ApiServer server =
        new ApiServer(ApiServer.SETTINGS.with(ApiSettings.ACCESS_TOKEN, Optional.of("t0ken")))) {
      assertThat(server.get("/metrics").status()).isEqualTo(403);
      assertThat(server.get("/metrics").code()).isEqualTo("InvalidToken");
      assertThat(server.get("/metrics?accessToken=t0ken").status()).isEqualTo(200);
      assertThat(
              server
                  .send(server.request("/metrics").header("Authorization", "Bearer t0ken"))
                  .status())
          .isEqualTo(200);
      assertThat(server.send(server.request("/metrics").header("X-Access-Token", "t0ken")).status())
          .isEqualTo(200);
      assertThat(server.get("/health/live").status()).isEqualTo(200);
      assertThat(
              raw(
                  server,
                  "Host: mail.example.com",
                  "X-Forwarded-For: 192.0.2.1",
                  "X-Access-Token: t0ken",
                  "Content-Type: application/json"))
          .isEqualTo(200);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"Bearer t0keN", "Bearer ", "Basic t0ken", "t0ken", "Bearer t0ken1"})
  void aWrongTokenIsRefused(String authorization) throws Exception {
    try (ApiServer server =
        new ApiServer(ApiServer.SETTINGS.with(ApiSettings.ACCESS_TOKEN, Optional.of("t0ken")))) {
      Reply reply = server.send(server.request("/metrics").header("Authorization", authorization));
      assertThat(reply.status()).isEqualTo(403);
      assertThat(reply.code()).isEqualTo("InvalidToken");
    }
  }
}
