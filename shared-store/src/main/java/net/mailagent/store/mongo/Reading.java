package net.mailagent.store.mongo;

import com.mongodb.reactivestreams.client.MongoCollection;
import java.util.List;

/**
 * A collection read as something else than documents; bounded and counted as {@link Documents} is.
 * Any thread.
 */
public final class Reading<T> {
  private final Documents documents;
  private final MongoCollection<T> collection;

  Reading(Documents documents, MongoCollection<T> collection) {
    this.documents = documents;
    this.collection = collection;
  }

  /** Those that fit, at most {@code max}; for results known to be small. */
  public List<T> find(Query query, int max) {
    return documents.find(collection, query, max);
  }
}
