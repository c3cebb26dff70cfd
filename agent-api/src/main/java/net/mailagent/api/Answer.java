package net.mailagent.api;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.charset.StandardCharsets;
import java.util.Map;

/**
 * What a call answers.
 *
 * @param status of HTTP
 * @param contentType of the body
 * @param body whole; handed over, not copied
 * @param headers further ones
 */
@SuppressWarnings("ArrayRecordComponent") // a body is handed over, never compared
record Answer(int status, String contentType, byte[] body, Map<String, String> headers) {
  static final String JSON = "application/json; charset=utf-8";

  Answer {
    headers = Map.copyOf(headers);
  }

  static Answer json(int status, ObjectNode body) {
    return new Answer(status, JSON, Json.bytes(body), Map.of());
  }

  /** {@code {"success": true}}, to be completed by the caller. */
  static ObjectNode success() {
    return Json.object().put("success", true);
  }

  static Answer text(String contentType, String text) {
    return new Answer(200, contentType, text.getBytes(StandardCharsets.UTF_8), Map.of());
  }

  static Answer of(ApiError error) {
    ObjectNode body = Json.object().put("error", error.error()).put("code", error.code());
    if (!error.details().isEmpty()) {
      ObjectNode details = body.putObject("details");
      error.details().forEach(details::put);
    }
    Map<String, String> headers =
        error.status() == 429 || error.status() == 503 ? Map.of("Retry-After", "1") : Map.of();
    return new Answer(error.status(), JSON, Json.bytes(body), headers);
  }

  Answer with(String name, String value) {
    Map<String, String> more = new java.util.HashMap<>(headers);
    more.put(name, value);
    return new Answer(status, contentType, body, more);
  }
}
