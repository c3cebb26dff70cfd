package net.mailagent.store.search;

import java.util.List;
import org.bson.BsonArray;
import org.bson.BsonBoolean;
import org.bson.BsonDocument;
import org.bson.BsonValue;

/**
 * What a query can say of a search key: a condition that every message that fits meets, and one
 * that only messages meet that fit. When a query decides it, both are the same, but for messages
 * whose stored search fields are incomplete.
 *
 * @param may holds for all that fit, and maybe for others
 * @param must holds only for messages that fit, maybe not for all
 * @param exact whether messages with complete search fields meet both or none
 */
record Filter(BsonDocument may, BsonDocument must, boolean exact) {
  /** Met by every message. */
  static final BsonDocument ALL = new BsonDocument();

  /** Met by no message. */
  static final BsonDocument NONE = new BsonDocument("$nor", new BsonArray(List.of(ALL)));

  static Filter exactly(BsonDocument condition) {
    return new Filter(condition, condition, true);
  }

  /** Whose stored field may be incomplete: then {@code cut} is set. */
  static Filter unless(String cut, BsonDocument condition) {
    return new Filter(
        or(List.of(condition, new BsonDocument(cut, BsonBoolean.TRUE))), condition, true);
  }

  Filter not() {
    return new Filter(nor(must), nor(may), exact);
  }

  static Filter and(List<Filter> all) {
    return new Filter(
        and(all.stream().map(Filter::may)),
        and(all.stream().map(Filter::must)),
        all.stream().allMatch(Filter::exact));
  }

  static Filter either(Filter left, Filter right) {
    return new Filter(
        or(List.of(left.may, right.may)),
        or(List.of(left.must, right.must)),
        left.exact && right.exact);
  }

  static BsonDocument and(java.util.stream.Stream<BsonDocument> all) {
    List<BsonDocument> some = all.filter(d -> !d.equals(ALL)).toList();
    return switch (some.size()) {
      case 0 -> ALL;
      case 1 -> some.getFirst();
      default -> some.contains(NONE) ? NONE : new BsonDocument("$and", new BsonArray(some));
    };
  }

  private static BsonDocument or(List<BsonDocument> all) {
    if (all.contains(ALL)) {
      return ALL;
    }
    List<BsonValue> some =
        all.stream().filter(d -> !d.equals(NONE)).<BsonValue>map(d -> d).toList();
    return switch (some.size()) {
      case 0 -> NONE;
      case 1 -> some.getFirst().asDocument();
      default -> new BsonDocument("$or", new BsonArray(some));
    };
  }

  private static BsonDocument nor(BsonDocument condition) {
    if (condition.equals(ALL)) {
      return NONE;
    }
    return condition.equals(NONE)
        ? ALL
        : new BsonDocument("$nor", new BsonArray(List.of(condition)));
  }
}
