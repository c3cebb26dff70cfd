package net.mailagent.store.mongo;

import static org.assertj.core.api.Assertions.assertThat;

import com.mongodb.MongoCommandException;
import com.mongodb.MongoInternalException;
import com.mongodb.MongoSocketException;
import com.mongodb.ServerAddress;
import net.mailagent.model.StoreUnavailable;
import org.bson.BsonDocument;
import org.bson.BsonInt32;
import org.bson.BsonString;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What may be better later is a temporary failure to clients; what is our fault stays one. */
class FailuresTest {
  @ParameterizedTest
  @CsvSource({
    "14031, true", // OutOfDiskSpace
    "189, true", // PrimarySteppedDown
    "11602, true", // InterruptedDueToReplStateChange
    "43, true", // CursorNotFound: the server was started again
    "175, true", // QueryPlanKilled
    "9, false", // FailedToParse
    "61, false" // ShardKeyNotFound
  })
  void tellsWhatPasses(int code, boolean passes) {
    BsonDocument reply =
        new BsonDocument("ok", new BsonInt32(0))
            .append("code", new BsonInt32(code))
            .append("errmsg", new BsonString("for a test"));

    RuntimeException meaning =
        Failures.meaning(new MongoCommandException(reply, new ServerAddress()));

    assertThat(meaning instanceof StoreUnavailable).isEqualTo(passes);
  }

  @Test
  void whatIsNoAnswerOfTheServerLeavesTheOutcomeOpen() {
    assertThat(Failures.meaning(new MongoInternalException("an unexpected reply")))
        .isInstanceOf(StoreUnavailable.class);
    assertThat(Failures.meaning(new MongoSocketException("gone", new ServerAddress())))
        .isInstanceOf(StoreUnavailable.class);
    assertThat(Failures.meaning(new IllegalArgumentException("ours")))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
