package net.mailagent.embedded;

import java.util.ArrayList;
import java.util.List;

/**
 * The bytes by which documents are put in the order of a sort: the least element of an array where
 * ascending, the greatest where descending. Immutable; any thread.
 */
final class SortKeys {
  private final List<KeyPattern> parts = new ArrayList<>();

  SortKeys(KeyPattern sort) {
    // each field alone: a sort, other than an index, may lead through several arrays
    sort.parts().forEach(part -> parts.add(new KeyPattern(List.of(part))));
  }

  byte[] of(Doc doc) {
    if (parts.size() == 1) {
      return IndexKeys.of(doc, parts.getFirst()).keys().first();
    }
    KeyWriter out = new KeyWriter();
    for (KeyPattern part : parts) {
      // the keys of a descending field are complemented: the greatest value is the first key
      out.writeRaw(IndexKeys.of(doc, part).keys().first());
    }
    return out.toBytes();
  }

  /**
   * @throws MongoError BadValue
   */
  static KeyPattern parse(Doc sort) {
    List<KeyPattern.Part> parts = new ArrayList<>();
    Fields fields = sort.fields();
    while (fields.next()) {
      Value direction = fields.value();
      if (!direction.isNumber() || Math.abs(direction.asDouble()) != 1) {
        throw new MongoError(
            15975, "Location15975", "$sort key ordering must be 1 (asc) or -1 (desc)", null);
      }
      parts.add(KeyPattern.Part.of(fields.name(), direction.asDouble() < 0));
    }
    return new KeyPattern(parts);
  }
}
