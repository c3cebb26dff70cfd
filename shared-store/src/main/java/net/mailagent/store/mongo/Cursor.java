package net.mailagent.store.mongo;

import java.time.Duration;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import org.bson.BsonDocument;
import org.bson.RawBsonDocument;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Publisher;

/**
 * Documents of a find as they are pulled: one batch is in memory at a time. One thread; must be
 * closed.
 */
public final class Cursor implements Iterator<BsonDocument>, AutoCloseable {
  private final Documents documents;
  private final Publisher<RawBsonDocument> publisher;
  private final Query query;
  private final int batch;
  private final Duration timeout;
  private @Nullable Await<RawBsonDocument> source; // null until the first use
  private Iterator<RawBsonDocument> ready = Collections.emptyIterator();
  private boolean ended;

  Cursor(
      Documents documents,
      Publisher<RawBsonDocument> publisher,
      Query query,
      int batch,
      Duration timeout) {
    this.documents = documents;
    this.publisher = publisher;
    this.query = query;
    this.batch = batch;
    this.timeout = timeout;
  }

  /**
   * Whether there is another document; may ask the database for a batch.
   *
   * @throws net.mailagent.model.StoreUnavailable when it does not answer in time
   */
  @Override
  public boolean hasNext() {
    if (!ready.hasNext() && !ended) {
      Await<RawBsonDocument> open = source;
      List<RawBsonDocument> items =
          open == null
              ? documents.counted(Call.Operation.FIND, query, batch, this::first)
              : documents.counted(Call.Operation.MORE, null, batch, () -> open.batch(batch));
      ended = items.size() < batch;
      ready = items.iterator();
    }
    return ready.hasNext();
  }

  private List<RawBsonDocument> first() {
    Await<RawBsonDocument> open = Await.stream(publisher, timeout);
    source = open;
    return open.batch(batch);
  }

  @Override
  public BsonDocument next() {
    if (!hasNext()) {
      throw new NoSuchElementException();
    }
    return ready.next();
  }

  @Override
  public void close() {
    ended = true;
    Await<RawBsonDocument> open = source;
    if (open != null) {
      open.close();
    }
  }
}
