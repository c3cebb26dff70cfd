package net.mailagent.store.mongo;

import net.mailagent.model.journal.UnknownVersion;
import org.bson.BsonDocument;
import org.bson.BsonInt32;
import org.bson.BsonString;
import org.bson.BsonValue;

/** The one schema document of a store: what all its collections look like together. */
public final class Schema {
  /** The version that this program reads and writes. */
  public static final int VERSION = 1;

  private static final BsonString ID = new BsonString("schema");

  private Schema() {}

  /**
   * Makes the schema document of a new store.
   *
   * @throws UnknownVersion if the store is of a version that this program does not know; nothing
   *     may be done with it
   */
  public static void require(MongoConnection connection) {
    Documents schema = connection.documents("schema");
    Query query = Query.of(new BsonDocument("_id", ID));
    if (schema.findOne(query).isEmpty()) {
      try {
        schema.insert(new BsonDocument("_id", ID).append("version", new BsonInt32(VERSION)));
      } catch (DuplicateKey e) {
        // another node is starting, too
      }
    }
    BsonValue version = schema.findOne(query).map(found -> found.get("version")).orElse(null);
    if (!new BsonInt32(VERSION).equals(version)) {
      throw new UnknownVersion("the store", String.valueOf(version));
    }
  }
}
