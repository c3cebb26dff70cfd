package net.mailagent.api;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Optional;
import net.mailagent.runtime.auth.Passwords;
import net.mailagent.runtime.ops.Health;
import net.mailagent.runtime.ops.Metrics;
import net.mailagent.runtime.settings.RuntimeSettings;
import net.mailagent.runtime.settings.Settings;

/** An API listener on a free port with an in-memory store behind it, and a client. */
final class ApiServer implements AutoCloseable {
  /** Hashing at a strength that is no use but for tests. */
  static final Settings SETTINGS =
      Settings.defaults()
          .with(ApiSettings.PORT, 0)
          .with(ApiSettings.MAIL_DOMAIN, Optional.of("example.com"))
          .with(RuntimeSettings.ARGON2_MEMORY, 64)
          .with(RuntimeSettings.ARGON2_ITERATIONS, 1);

  private static final ObjectMapper MAPPER = new ObjectMapper();

  final InMemoryMail mail = new InMemoryMail();
  final Health health = new Health();
  final Metrics metrics = new Metrics();
  final Passwords passwords;
  final ApiAgent agent;
  final HttpClient client = HttpClient.newHttpClient();
  private final Vertx vertx = Vertx.vertx();

  ApiServer() {
    this(SETTINGS);
  }

  ApiServer(Settings settings) {
    passwords = new Passwords(settings);
    try {
      agent =
          ApiAgent.start(
              vertx,
              settings,
              new ApiAgent.Ports(mail, mail, mail, mail),
              new ApiAgent.Node(passwords, health, metrics));
    } catch (RuntimeException e) {
      vertx.close().await();
      passwords.close();
      throw e;
    }
  }

  /** An answer with its JSON read. */
  record Reply(int status, JsonNode json, HttpResponse<String> response) {
    String code() {
      return json.path("code").asText();
    }

    String detail(String field) {
      return json.path("details").path(field).asText();
    }
  }

  URI uri(String path) {
    return URI.create("http://localhost:" + agent.port() + path);
  }

  HttpRequest.Builder request(String path) {
    return HttpRequest.newBuilder(uri(path)).timeout(Duration.ofSeconds(60));
  }

  Reply send(HttpRequest.Builder request) throws IOException, InterruptedException {
    HttpResponse<String> response =
        client.send(request.build(), HttpResponse.BodyHandlers.ofString());
    boolean json =
        response.headers().firstValue("Content-Type").orElse("").startsWith("application/json")
            && !response.body().isEmpty();
    JsonNode body = json ? MAPPER.readTree(response.body()) : MAPPER.nullNode();
    return new Reply(response.statusCode(), body, response);
  }

  /** An answer as it is. */
  HttpResponse<byte[]> octets(HttpRequest.Builder request)
      throws IOException, InterruptedException {
    return client.send(request.build(), HttpResponse.BodyHandlers.ofByteArray());
  }

  /** Uploads a message. */
  Reply upload(String path, byte[] message) throws IOException, InterruptedException {
    return send(
        request(path)
            .header("Content-Type", "message/rfc822")
            .POST(HttpRequest.BodyPublishers.ofByteArray(message)));
  }

  Reply get(String path) throws IOException, InterruptedException {
    return send(request(path));
  }

  Reply post(String path, String json) throws IOException, InterruptedException {
    return send(
        request(path)
            .header("Content-Type", "application/json")
            .POST(HttpRequest.BodyPublishers.ofString(json)));
  }

  /** Makes a user and returns its id. */
  net.mailagent.model.UserId user(String username) throws IOException, InterruptedException {
    Reply reply =
        post("/user/create", "{\"username\":\"" + username + "\",\"password\":\"secret\"}");
    return new net.mailagent.model.UserId(reply.json().path("id").asText());
  }

  @Override
  public void close() {
    client.close();
    agent.close();
    vertx.close().await();
    passwords.close();
    metrics.close();
  }
}
