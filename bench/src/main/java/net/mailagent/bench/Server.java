package net.mailagent.bench;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A server under measurement. Immutable; any thread.
 *
 * @param name what the table calls it
 * @param imap where it speaks IMAP, with LOGIN allowed without TLS
 * @param lmtp where it speaks LMTP
 * @param http where {@code POST /user/create} makes users; without it any user name is taken to
 *     exist and to have the address name@{@link #DOMAIN}
 */
record Server(
    String name, InetSocketAddress imap, InetSocketAddress lmtp, Optional<InetSocketAddress> http) {
  static final String DOMAIN = "bench.test";
  static final String PASSWORD = "secretpass";

  private static final Pattern ADDRESS = Pattern.compile("\"address\"\\s*:\\s*\"([^\"]+)\"");

  /**
   * Reads {@code name=agent,imap=127.0.0.1:9143,lmtp=127.0.0.1:2424,http=127.0.0.1:8080}; a port
   * alone means loopback.
   *
   * @throws IllegalArgumentException saying what is missing or not understood
   */
  static Server parse(String text) {
    Map<String, String> fields = new HashMap<>();
    for (String field : text.split(",", -1)) {
      String[] pair = field.split("=", 2);
      if (pair.length != 2 || pair[1].isEmpty()) {
        throw new IllegalArgumentException("--server takes name=…,imap=…,lmtp=…[,http=…]: " + text);
      }
      fields.put(pair[0], pair[1]);
    }
    return new Server(
        fields.getOrDefault("name", "server"),
        address(fields, "imap"),
        address(fields, "lmtp"),
        fields.containsKey("http") ? Optional.of(address(fields, "http")) : Optional.empty());
  }

  private static InetSocketAddress address(Map<String, String> fields, String key) {
    String value = fields.get(key);
    if (value == null) {
      throw new IllegalArgumentException("--server without " + key + "=");
    }
    int colon = value.lastIndexOf(':');
    return new InetSocketAddress(
        colon < 0 ? "127.0.0.1" : value.substring(0, colon),
        Integer.parseInt(value.substring(colon + 1)));
  }

  /** Makes sure that the user exists; gives the address that LMTP takes for it. */
  String createUser(String user) throws IOException, InterruptedException {
    if (http.isEmpty()) {
      return user + "@" + DOMAIN;
    }
    URI uri =
        URI.create(
            "http://" + http.get().getHostString() + ":" + http.get().getPort() + "/user/create");
    try (HttpClient client = HttpClient.newHttpClient()) {
      HttpResponse<String> response =
          client.send(
              HttpRequest.newBuilder(uri)
                  .header("Content-Type", "application/json")
                  .POST(
                      HttpRequest.BodyPublishers.ofString(
                          "{\"username\":\"" + user + "\",\"password\":\"" + PASSWORD + "\"}"))
                  .build(),
              HttpResponse.BodyHandlers.ofString());
      Matcher address = ADDRESS.matcher(response.body());
      if (response.statusCode() != 200 || !address.find()) {
        throw new IOException(uri + " answered " + response.statusCode() + " " + response.body());
      }
      return address.group(1);
    }
  }
}
