package net.mailagent.embedded;

import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * The open cursors. Any thread; a cursor's batches are made one at a time. A cursor nobody has
 * asked for the idle time is forgotten; it holds only its place, no pages.
 */
final class Cursors {
  /** MongoDB's first batch where the client names no size. */
  static final int FIRST_BATCH = 101;

  private static final class Open {
    private final Collection collection;
    private final Source source;
    private final @Nullable Projection projection;
    private final ReentrantLock use = new ReentrantLock();

    /** Taken from the source already, but did not fit into the batch before. */
    private @Nullable Doc held;

    private volatile long lastUsed = System.nanoTime();

    Open(Collection collection, Source source, @Nullable Projection projection) {
      this.collection = collection;
      this.source = source;
      this.projection = projection;
    }
  }

  private final Store store;
  private final Duration idle;
  private final Map<Long, Open> open = new ConcurrentHashMap<>();

  Cursors(Store store, Duration idle) {
    this.store = store;
    this.idle = idle;
  }

  /**
   * Writes the first batch, and keeps a cursor if there is more.
   *
   * @param batchSize documents at most; 0 gives none yet
   */
  void first(
      Collection collection,
      Source source,
      @Nullable Projection projection,
      long batchSize,
      boolean keep,
      DocWriter out) {
    long id = ThreadLocalRandom.current().nextLong(1, Long.MAX_VALUE);
    Open cursor = new Open(collection, source, projection);
    out.beginDocument("cursor");
    boolean more = batch(cursor, "firstBatch", batchSize, out);
    if (more && keep) {
      open.put(id, cursor);
    }
    out.put("id", more && keep ? id : 0L).put("ns", collection.namespace()).end();
  }

  /** The reply for a collection that does not exist. */
  static void none(String namespace, DocWriter out) {
    out.beginDocument("cursor")
        .beginArray("firstBatch")
        .end()
        .put("id", 0L)
        .put("ns", namespace)
        .end();
  }

  /**
   * @param batchSize documents at most; 0 as many as fit into 16 MB
   * @throws MongoError CursorNotFound
   */
  void next(long id, String namespace, long batchSize, DocWriter out) {
    Open cursor = open.get(id);
    if (cursor == null || !cursor.collection.namespace().equals(namespace)) {
      throw new MongoError(ErrorKind.CURSOR_NOT_FOUND, "cursor id " + id + " not found");
    }
    cursor.use.lock();
    try {
      out.beginDocument("cursor");
      boolean more = batch(cursor, "nextBatch", batchSize == 0 ? Long.MAX_VALUE : batchSize, out);
      if (!more) {
        open.remove(id);
      }
      out.put("id", more ? id : 0L).put("ns", namespace).end();
    } catch (RuntimeException e) {
      open.remove(id);
      throw e;
    } finally {
      cursor.lastUsed = System.nanoTime();
      cursor.use.unlock();
    }
  }

  boolean kill(long id) {
    return open.remove(id) != null;
  }

  int size() {
    return open.size();
  }

  /** Forgets the idle ones; called now and then. */
  void expire() {
    long now = System.nanoTime();
    open.values().removeIf(cursor -> now - cursor.lastUsed > idle.toNanos());
  }

  /** Writes one batch of at most 16 MB (but one document always); false when it was the last. */
  private boolean batch(Open cursor, String name, long batchSize, DocWriter out) {
    var pin = store.pin();
    Source source = cursor.source;
    try {
      source.attach(cursor.collection.snapshot());
      out.beginArray(name);
      int start = out.position();
      boolean more = true;
      for (long count = 0; count < batchSize; count++) {
        Doc doc = cursor.held == null ? source.next() : cursor.held;
        cursor.held = null;
        if (doc == null) {
          more = false;
          break;
        }
        if (count > 0 && out.position() - start + doc.size() > Bson.MAX_DOCUMENT_BYTES) {
          cursor.held = doc;
          break;
        }
        Projection projection = cursor.projection;
        if (projection == null) {
          out.add(doc);
        } else {
          out.beginElement();
          projection.write(doc, out);
          out.end();
        }
      }
      out.end();
      return more;
    } finally {
      source.detach();
      store.unpin(pin);
    }
  }
}
