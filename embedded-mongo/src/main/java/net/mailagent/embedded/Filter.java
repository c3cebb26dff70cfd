package net.mailagent.embedded;

import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A parsed query filter, tested against raw documents: only the fields it names are looked at.
 * Immutable; any thread.
 */
sealed interface Filter {
  Filter ALL = new And(List.of());

  boolean matches(Doc doc);

  /** Every part matches; with no part, every document. */
  record And(List<Filter> parts) implements Filter {
    @Override
    public boolean matches(Doc doc) {
      for (Filter part : parts) {
        if (!part.matches(doc)) {
          return false;
        }
      }
      return true;
    }
  }

  record Or(List<Filter> parts) implements Filter {
    @Override
    public boolean matches(Doc doc) {
      for (Filter part : parts) {
        if (part.matches(doc)) {
          return true;
        }
      }
      return false;
    }
  }

  record Not(Filter part) implements Filter {
    @Override
    public boolean matches(Doc doc) {
      return !part.matches(doc);
    }
  }

  /** An aggregation expression; evaluated by mongo-java-server on the decoded document. */
  record Expression(Doc expression) implements Filter {
    @Override
    public boolean matches(Doc doc) {
      return Library.evaluatesToTrue(expression, doc);
    }
  }

  /** Some value at the path passes the test. */
  record At(String path, List<String> steps, Test test) implements Filter {
    At(String path, Test test) {
      this(path, Path.steps(path), test);
    }

    @Override
    public boolean matches(Doc doc) {
      return Path.any(doc, steps, test);
    }
  }

  /** What is asked of a value at a path; null stands for a missing one. */
  sealed interface Test extends Path.Test {}

  /** How a value stands to the operand. */
  enum Relation {
    EQUAL,
    GREATER,
    GREATER_OR_EQUAL,
    LESS,
    LESS_OR_EQUAL
  }

  /**
   * A comparison within the operand's type; an array is compared as a whole and by each element.
   *
   * @param key the operand as {@link KeyWriter} orders it
   */
  @SuppressWarnings("ArrayRecordComponent") // bytes are shared, never changed, and compared as such
  record Compare(Relation relation, Value operand, byte[] key) implements Test {
    Compare(Relation relation, Value operand) {
      this(relation, operand, KeyWriter.encode(operand));
    }

    @Override
    public boolean test(@Nullable Value value) {
      if (value == null) {
        return operand.isNull() && relation != Relation.GREATER && relation != Relation.LESS;
      }
      if (compare(value)) {
        return true;
      }
      if (value.isArray()) {
        Fields elements = value.asDoc().fields();
        while (elements.next()) {
          if (compare(elements.value())) {
            return true;
          }
        }
      }
      return false;
    }

    private boolean compare(Value value) {
      if (relation == Relation.EQUAL && value.type() == operand.type() && isPlain(value.type())) {
        return value.sameBytes(operand);
      }
      boolean open = operand.type() == Bson.MIN_KEY || operand.type() == Bson.MAX_KEY;
      int rank = KeyWriter.rank(value.type());
      if (!open && rank != (key[0] & 0xFF)) {
        return operand.type() == Bson.NULL
            && value.type() == Bson.UNDEFINED
            && relation != Relation.GREATER
            && relation != Relation.LESS;
      }
      if (value.type() == Bson.DOUBLE && Double.isNaN(value.asDouble()) != isNaN(operand)) {
        return false; // NaN equals NaN and stands in no other relation
      }
      int order = Arrays.compareUnsigned(KeyWriter.encode(value), key);
      return switch (relation) {
        case EQUAL -> order == 0;
        case GREATER -> order > 0;
        case GREATER_OR_EQUAL -> order >= 0;
        case LESS -> order < 0;
        case LESS_OR_EQUAL -> order <= 0;
      };
    }

    private static boolean isNaN(Value value) {
      return value.isNumber() && Double.isNaN(value.asDouble());
    }

    /** Types of which equal values have equal bytes. */
    private static boolean isPlain(byte type) {
      return switch (type) {
        case Bson.STRING,
            Bson.BINARY,
            Bson.OBJECT_ID,
            Bson.BOOLEAN,
            Bson.DATE,
            Bson.INT32,
            Bson.INT64,
            Bson.TIMESTAMP ->
            true;
        default -> false;
      };
    }

    @Override
    public boolean equals(@Nullable Object other) {
      return other instanceof Compare that
          && relation == that.relation
          && Arrays.equals(key, that.key);
    }

    @Override
    public int hashCode() {
      return 31 * Arrays.hashCode(key) + relation.hashCode();
    }
  }

  /**
   * One of many values.
   *
   * @param keys the operands as {@link KeyWriter} writes them, sorted, each once
   */
  record In(List<byte[]> keys, boolean withNull, List<Regex> patterns) implements Test {
    @Override
    public boolean test(@Nullable Value value) {
      if (value == null) {
        return withNull;
      }
      if (isIn(value)) {
        return true;
      }
      if (value.isArray()) {
        Fields elements = value.asDoc().fields();
        while (elements.next()) {
          if (isIn(elements.value())) {
            return true;
          }
        }
      }
      return false;
    }

    private boolean isIn(Value value) {
      byte[] key = KeyWriter.encode(value.type() == Bson.UNDEFINED ? Value.NULL : value);
      int low = 0;
      int high = keys.size() - 1;
      while (low <= high) {
        int middle = (low + high) >>> 1;
        int order = Arrays.compareUnsigned(keys.get(middle), key);
        if (order == 0) {
          return true;
        }
        if (order < 0) {
          low = middle + 1;
        } else {
          high = middle - 1;
        }
      }
      for (Regex pattern : patterns) {
        if (pattern.test(value)) {
          return true;
        }
      }
      return false;
    }
  }

  record Exists() implements Test {
    @Override
    public boolean test(@Nullable Value value) {
      return value != null;
    }
  }

  /**
   * @param prefix what every match begins with, or null when that cannot be told
   */
  record Regex(Value source, Pattern pattern, @Nullable String prefix) implements Test {
    @Override
    public boolean test(@Nullable Value value) {
      if (value == null) {
        return false;
      }
      if (value.isArray()) {
        Fields elements = value.asDoc().fields();
        while (elements.next()) {
          if (testOne(elements.value())) {
            return true;
          }
        }
      }
      return testOne(value);
    }

    private boolean testOne(Value value) {
      return value.isString()
          ? pattern.matcher(value.asString()).find()
          : value.type() == Bson.REGEX && value.sameBytes(source);
    }
  }

  /** Some element, as a document of its own, matches. */
  record ElementMatches(Filter filter) implements Test {
    @Override
    public boolean test(@Nullable Value value) {
      if (value != null && value.isArray()) {
        Fields elements = value.asDoc().fields();
        while (elements.next()) {
          if ((elements.type() == Bson.DOCUMENT || elements.type() == Bson.ARRAY)
              && filter.matches(elements.value().asDoc())) {
            return true;
          }
        }
      }
      return false;
    }
  }

  /** Some element, as a value, passes all tests (or, where negated, fails the test). */
  record ElementPasses(List<Test> tests, List<Test> negated) implements Test {
    @Override
    public boolean test(@Nullable Value value) {
      if (value != null && value.isArray()) {
        Fields elements = value.asDoc().fields();
        while (elements.next()) {
          Value element = elements.value();
          if (tests.stream().allMatch(test -> test.test(element))
              && negated.stream().noneMatch(test -> test.test(element))) {
            return true;
          }
        }
      }
      return false;
    }
  }

  record Size(long size) implements Test {
    @Override
    public boolean test(@Nullable Value value) {
      return value != null && value.isArray() && value.elements().size() == size;
    }
  }

  record Type(Set<Byte> types) implements Test {
    @Override
    public boolean test(@Nullable Value value) {
      if (value == null) {
        return false;
      }
      if (types.contains(value.type())) {
        return true;
      }
      if (value.isArray()) {
        Fields elements = value.asDoc().fields();
        while (elements.next()) {
          if (types.contains(elements.type())) {
            return true;
          }
        }
      }
      return false;
    }
  }

  record Modulo(long divisor, long remainder) implements Test {
    @Override
    public boolean test(@Nullable Value value) {
      if (value == null) {
        return false;
      }
      if (value.isArray()) {
        return value.elements().stream().anyMatch(this::testOne);
      }
      return testOne(value);
    }

    private boolean testOne(Value value) {
      return value.isNumber()
          && Double.isFinite(value.asDouble())
          && value.asLong() % divisor == remainder;
    }
  }

  /** Nothing passes ($in and $all of nothing). */
  record Never() implements Test {
    @Override
    public boolean test(@Nullable Value value) {
      return false;
    }
  }
}
