package net.mailagent.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import net.mailagent.agent.Agent;
import net.mailagent.runtime.settings.Settings;

/** An agent in this process, on free ports, as clients find it. */
record Node(Agent agent) implements AutoCloseable {
  private static final JsonMapper JSON = new JsonMapper();
  private static final AtomicInteger USERS = new AtomicInteger();

  /** All roles over the embedded engine with its data in that folder. */
  static Node start(Path data) {
    return start(Agent.onFreePorts(data));
  }

  static Node start(Settings settings) {
    return new Node(Agent.start(settings));
  }

  int imap() {
    return agent.imapPort();
  }

  int imaps() {
    return agent.imapsPort();
  }

  int lmtp() {
    return agent.lmtpPort();
  }

  int http() {
    return agent.apiPort();
  }

  /** Makes a user that no other test has. */
  User newUser() throws IOException, InterruptedException {
    return newUser(http(), "user" + USERS.incrementAndGet());
  }

  static User newUser(int http, String name) throws IOException, InterruptedException {
    try (HttpClient client = HttpClient.newHttpClient()) {
      HttpResponse<String> response =
          client.send(
              HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + http + "/user/create"))
                  .header("Content-Type", "application/json")
                  .POST(
                      HttpRequest.BodyPublishers.ofString(
                          JSON.writeValueAsString(
                              Map.of("username", name, "password", User.PASSWORD))))
                  .build(),
              HttpResponse.BodyHandlers.ofString());
      JsonNode answer = JSON.readTree(response.body());
      assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
      return new User(
          answer.path("id").asText(),
          answer.path("username").asText(),
          answer.path("address").asText());
    }
  }

  @Override
  public void close() {
    agent.close();
  }
}
