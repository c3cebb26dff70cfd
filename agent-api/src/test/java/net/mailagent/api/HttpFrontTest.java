package net.mailagent.api;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.Socket;
import java.net.http.HttpRequest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import net.mailagent.api.ApiServer.Reply;
import net.mailagent.runtime.net.ListenException;
import net.mailagent.runtime.settings.Settings;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Routes, operations, and what is no request at all. */
class HttpFrontTest {
  private final ApiServer server = new ApiServer();

  @AfterEach
  void stop() {
    server.close();
  }

  @ParameterizedTest
  @ValueSource(strings = {"/", "/nothing", "/user", "/users//updates", "/user/create/x"})
  void anUnknownPathIsNotFound(String path) throws Exception {
    Reply reply = server.get(path);
    assertThat(reply.status()).isEqualTo(404);
    assertThat(reply.code()).isEqualTo("NotFound");
  }

  @Test
  void aWrongMethodIsToldTheRightOnes() throws Exception {
    Reply get = server.get("/user/create");
    assertThat(get.status()).isEqualTo(405);
    assertThat(get.response().headers().firstValue("Allow")).contains("POST");
    Reply delete = server.send(server.request("/health/live").DELETE());
    assertThat(delete.status()).isEqualTo(405);
    assertThat(delete.response().headers().firstValue("Allow")).contains("GET, HEAD");
    Reply head =
        server.send(
            server.request("/health/live").method("HEAD", HttpRequest.BodyPublishers.noBody()));
    assertThat(head.status()).isEqualTo(200);
  }

  @Test
  void anAddressThatIsTakenIsTold() {
    Settings settings = ApiServer.SETTINGS.with(ApiSettings.PORT, server.agent.port());
    assertThatThrownBy(() -> new ApiServer(settings))
        .isInstanceOf(ListenException.class)
        .hasMessageContaining("127.0.0.1 port " + server.agent.port());
  }

  @Test
  void healthNamesTheChecksThatFail() throws Exception {
    assertThat(server.get("/health/live").status()).isEqualTo(200);
    assertThat(server.get("/health/ready").json().path("status").asText()).isEqualTo("up");
    server.health.addReady(
        "store",
        () -> {
          throw new IllegalStateException("no answer");
        });
    assertThat(server.get("/health/live").status()).isEqualTo(200);
    for (String path : List.of("/health/ready", "/health")) {
      Reply reply = server.get(path);
      assertThat(reply.status()).isEqualTo(503);
      assertThat(reply.json().path("success").asBoolean(true)).isFalse();
      assertThat(reply.detail("store")).isEqualTo("no answer");
    }
  }

  @Test
  void metricsCountCalls() throws Exception {
    server.user("someone");
    String metrics = server.get("/metrics").response().body();
    assertThat(metrics)
        .contains("api_calls_seconds_count{method=\"POST\",path=\"/user/create\",status=\"200\"} 1")
        .contains("push_streams 0.0");
  }

  @Test
  void openApiDescribesExactlyTheRoutes() throws Exception {
    Reply reply = server.get("/openapi.json");
    assertThat(reply.status()).isEqualTo(200);
    JsonNode api = reply.json();
    assertThat(api.path("openapi").asText()).startsWith("3.1");
    List<String> described = new ArrayList<>();
    for (Map.Entry<String, JsonNode> path : api.path("paths").properties()) {
      for (Map.Entry<String, JsonNode> operation : path.getValue().properties()) {
        described.add(operation.getKey() + " " + path.getKey());
        assertThat(operation.getValue().path("summary").asText()).isNotEmpty();
        assertThat(operation.getValue().path("responses").isEmpty()).isFalse();
      }
    }
    List<String> routes =
        ApiAgent.endpoints(
                ApiServer.SETTINGS,
                ApiLimits.from(ApiServer.SETTINGS),
                new ApiAgent.Ports(server.mail, server.mail, server.mail, server.mail),
                new ApiAgent.Node(
                    server.passwords, server.health, new net.mailagent.runtime.ops.Metrics()))
            .stream()
            .map(endpoint ->
                endpoint.method().name().toLowerCase(java.util.Locale.ROOT)
                    + " "
                    + endpoint.path().replaceAll(":(\\w+)", "{$1}"))
            .toList();
    assertThat(described).containsExactlyInAnyOrderElementsOf(routes);
    for (JsonNode reference : api.findValues("$ref")) {
      String pointer = reference.asText().substring(1);
      assertThat(api.at(pointer).isMissingNode()).as(pointer).isFalse();
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "NONSENSE\r\n\r\n",
        "GET /%zz HTTP/1.1\r\nHost: localhost\r\n\r\n",
        "GET /?a=%zz HTTP/1.1\r\nHost: localhost\r\n\r\n",
        "GET nowhere HTTP/1.1\r\nHost: localhost\r\n\r\n",
        "GET / HTTP/9.9\r\nHost: localhost\r\n\r\n"
      })
  void whatIsNoRequestIsAnsweredAllTheSame(String text) throws Exception {
    assertThat(status(text)).isIn(400, 501);
  }

  @Test
  void requestLinesAndHeadersAreBounded() throws Exception {
    assertThat(status("GET /" + "x".repeat(60_000) + " HTTP/1.1\r\nHost: localhost\r\n\r\n"))
        .isEqualTo(414);
    assertThat(status("GET / HTTP/1.1\r\nHost: localhost\r\nX: " + "x".repeat(40_000) + "\r\n\r\n"))
        .isEqualTo(431);
  }

  /** A health check that waits, and the request that waits for it. */
  private CompletableFuture<Reply> slowCall(ApiServer at, CountDownLatch go) throws Exception {
    CountDownLatch reached = new CountDownLatch(1);
    at.health.addReady(
        "slow",
        () -> {
          reached.countDown();
          go.await(60, TimeUnit.SECONDS);
        });
    CompletableFuture<Reply> reply = new CompletableFuture<>();
    Thread.ofVirtual()
        .start(() -> {
          try {
            reply.complete(at.get("/health/ready"));
          } catch (IOException | InterruptedException e) {
            reply.completeExceptionally(e);
          }
        });
    assertThat(reached.await(60, TimeUnit.SECONDS)).isTrue();
    return reply;
  }

  @Test
  void callsAtTheSameTimeAreBounded() throws Exception {
    try (ApiServer few = new ApiServer(ApiServer.SETTINGS.with(ApiSettings.MAX_CALLS, 1))) {
      CountDownLatch go = new CountDownLatch(1);
      CompletableFuture<Reply> slow = slowCall(few, go);
      Reply refused = few.get("/openapi.json");
      assertThat(refused.status()).isEqualTo(503);
      assertThat(refused.code()).isEqualTo("ServiceUnavailable");
      assertThat(few.get("/health/live").status()).as("busy, but alive").isEqualTo(200);
      go.countDown();
      assertThat(slow.get().status()).isEqualTo(200);
      assertThat(few.get("/openapi.json").status()).isEqualTo(200);
    }
  }

  @Test
  void aStoppingNodeFinishesItsCalls() throws Exception {
    CountDownLatch go = new CountDownLatch(1);
    CompletableFuture<Reply> slow = slowCall(server, go);
    Thread drain = Thread.ofVirtual().start(() -> server.agent.drain(Duration.ofSeconds(60)));
    for (int i = 0; i < 500 && accepts(); i++) {
      Thread.sleep(10);
    }
    assertThat(accepts()).as("no new connection is taken").isFalse();
    go.countDown();
    assertThat(slow.get().status()).isEqualTo(200);
    drain.join();
  }

  private boolean accepts() {
    try {
      new Socket(InetAddress.getLoopbackAddress(), server.agent.port()).close();
      return true;
    } catch (IOException e) {
      return false;
    }
  }

  @Test
  void connectionsAreBounded() throws Exception {
    try (ApiServer few = new ApiServer(ApiServer.SETTINGS.with(ApiSettings.MAX_CONNECTIONS, 2));
        Socket one = new Socket(InetAddress.getLoopbackAddress(), few.agent.port());
        Socket two = new Socket(InetAddress.getLoopbackAddress(), few.agent.port())) {
      one.getOutputStream().write("GET /health/live HTTP/1.1\r\nHost: x\r\n\r\n".getBytes(UTF_8));
      two.getOutputStream().write("GET /health/live HTTP/1.1\r\nHost: x\r\n\r\n".getBytes(UTF_8));
      assertThat(one.getInputStream().read()).isEqualTo('H');
      assertThat(two.getInputStream().read()).isEqualTo('H');
      try (Socket three = new Socket(InetAddress.getLoopbackAddress(), few.agent.port())) {
        three.setSoTimeout(60_000);
        assertThat(three.getInputStream().read()).isEqualTo(-1);
      }
      one.close();
      for (int i = 0; i < 500; i++) {
        try (Socket again = new Socket(InetAddress.getLoopbackAddress(), few.agent.port())) {
          again
              .getOutputStream()
              .write("GET /health/live HTTP/1.1\r\nHost: x\r\n\r\n".getBytes(UTF_8));
          again.setSoTimeout(60_000);
          if (again.getInputStream().read() == 'H') {
            return;
          }
        } catch (IOException e) {
          // the place was not given back yet
        }
        Thread.sleep(10);
      }
      throw new AssertionError("a closed connection still counts");
    }
  }

  private int status(String request) throws Exception {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.agent.port())) {
      socket.setSoTimeout(60_000);
      socket.getOutputStream().write(request.getBytes(UTF_8));
      String line =
          new BufferedReader(new InputStreamReader(socket.getInputStream(), UTF_8)).readLine();
      return line == null ? 0 : Integer.parseInt(line.split(" ")[1]);
    }
  }
}
