package net.mailagent.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.HttpURLConnection;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A client of the HTTP API that holds no message: it sends one as it is made and digests one as it
 * comes. Any thread.
 */
final class HttpStream {
  private static final int TIMEOUT_MILLIS = 300_000;
  private static final Pattern ID = Pattern.compile("\"id\":(\\d+)");

  private final String messages;

  /** For the INBOX of that user. */
  HttpStream(int port, User user) {
    messages = "http://127.0.0.1:" + port + "/users/" + user.id() + "/mailboxes/inbox/messages";
  }

  private static HttpURLConnection open(String url) throws IOException {
    HttpURLConnection connection = (HttpURLConnection) URI.create(url).toURL().openConnection();
    connection.setReadTimeout(TIMEOUT_MILLIS);
    return connection;
  }

  /** Uploads a message; returns its uid. */
  int upload(LargeMessage message) throws IOException {
    HttpURLConnection connection = open(messages);
    connection.setRequestMethod("POST");
    connection.setRequestProperty("Content-Type", "message/rfc822");
    connection.setFixedLengthStreamingMode(message.length());
    connection.setDoOutput(true);
    try (OutputStream out = connection.getOutputStream()) {
      message.send(out);
    }
    assertThat(connection.getResponseCode()).isEqualTo(200);
    try (InputStream in = connection.getInputStream()) {
      String answer = new String(in.readAllBytes(), StandardCharsets.UTF_8);
      assertThat(answer).contains("\"size\":" + message.length());
      Matcher id = ID.matcher(answer);
      assertThat(id.find()).as(answer).isTrue();
      return Integer.parseInt(id.group(1));
    }
  }

  /** The digest of a message downloaded whole. */
  byte[] digest(int uid) throws IOException {
    HttpURLConnection connection = open(messages + "/" + uid + "/message.eml");
    assertThat(connection.getResponseCode()).isEqualTo(200);
    MessageDigest digest = LargeMessage.newDigest();
    long octets = 0;
    byte[] piece = new byte[64 << 10];
    try (InputStream in = connection.getInputStream()) {
      for (int count = in.read(piece); count >= 0; count = in.read(piece)) {
        digest.update(piece, 0, count);
        octets += count;
      }
    }
    assertThat(octets).isEqualTo(connection.getContentLengthLong());
    return digest.digest();
  }

  /** Octets [from, from + count) of a message. */
  byte[] range(int uid, long from, int count) throws IOException {
    return range("/" + uid + "/message.eml", from, count);
  }

  /** Octets [from, from + count) of its first attachment, decoded. */
  byte[] attachment(int uid, long from, int count) throws IOException {
    return range("/" + uid + "/attachments/ATT00001", from, count);
  }

  private byte[] range(String path, long from, int count) throws IOException {
    HttpURLConnection connection = open(messages + path);
    connection.setRequestProperty("Range", "bytes=" + from + "-" + (from + count - 1));
    assertThat(connection.getResponseCode()).isEqualTo(206);
    try (InputStream in = connection.getInputStream()) {
      return in.readAllBytes();
    }
  }
}
