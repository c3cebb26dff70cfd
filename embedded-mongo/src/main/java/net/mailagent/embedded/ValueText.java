package net.mailagent.embedded;

import java.util.Base64;
import java.util.HexFormat;

/** A value as MongoDB prints it in its messages: {@code { user: "x", seq: 1 }}. Any thread. */
final class ValueText {
  private ValueText() {}

  static String of(Value value) {
    StringBuilder out = new StringBuilder();
    append(out, value);
    return out.toString();
  }

  private static void append(StringBuilder out, Value value) {
    byte[] bytes = value.bytes();
    int at = value.offset();
    switch (value.type()) {
      case Bson.DOUBLE -> out.append(value.asDouble());
      case Bson.STRING, Bson.SYMBOL, Bson.CODE ->
          out.append('"').append(value.asString().replace("\"", "\\\"")).append('"');
      case Bson.DOCUMENT -> appendAll(out, value, true);
      case Bson.ARRAY -> appendAll(out, value, false);
      case Bson.BINARY ->
          out.append("BinData(")
              .append(bytes[at + 4] & 0xFF)
              .append(", ")
              .append(
                  Base64.getEncoder()
                      .encodeToString(
                          java.util.Arrays.copyOfRange(bytes, at + 5, at + value.length())))
              .append(')');
      case Bson.UNDEFINED -> out.append("undefined");
      case Bson.OBJECT_ID ->
          out.append("ObjectId('")
              .append(HexFormat.of().formatHex(bytes, at, at + 12))
              .append("')");
      case Bson.BOOLEAN -> out.append(value.asBoolean());
      case Bson.DATE -> out.append("new Date(").append(value.asLong()).append(')');
      case Bson.NULL -> out.append("null");
      case Bson.REGEX ->
          out.append('/')
              .append(Bson.cString(bytes, at))
              .append('/')
              .append(Bson.cString(bytes, Bson.skipCString(bytes, at)));
      case Bson.INT32, Bson.INT64 -> out.append(value.asLong());
      case Bson.TIMESTAMP -> out.append("Timestamp(").append(value.asLong()).append(')');
      case Bson.DECIMAL128 -> out.append(value.asDecimal());
      case Bson.MIN_KEY -> out.append("MinKey");
      case Bson.MAX_KEY -> out.append("MaxKey");
      default -> out.append("BSON type ").append(value.type());
    }
  }

  private static void appendAll(StringBuilder out, Value value, boolean named) {
    out.append(named ? "{ " : "[ ");
    Fields fields = value.asDoc().fields();
    String separator = "";
    while (fields.next()) {
      out.append(separator);
      if (named) {
        out.append(fields.name()).append(": ");
      }
      append(out, fields.value());
      separator = ", ";
    }
    out.append(named ? " }" : " ]");
  }
}
