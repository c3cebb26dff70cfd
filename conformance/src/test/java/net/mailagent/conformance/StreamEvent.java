package net.mailagent.conformance;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import net.mailagent.history.Event;
import net.mailagent.history.Position;

/**
 * One event of a push stream.
 *
 * @param event as the checker wants it: what of it is the same whoever reads it, and when
 * @param changed the flags of a FETCH event, empty for others
 */
record StreamEvent(
    Event.Change event, String path, int uid, String operation, List<String> changed) {
  private static final List<String> LASTING =
      List.of("command", "mailbox", "uid", "operation", "changed", "total", "at", "purpose");

  static StreamEvent of(String id, JsonNode data) {
    StringBuilder what = new StringBuilder();
    for (String field : LASTING) {
      if (data.has(field)) {
        what.append(data.get(field)).append(' ');
      }
    }
    List<String> changed = new ArrayList<>();
    data.path("changed").forEach(flag -> changed.add(flag.asText()));
    return new StreamEvent(
        new Event.Change(position(id), what.toString()),
        data.path("path").asText(),
        data.path("uid").asInt(),
        data.path("operation").asText(),
        changed);
  }

  /** {@code seq} or {@code seq.n}. */
  static Position position(String id) {
    String[] parts = id.split("\\.");
    return new Position(
        Long.parseLong(parts[0]), parts.length == 1 ? 0 : Integer.parseInt(parts[1]));
  }

  static String id(Position position) {
    return position.number() == 0 ? "" + position.seq() : position.toString();
  }
}
