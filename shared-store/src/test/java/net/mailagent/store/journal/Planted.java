package net.mailagent.store.journal;

import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import net.mailagent.store.mongo.Call;
import net.mailagent.store.mongo.Call.Operation;
import net.mailagent.store.mongo.DuplicateKey;
import net.mailagent.store.mongo.Interceptor;
import org.bson.BsonDocument;
import org.bson.BsonDocumentWriter;
import org.bson.BsonInt64;
import org.bson.BsonString;
import org.bson.RawBsonDocument;
import org.bson.codecs.BsonDocumentCodec;
import org.bson.codecs.EncoderContext;

/**
 * Faults that undo one guard of journal.md each, by showing the node a database that tells it what
 * it would believe without the guard. Any thread.
 */
final class Planted {
  private Planted() {}

  /** Nothing: every guard holds. */
  static final Interceptor NOTHING = Interceptor.NONE;

  private static boolean finds(Call call, String collection) {
    return call.operation() == Operation.FIND && call.collection().equals(collection);
  }

  /** Who asks whose an entry is, is told that it is another's. */
  static Interceptor noSettlingById() {
    return documents(
        call -> finds(call, "journal"),
        found ->
            found.isEmpty()
                ? found
                : with(found, 0, found.getFirst().append("id", new BsonString("another's"))));
  }

  /** Two entries may have one seq: who comes second does not notice. */
  static Interceptor noUniqueKey() {
    return new Interceptor() {
      @Override
      public <T> T around(Call call, Supplier<T> effect) {
        try {
          return effect.get();
        } catch (DuplicateKey e) {
          if (call.collection().equals("journal")) {
            return nothing();
          }
          throw e;
        }
      }
    };
  }

  /** What an insert answers. */
  @SuppressWarnings("unchecked")
  private static <T> T nothing() {
    return (T) Optional.empty();
  }

  /** Entries that are missing at the beginning of a tail are not missed. */
  static Interceptor noGapCheck() {
    return new Interceptor() {
      @Override
      public <T> T around(Call call, Supplier<T> effect) {
        T found = effect.get();
        if (!finds(call, "journal") || !call.query().filter().isDocument("seq")) {
          return found;
        }
        long base = call.query().filter().getDocument("seq").getInt64("$gt").getValue();
        return rewritten(
            found,
            all -> {
              for (int i = 0; i < all.size(); i++) {
                all = with(all, i, all.get(i).append("seq", new BsonInt64(base + 1 + i)));
              }
              return all;
            });
      }
    };
  }

  /** Whoever reads the mark again after the tail is shown the mark of before. */
  static Interceptor noMarkAfterTheTail() {
    return new Interceptor() {
      private Object before;

      @Override
      @SuppressWarnings("unchecked")
      public <T> T around(Call call, Supplier<T> effect) {
        if (!finds(call, "state") || !call.query().filter().isString("_id")) {
          return effect.get();
        }
        synchronized (this) {
          if (before == null) {
            before = effect.get();
          }
          return (T) before;
        }
      }
    };
  }

  /** Checkpoint documents do not tell which entries they hold already. */
  static Interceptor noSeqInCheckpoints() {
    return documents(
        call -> finds(call, "state"),
        found -> {
          List<BsonDocument> all = found;
          for (int i = 0; i < all.size(); i++) {
            if (all.get(i).isInt64("seq")) {
              all = with(all, i, all.get(i).append("seq", new BsonInt64(1)));
            }
          }
          return all;
        });
  }

  private static Interceptor documents(
      Predicate<Call> which, UnaryOperator<List<BsonDocument>> change) {
    return new Interceptor() {
      @Override
      public <T> T around(Call call, Supplier<T> effect) {
        T found = effect.get();
        return which.test(call) ? rewritten(found, change) : found;
      }
    };
  }

  /** Finds answer lists of raw documents. */
  @SuppressWarnings("unchecked")
  private static <T> T rewritten(T found, UnaryOperator<List<BsonDocument>> change) {
    List<BsonDocument> open = ((List<BsonDocument>) found).stream().map(Planted::copy).toList();
    return (T)
        change.apply(open).stream()
            .map(document -> new RawBsonDocument(document, new BsonDocumentCodec()))
            .toList();
  }

  private static BsonDocument copy(BsonDocument raw) {
    BsonDocument copy = new BsonDocument();
    new BsonDocumentCodec()
        .encode(new BsonDocumentWriter(copy), raw, EncoderContext.builder().build());
    return copy;
  }

  private static List<BsonDocument> with(List<BsonDocument> all, int at, BsonDocument other) {
    List<BsonDocument> changed = new java.util.ArrayList<>(all);
    changed.set(at, other);
    return changed;
  }
}
