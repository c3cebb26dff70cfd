package net.mailagent.embedded;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import org.jspecify.annotations.Nullable;

/**
 * Reads a query filter document. What it does not know it refuses, by MongoDB's codes. Any thread.
 */
final class FilterParser {
  private FilterParser() {}

  /**
   * @throws MongoError BadValue, FailedToParse, TypeMismatch
   */
  static Filter parse(Doc query) {
    List<Filter> parts = new ArrayList<>();
    Fields fields = query.fields();
    while (fields.next()) {
      String name = fields.name();
      Value value = fields.value();
      switch (name) {
        case "$and" -> parts.addAll(list(name, value));
        case "$or" -> {
          List<Filter> branches = list(name, value);
          parts.add(branches.size() == 1 ? branches.getFirst() : new Filter.Or(branches));
        }
        case "$nor" -> parts.add(new Filter.Not(new Filter.Or(list(name, value))));
        case "$comment" -> {}
        case "$expr" ->
            parts.add(new Filter.Expression(new DocWriter().begin().put("e", value).end().toDoc()));
        default -> {
          if (name.startsWith("$")) {
            throw new MongoError(
                ErrorKind.BAD_VALUE, "unknown top level operator: " + name + " (not supported)");
          }
          field(name, value, parts);
        }
      }
    }
    return parts.size() == 1 ? parts.getFirst() : new Filter.And(List.copyOf(parts));
  }

  private static List<Filter> list(String name, Value value) {
    List<Value> elements = value.isArray() ? value.elements() : List.of();
    if (elements.isEmpty()) {
      throw new MongoError(ErrorKind.BAD_VALUE, name + " must be a nonempty array");
    }
    List<Filter> filters = new ArrayList<>(elements.size());
    for (Value element : elements) {
      if (!element.isDocument()) {
        throw new MongoError(ErrorKind.BAD_VALUE, name + " entries need to be full objects");
      }
      filters.add(parse(element.asDoc()));
    }
    return List.copyOf(filters);
  }

  private static void field(String path, Value value, List<Filter> parts) {
    if (isOperators(value)) {
      operators(path, value.asDoc(), parts);
    } else if (value.type() == Bson.REGEX) {
      parts.add(new Filter.At(path, regex(value)));
    } else {
      parts.add(new Filter.At(path, new Filter.Compare(Filter.Relation.EQUAL, value)));
    }
  }

  private static boolean isOperators(Value value) {
    if (!value.isDocument()) {
      return false;
    }
    Fields fields = value.asDoc().fields();
    if (!fields.next()) {
      return false;
    }
    String first = fields.name();
    return first.startsWith("$")
        && !first.equals("$ref")
        && !first.equals("$id")
        && !first.equals("$db");
  }

  private static void operators(String path, Doc operators, List<Filter> parts) {
    Fields fields = operators.fields();
    while (fields.next()) {
      String name = fields.name();
      Value value = fields.value();
      switch (name) {
        case "$options" -> {
          if (operators.get("$regex") == null) {
            throw new MongoError(ErrorKind.BAD_VALUE, "$options needs a $regex");
          }
        }
        case "$ne" ->
            parts.add(
                new Filter.Not(
                    new Filter.At(path, new Filter.Compare(Filter.Relation.EQUAL, value))));
        case "$nin" -> parts.add(new Filter.Not(new Filter.At(path, in(name, value))));
        case "$exists" -> {
          Filter exists = new Filter.At(path, new Filter.Exists());
          parts.add(value.asBoolean() ? exists : new Filter.Not(exists));
        }
        case "$not" -> {
          List<Filter> inner = new ArrayList<>();
          if (value.type() != Bson.REGEX && !isOperators(value)) {
            throw new MongoError(ErrorKind.BAD_VALUE, "$not needs a regex or a document");
          }
          field(path, value, inner);
          parts.add(new Filter.Not(new Filter.And(inner)));
        }
        case "$all" -> all(path, value, parts);
        default -> parts.add(new Filter.At(path, test(name, value, operators)));
      }
    }
  }

  private static void all(String path, Value value, List<Filter> parts) {
    if (!value.isArray()) {
      throw new MongoError(ErrorKind.BAD_VALUE, "$all needs an array");
    }
    List<Value> wanted = value.elements();
    if (wanted.isEmpty()) {
      parts.add(new Filter.At(path, new Filter.Never()));
    }
    for (Value element : wanted) {
      field(path, element, parts);
    }
  }

  private static Filter.Test test(String name, Value value, Doc operators) {
    return switch (name) {
      case "$eq" -> new Filter.Compare(Filter.Relation.EQUAL, value);
      case "$gt" -> new Filter.Compare(Filter.Relation.GREATER, value);
      case "$gte" -> new Filter.Compare(Filter.Relation.GREATER_OR_EQUAL, value);
      case "$lt" -> new Filter.Compare(Filter.Relation.LESS, value);
      case "$lte" -> new Filter.Compare(Filter.Relation.LESS_OR_EQUAL, value);
      case "$in" -> in(name, value);
      case "$regex" -> regex(value, operators.getString("$options"));
      case "$elemMatch" -> elemMatch(value);
      case "$size" -> {
        if (!value.isNumber()) {
          throw new MongoError(ErrorKind.BAD_VALUE, "$size needs a number");
        }
        yield new Filter.Size(value.asLong());
      }
      case "$type" -> type(value);
      case "$mod" -> {
        List<Value> pair = value.isArray() ? value.elements() : List.of();
        if (pair.size() != 2 || pair.get(0).asLong() == 0) {
          throw new MongoError(ErrorKind.BAD_VALUE, "malformed mod, needs divisor and remainder");
        }
        yield new Filter.Modulo(pair.get(0).asLong(), pair.get(1).asLong());
      }
      default -> throw new MongoError(ErrorKind.BAD_VALUE, "unknown operator: " + name);
    };
  }

  private static Filter.Test in(String name, Value value) {
    if (!value.isArray()) {
      throw new MongoError(ErrorKind.BAD_VALUE, name + " needs an array");
    }
    TreeSet<byte[]> keys = new TreeSet<>(Arrays::compareUnsigned);
    List<Filter.Regex> patterns = new ArrayList<>();
    boolean withNull = false;
    for (Value element : value.elements()) {
      if (element.type() == Bson.REGEX) {
        patterns.add(regex(element));
      } else {
        withNull |= element.isNull();
        keys.add(KeyWriter.encode(element.isNull() ? Value.NULL : element));
      }
    }
    return keys.isEmpty() && patterns.isEmpty()
        ? new Filter.Never()
        : new Filter.In(List.copyOf(keys), withNull, List.copyOf(patterns));
  }

  private static Filter.Test elemMatch(Value value) {
    if (!value.isDocument()) {
      throw new MongoError(ErrorKind.BAD_VALUE, "$elemMatch needs an Object");
    }
    Doc doc = value.asDoc();
    Fields fields = doc.fields();
    boolean byValue = isOperators(value);
    while (byValue && fields.next()) {
      byValue = !Set.of("$and", "$or", "$nor", "$expr").contains(fields.name());
    }
    if (!byValue) {
      return new Filter.ElementMatches(parse(doc));
    }
    List<Filter> parts = new ArrayList<>();
    operators("e", doc, parts);
    List<Filter.Test> tests = new ArrayList<>();
    List<Filter.Test> negated = new ArrayList<>();
    for (Filter part : parts) {
      if (part instanceof Filter.At at) {
        tests.add(at.test());
      } else if (part instanceof Filter.Not(Filter.At at)) {
        negated.add(at.test());
      } else {
        throw new MongoError(ErrorKind.BAD_VALUE, "unsupported operator in $elemMatch: " + doc);
      }
    }
    return new Filter.ElementPasses(List.copyOf(tests), List.copyOf(negated));
  }

  private static Filter.Regex regex(Value value) {
    return regex(value, null);
  }

  private static Filter.Regex regex(Value value, @Nullable String explicit) {
    String source;
    String options = explicit == null ? "" : explicit;
    if (value.type() == Bson.REGEX) {
      source = Bson.cString(value.bytes(), value.offset());
      if (explicit == null) {
        options = Bson.cString(value.bytes(), Bson.skipCString(value.bytes(), value.offset()));
      }
    } else if (value.isString()) {
      source = value.asString();
    } else {
      throw new MongoError(ErrorKind.BAD_VALUE, "$regex has to be a string");
    }
    int flags = 0;
    for (int i = 0; i < options.length(); i++) {
      char option = options.charAt(i);
      flags |=
          switch (option) {
            case 'i' -> Pattern.CASE_INSENSITIVE | Pattern.UNICODE_CASE;
            case 'm' -> Pattern.MULTILINE;
            case 's' -> Pattern.DOTALL;
            case 'x' -> Pattern.COMMENTS;
            case 'u' -> 0;
            default ->
                throw new MongoError(
                    ErrorKind.BAD_VALUE, "invalid flag in regex options: " + option);
          };
    }
    try {
      return new Filter.Regex(
          value, Pattern.compile(source, flags), flags == 0 ? prefix(source) : null);
    } catch (PatternSyntaxException e) {
      throw new MongoError(
          51091, "Location51091", "Regular expression is invalid: " + e.getDescription(), null);
    }
  }

  /** The literal text after a leading ^, as far as no character in it means anything else. */
  static @Nullable String prefix(String source) {
    if (!source.startsWith("^") || source.indexOf('|') >= 0) {
      return null;
    }
    StringBuilder prefix = new StringBuilder();
    for (int i = 1; i < source.length(); i++) {
      char c = source.charAt(i);
      if (c == '\\' && i + 1 < source.length() && isPunctuation(source.charAt(i + 1))) {
        prefix.append(source.charAt(++i));
      } else if ("*?{".indexOf(c) >= 0) {
        // the character before may be absent
        if (!prefix.isEmpty()) {
          prefix.setLength(prefix.length() - 1);
        }
        break;
      } else if ("\\.+()[]^$".indexOf(c) >= 0 || Character.isSurrogate(c)) {
        break;
      } else {
        prefix.append(c);
      }
    }
    return prefix.isEmpty() ? null : prefix.toString();
  }

  private static boolean isPunctuation(char c) {
    return c > ' ' && c < 0x7F && !Character.isLetterOrDigit(c);
  }

  private static Filter.Test type(Value value) {
    Set<Byte> types = new HashSet<>();
    for (Value one : value.isArray() ? value.elements() : List.of(value)) {
      if (one.isString()) {
        types.addAll(typesNamed(one.asString()));
      } else if (one.isNumber()) {
        types.add((byte) one.asLong());
      } else {
        throw new MongoError(
            ErrorKind.TYPE_MISMATCH, "type must be represented as a number or a string");
      }
    }
    if (types.isEmpty()) {
      throw new MongoError(ErrorKind.FAILED_TO_PARSE, "$type must match at least one type");
    }
    return new Filter.Type(Set.copyOf(types));
  }

  private static List<Byte> typesNamed(String name) {
    return switch (name.toLowerCase(Locale.ROOT)) {
      case "number" -> List.of(Bson.DOUBLE, Bson.INT32, Bson.INT64, Bson.DECIMAL128);
      case "double" -> List.of(Bson.DOUBLE);
      case "string" -> List.of(Bson.STRING);
      case "object" -> List.of(Bson.DOCUMENT);
      case "array" -> List.of(Bson.ARRAY);
      case "bindata" -> List.of(Bson.BINARY);
      case "undefined" -> List.of(Bson.UNDEFINED);
      case "objectid" -> List.of(Bson.OBJECT_ID);
      case "bool" -> List.of(Bson.BOOLEAN);
      case "date" -> List.of(Bson.DATE);
      case "null" -> List.of(Bson.NULL);
      case "regex" -> List.of(Bson.REGEX);
      case "int" -> List.of(Bson.INT32);
      case "timestamp" -> List.of(Bson.TIMESTAMP);
      case "long" -> List.of(Bson.INT64);
      case "decimal" -> List.of(Bson.DECIMAL128);
      case "minkey" -> List.of(Bson.MIN_KEY);
      case "maxkey" -> List.of(Bson.MAX_KEY);
      default -> throw new MongoError(ErrorKind.BAD_VALUE, "Unknown type name alias: " + name);
    };
  }
}
