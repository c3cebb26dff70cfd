package net.mailagent.embedded;

import de.bwaldvogel.mongo.backend.aggregation.Aggregation;
import de.bwaldvogel.mongo.backend.aggregation.Expression;
import de.bwaldvogel.mongo.bson.BinData;
import de.bwaldvogel.mongo.bson.BsonRegularExpression;
import de.bwaldvogel.mongo.bson.BsonTimestamp;
import de.bwaldvogel.mongo.bson.Decimal128;
import de.bwaldvogel.mongo.bson.Document;
import de.bwaldvogel.mongo.bson.LegacyUUID;
import de.bwaldvogel.mongo.bson.MaxKey;
import de.bwaldvogel.mongo.bson.MinKey;
import de.bwaldvogel.mongo.bson.ObjectId;
import de.bwaldvogel.mongo.exception.MongoServerError;
import de.bwaldvogel.mongo.exception.MongoServerException;
import de.bwaldvogel.mongo.oplog.NoopOplog;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The way to and from mongo-java-server, which does the arithmetic of updates, aggregation stages
 * and expressions on documents of its own. What it has no type for passes through unchanged. Any
 * thread.
 */
final class Library {

  /** A value mongo-java-server does not know: kept as it is. */
  private record Opaque(Value value) implements de.bwaldvogel.mongo.bson.Bson {
    @Override
    public boolean equals(@Nullable Object other) {
      return other instanceof Opaque that && value.sameBytes(that.value);
    }

    @Override
    public int hashCode() {
      return Arrays.hashCode(
          Arrays.copyOfRange(value.bytes(), value.offset(), value.offset() + value.length()));
    }
  }

  private Library() {}

  static boolean evaluatesToTrue(Doc holder, Doc doc) {
    return call(() -> {
      Object result = Expression.evaluateDocument(decode(holder).get("e"), decode(doc));
      return result instanceof Boolean truth
          ? truth
          : result instanceof Number number ? number.doubleValue() != 0 : result != null;
    });
  }

  /** Runs the stages over the documents; the result is computed as it is pulled where it can be. */
  static Stream<Doc> aggregate(List<Value> stages, Stream<Doc> documents) {
    return call(() -> {
      List<Document> pipeline = new ArrayList<>();
      stages.forEach(stage -> pipeline.add(decode(stage.asDoc())));
      return nullSafePipeline(pipeline)
          .runStagesAsStream(documents.map(Library::decode))
          .map(Library::encode);
    });
  }

  /** The stages that need other collections were refused before: none of these is looked at. */
  @SuppressWarnings("NullAway")
  private static Aggregation nullSafePipeline(List<Document> pipeline) {
    return Aggregation.fromPipeline(pipeline, null, null, null, NoopOplog.get());
  }

  /** What mongo-java-server refuses becomes our refusal. */
  static <T> T call(Supplier<T> action) {
    try {
      return action.get();
    } catch (MongoServerError e) {
      Throwable cause = e.getCause();
      MongoServerError told = cause instanceof MongoServerError inner ? inner : e;
      String name = told.getCodeName();
      throw new MongoError(
          told.getCode(),
          name == null ? "Location" + told.getCode() : name,
          told.getMessageWithoutErrorCode(),
          null);
    } catch (MongoServerException e) {
      throw new MongoError(ErrorKind.BAD_VALUE, e.getMessageWithoutErrorCode());
    } catch (ClassCastException | IllegalArgumentException | UnsupportedOperationException e) {
      String message = e.getMessage();
      throw new MongoError(ErrorKind.BAD_VALUE, message == null ? e.toString() : message);
    }
  }

  static Document decode(Doc doc) {
    Document result = new Document();
    Fields fields = doc.fields();
    while (fields.next()) {
      result.put(fields.name(), decode(fields.value()));
    }
    return result;
  }

  private static @Nullable Object decode(Value value) {
    byte[] bytes = value.bytes();
    int at = value.offset();
    return switch (value.type()) {
      case Bson.DOUBLE -> value.asDouble();
      case Bson.STRING -> value.asString();
      case Bson.DOCUMENT -> decode(value.asDoc());
      case Bson.ARRAY -> {
        List<@Nullable Object> list = new ArrayList<>();
        Fields elements = value.asDoc().fields();
        while (elements.next()) {
          list.add(decode(elements.value()));
        }
        yield list;
      }
      case Bson.BINARY ->
          bytes[at + 4] == 0
              ? new BinData(Arrays.copyOfRange(bytes, at + 5, at + value.length()))
              : opaque(value);
      case Bson.OBJECT_ID -> new ObjectId(Arrays.copyOfRange(bytes, at, at + 12));
      case Bson.BOOLEAN -> value.asBoolean();
      case Bson.DATE -> Instant.ofEpochMilli(value.asLong());
      case Bson.NULL -> null;
      case Bson.REGEX ->
          new BsonRegularExpression(
              Bson.cString(bytes, at), Bson.cString(bytes, Bson.skipCString(bytes, at)));
      case Bson.INT32 -> (int) value.asLong();
      case Bson.TIMESTAMP -> new BsonTimestamp(value.asLong());
      case Bson.INT64 -> value.asLong();
      case Bson.DECIMAL128 -> new Decimal128(Bson.int64(bytes, at), Bson.int64(bytes, at + 8));
      case Bson.MIN_KEY -> MinKey.getInstance();
      case Bson.MAX_KEY -> MaxKey.getInstance();
      default -> opaque(value);
    };
  }

  private static Opaque opaque(Value value) {
    byte[] own = Arrays.copyOfRange(value.bytes(), value.offset(), value.offset() + value.length());
    return new Opaque(new Value(value.type(), own, 0, own.length));
  }

  static Doc encode(Document document) {
    DocWriter out = new DocWriter().begin();
    document.forEach((name, value) -> write(out, name, value));
    return out.end().toDoc();
  }

  /** A null name stands for the next element of the open array. */
  private static void write(DocWriter out, @Nullable String name, @Nullable Object value) {
    switch (value) {
      case null -> head(out, name, Bson.NULL);
      case Map<?, ?> map -> {
        if (name == null) {
          out.beginElement();
        } else {
          out.beginDocument(name);
        }
        map.forEach((key, inner) -> write(out, (String) key, inner));
        out.end();
      }
      case java.util.Collection<?> list -> {
        if (name == null) {
          out.beginArrayElement();
        } else {
          out.beginArray(name);
        }
        list.forEach(element -> write(out, null, element));
        out.end();
      }
      case Opaque(Value kept) -> {
        head(out, name, kept.type());
        out.writeBytes(kept.bytes(), kept.offset(), kept.length());
      }
      default -> writeScalar(out, name, value);
    }
  }

  private static void writeScalar(DocWriter out, @Nullable String name, Object value) {
    switch (value) {
      case String text -> {
        head(out, name, Bson.STRING);
        out.writeString(text);
      }
      case Integer number -> {
        head(out, name, Bson.INT32);
        out.writeInt32(number);
      }
      case Long number -> {
        head(out, name, Bson.INT64);
        out.writeInt64(number);
      }
      case Double number -> {
        head(out, name, Bson.DOUBLE);
        out.writeInt64(Double.doubleToRawLongBits(number));
      }
      case Boolean truth -> {
        head(out, name, Bson.BOOLEAN);
        out.writeByte(truth ? 1 : 0);
      }
      case Instant instant -> {
        head(out, name, Bson.DATE);
        out.writeInt64(instant.toEpochMilli());
      }
      case ObjectId id -> {
        head(out, name, Bson.OBJECT_ID);
        out.writeBytes(id.toByteArray(), 0, 12);
      }
      case BinData data -> writeBinary(out, name, 0, data.getData());
      case UUID uuid -> writeBinary(out, name, 4, bytes(uuid));
      case LegacyUUID legacy -> writeBinary(out, name, 3, bytes(legacy.getUuid()));
      case BsonTimestamp timestamp -> {
        head(out, name, Bson.TIMESTAMP);
        out.writeInt64(timestamp.getValue());
      }
      case Decimal128 decimal -> {
        head(out, name, Bson.DECIMAL128);
        out.writeInt64(decimal.getLow());
        out.writeInt64(decimal.getHigh());
      }
      case BsonRegularExpression regex -> {
        head(out, name, Bson.REGEX);
        for (String part : List.of(regex.getPattern(), regex.getOptions())) {
          byte[] utf8 = Store.utf8(part);
          out.writeBytes(utf8, 0, utf8.length);
          out.writeByte(0);
        }
      }
      case MinKey min -> head(out, name, Bson.MIN_KEY);
      case MaxKey max -> head(out, name, Bson.MAX_KEY);
      default ->
          throw new MongoError(
              ErrorKind.BAD_VALUE, "cannot store a value of " + value.getClass().getSimpleName());
    }
  }

  private static void writeBinary(DocWriter out, @Nullable String name, int subtype, byte[] data) {
    head(out, name, Bson.BINARY);
    out.writeInt32(data.length);
    out.writeByte(subtype);
    out.writeBytes(data, 0, data.length);
  }

  private static byte[] bytes(UUID uuid) {
    return ByteBuffer.allocate(16)
        .putLong(uuid.getMostSignificantBits())
        .putLong(uuid.getLeastSignificantBits())
        .array();
  }

  private static void head(DocWriter out, @Nullable String name, byte type) {
    if (name == null) {
      out.element(type);
    } else {
      out.name(type, name);
    }
  }
}
