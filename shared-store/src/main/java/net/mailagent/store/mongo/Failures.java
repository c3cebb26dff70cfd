package net.mailagent.store.mongo;

import com.mongodb.MongoCursorNotFoundException;
import com.mongodb.MongoException;
import com.mongodb.MongoNotPrimaryException;
import com.mongodb.MongoServerException;
import com.mongodb.MongoWriteConcernException;
import com.mongodb.MongoWriteException;
import java.util.Set;
import net.mailagent.model.StoreUnavailable;

/** What the driver's exceptions mean to the rest of the store. */
final class Failures {
  static final int DUPLICATE_KEY = 11000;

  /**
   * Codes after which the same call may succeed later: stepping down, shutting down, write
   * conflict, network, snapshots, write concern not reached, disk or cache full, routing that
   * changes; and a cursor, a lock or a plan that is lost, as when the server was started again
   * while a result was read in batches.
   */
  private static final Set<Integer> PASSING =
      Set.of(
          6, 7, 24, 43, 46, 50, 64, 89, 91, 100, 112, 133, 134, 150, 175, 189, 202, 237, 246, 249,
          251, 262, 317, 358, 365, 384, 9001, 10058, 10107, 11600, 11601, 11602, 13388, 13435,
          13436, 14031);

  private Failures() {}

  /**
   * The exception to throw for it: DuplicateKey, StoreUnavailable, or itself when it is a fault.
   */
  static RuntimeException meaning(Throwable failure) {
    return switch (failure) {
      case StoreUnavailable e -> e;
      case DuplicateKey e -> e;
      case MongoWriteException e when e.getError().getCode() == DUPLICATE_KEY ->
          new DuplicateKey(e.getError().getMessage());
      case MongoWriteConcernException e -> unavailable(e);
      case MongoNotPrimaryException e -> unavailable(e);
      case MongoCursorNotFoundException e -> unavailable(e);
      case MongoException e when e.getCode() == DUPLICATE_KEY -> new DuplicateKey(message(e));
      // no answer of the server: sockets, time-outs, the pool, a reply that makes no sense
      case MongoException e when !(e instanceof MongoServerException) -> unavailable(e);
      case MongoException e
          when PASSING.contains(e.getCode())
              || e.hasErrorLabel("RetryableWriteError")
              || e.hasErrorLabel("TransientTransactionError") ->
          unavailable(e);
      case RuntimeException e -> e;
      default -> new IllegalStateException(failure);
    };
  }

  private static StoreUnavailable unavailable(MongoException e) {
    return new StoreUnavailable("the database does not answer: " + message(e), e);
  }

  private static String message(Throwable e) {
    String message = e.getMessage();
    return message == null ? e.getClass().getSimpleName() : message;
  }
}
