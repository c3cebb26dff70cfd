package net.mailagent.store;

import com.mongodb.MongoCommandException;
import net.mailagent.store.mongo.MongoConnection;
import org.bson.BsonDocument;
import org.bson.BsonString;
import org.junit.jupiter.api.Assumptions;

/** How a server runs a query. */
public final class Plans {
  private static final int COMMAND_NOT_FOUND = 59;

  private Plans() {}

  /**
   * Asks for the plan of a find; a test on a server that cannot tell ends here, aborted.
   *
   * @param verbosity queryPlanner or executionStats
   */
  public static BsonDocument explain(
      MongoConnection connection, BsonDocument find, String verbosity) {
    try {
      return connection.command(
          new BsonDocument("explain", find).append("verbosity", new BsonString(verbosity)));
    } catch (MongoCommandException e) {
      Assumptions.assumeFalse(
          TestDatabase.isGiven() && e.getErrorCode() == COMMAND_NOT_FOUND,
          "the server of AGENT_TEST_MONGO has no explain");
      throw e;
    }
  }
}
