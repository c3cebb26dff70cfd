package net.mailagent.store;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Supplier;
import net.mailagent.store.mongo.Call;
import net.mailagent.store.mongo.Interceptor;
import net.mailagent.store.mongo.Query;
import org.bson.BsonDocument;
import org.bson.BsonValue;

/** Remembers one example of every kind of query that the store makes. Any thread. */
final class Recorder implements Interceptor {
  private final Map<String, Call> byShape = new LinkedHashMap<>();

  @Override
  public <T> T around(Call call, Supplier<T> effect) {
    Query query = call.query();
    if (query != null) {
      String shape =
          call
              + " "
              + shape(query.filter())
              + " sort "
              + query.sort()
              + (query.limit() == 0 ? "" : query.limit() == 1 ? " limit 1" : " limit n");
      synchronized (byShape) {
        byShape.putIfAbsent(shape, call);
      }
    }
    return effect.get();
  }

  /** The queries, by what distinguishes them. */
  Map<String, Call> queries() {
    synchronized (byShape) {
      return new LinkedHashMap<>(byShape);
    }
  }

  /** A filter without its values. */
  private static String shape(BsonValue value) {
    return switch (value) {
      case BsonDocument document -> {
        StringBuilder text = new StringBuilder("{");
        document.forEach((name, inner) -> text.append(name).append(shape(inner)).append(' '));
        yield text.append('}').toString();
      }
      case org.bson.BsonArray array when !array.isEmpty() && array.getFirst().isDocument() ->
          "[" + String.join(",", array.stream().map(Recorder::shape).distinct().toList()) + "]";
      default -> ":" + value.getBsonType();
    };
  }
}
