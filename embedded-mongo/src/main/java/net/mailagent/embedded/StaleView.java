package net.mailagent.embedded;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.h2.mvstore.Cursor;

/**
 * What one client sees whose primary was replaced without its knowledge: everything as a majority
 * had it when that began, and of its own writes only that their unique keys are taken. Any thread.
 */
final class StaleView implements View {
  private final Store store;
  private final Store.Pin pin;
  private final Map<Collection, Snapshot> frozen;
  private final long end;
  private volatile boolean ended;

  // guarded by this
  private final Set<String> inserted = new TreeSet<>();
  private int users = 1;

  /**
   * @param nanos how long it lasts
   */
  StaleView(Store store, List<Collection> collections, long nanos) {
    this.store = store;
    this.pin = store.pin();
    this.frozen = new HashMap<>();
    collections.forEach(collection -> frozen.put(collection, collection.published()));
    this.end = System.nanoTime() + nanos;
  }

  private StaleView(StaleView of) {
    this.store = of.store;
    this.pin = store.pin();
    this.frozen = of.frozen;
    this.end = of.end;
  }

  /** The same once more, as long as this one is in use. */
  StaleView again() {
    return new StaleView(this);
  }

  boolean isOver() {
    return ended || System.nanoTime() - end > 0;
  }

  /** Ends it before its time. */
  void end() {
    ended = true;
  }

  @Override
  public Snapshot of(Collection collection) {
    Snapshot then = frozen.get(collection);
    return then == null ? collection.published() : then;
  }

  /** Begins a use of it; false when its pages are gone. */
  synchronized boolean enter() {
    if (users == 0) {
      return false;
    }
    users++;
    return true;
  }

  synchronized void leave() {
    if (--users == 0) {
      store.unpin(pin);
    }
  }

  /**
   * Takes the keys of a new document.
   *
   * @throws MongoError DuplicateKey
   */
  synchronized void insert(Collection collection, Doc doc) {
    Snapshot then = of(collection);
    Doc storable = Documents.storable(doc);
    byte[] id = Collection.id(storable);
    if (then.find(id) != null) {
      throw taken(collection, Plan.ID);
    }
    Set<String> keys = new TreeSet<>();
    keys.add(name(collection, Plan.ID, id));
    for (Snapshot.Index index : then.indexes()) {
      if (index.spec().unique()) {
        for (byte[] key : IndexKeys.of(storable, index.spec().pattern()).keys()) {
          Cursor<byte[], byte[]> at = new Cursor<>(index.entries(), key, null, false);
          if (at.hasNext() && KeyWriter.startsWith(at.next(), key)) {
            throw taken(collection, index.spec().name());
          }
          keys.add(name(collection, index.spec().name(), key));
        }
      }
    }
    for (String key : keys) {
      if (inserted.contains(key)) {
        throw taken(collection, key);
      }
    }
    inserted.addAll(keys);
  }

  private static String name(Collection collection, String index, byte[] key) {
    return collection.namespace() + " " + index + " " + java.util.HexFormat.of().formatHex(key);
  }

  private static MongoError taken(Collection collection, String index) {
    return new MongoError(
        ErrorKind.DUPLICATE_KEY,
        "E11000 duplicate key error collection: " + collection.namespace() + " index: " + index);
  }
}
