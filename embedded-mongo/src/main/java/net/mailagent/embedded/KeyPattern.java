package net.mailagent.embedded;

import java.util.ArrayList;
import java.util.List;

/** The fields of an index in order, each ascending or descending. Immutable. */
record KeyPattern(List<Part> parts) {

  /** One field; {@code steps} is its path divided at the dots. */
  record Part(String path, List<String> steps, boolean descending) {
    static Part of(String path, boolean descending) {
      return new Part(path, Path.steps(path), descending);
    }
  }

  KeyPattern {
    parts = List.copyOf(parts);
  }

  /**
   * @throws MongoError CannotCreateIndex for what this engine has no index of (text, hashed, geo,
   *     wildcard)
   */
  static KeyPattern parse(Doc key) {
    List<Part> parts = new ArrayList<>();
    Fields fields = key.fields();
    while (fields.next()) {
      String path = fields.name();
      Value direction = fields.value();
      if (!direction.isNumber() || direction.asDouble() == 0) {
        throw new MongoError(
            ErrorKind.CANNOT_CREATE_INDEX,
            "the embedded engine has ordered indexes only (1 or -1), not "
                + direction
                + " for '"
                + path
                + "'");
      }
      if (path.isEmpty() || path.contains("$")) {
        throw new MongoError(ErrorKind.CANNOT_CREATE_INDEX, "cannot index the path '" + path + "'");
      }
      parts.add(Part.of(path, direction.asDouble() < 0));
    }
    if (parts.isEmpty()) {
      throw new MongoError(ErrorKind.CANNOT_CREATE_INDEX, "Index keys cannot be an empty object");
    }
    return new KeyPattern(parts);
  }

  int size() {
    return parts.size();
  }

  Doc toDoc() {
    DocWriter out = new DocWriter().begin();
    for (Part part : parts) {
      out.put(part.path(), part.descending() ? -1 : 1);
    }
    return out.end().toDoc();
  }

  /** The name drivers and servers give when none is given: {@code user_1_seq_-1}. */
  String defaultName() {
    StringBuilder name = new StringBuilder();
    for (Part part : parts) {
      if (!name.isEmpty()) {
        name.append('_');
      }
      name.append(part.path()).append(part.descending() ? "_-1" : "_1");
    }
    return name.toString();
  }
}
