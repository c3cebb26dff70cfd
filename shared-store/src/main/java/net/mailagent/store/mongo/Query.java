package net.mailagent.store.mongo;

import org.bson.BsonDocument;
import org.jspecify.annotations.Nullable;

/**
 * A find.
 *
 * @param filter which documents
 * @param projection which fields, or null for all
 * @param sort in which order, or null for any
 * @param limit at most so many documents; 0 means no limit
 */
public record Query(
    BsonDocument filter,
    @Nullable BsonDocument projection,
    @Nullable BsonDocument sort,
    int limit) {
  /** All documents that fit, whole, in any order. */
  public static Query of(BsonDocument filter) {
    return new Query(filter, null, null, 0);
  }

  public Query project(BsonDocument fields) {
    return new Query(filter, fields, sort, limit);
  }

  public Query sort(BsonDocument order) {
    return new Query(filter, projection, order, limit);
  }

  public Query limit(int most) {
    return new Query(filter, projection, sort, most);
  }
}
