package net.mailagent.api;

import io.vertx.core.MultiMap;
import java.util.Map;
import java.util.Optional;

/**
 * A request as a call sees it: read whole, no socket behind it.
 *
 * @param path the variables of the path, decoded
 * @param query parameters, decoded; unknown ones are tolerated
 * @param headers names without case
 * @param body empty when there is none
 */
@SuppressWarnings("ArrayRecordComponent") // a body is handed over, never compared
record Call(Map<String, String> path, MultiMap query, MultiMap headers, byte[] body) {
  Call {
    path = Map.copyOf(path);
  }

  /**
   * A variable of the path.
   *
   * @throws IllegalArgumentException if the path has none of that name
   */
  String variable(String name) {
    String value = path.get(name);
    if (value == null) {
      throw new IllegalArgumentException("the path has no variable " + name);
    }
    return value;
  }

  Optional<String> parameter(String name) {
    return Optional.ofNullable(query.get(name));
  }

  Optional<String> header(String name) {
    return Optional.ofNullable(headers.get(name));
  }
}
