package net.mailagent.embedded;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.SortedSet;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import org.h2.mvstore.Cursor;
import org.h2.mvstore.MVMap;
import org.jspecify.annotations.Nullable;

/**
 * The documents of one namespace and their index entries. Any thread.
 *
 * <p>Writers take turns ({@link #exclusively}) for the microseconds that an operation takes in
 * memory; they do not hold the turn while the log is forced. {@code live} is what the next writer
 * builds on; {@code published} is what readers see. An operation is published only when it is on
 * disk: nobody is told what a power failure could take back, and no reader ever waits for a writer.
 */
final class Collection {
  private static final byte[][] OFFSETS = new byte[256][];

  static {
    for (int i = 0; i < OFFSETS.length; i++) {
      OFFSETS[i] = new byte[] {(byte) i};
    }
  }

  private final Store store;
  private final String namespace;
  private final int map;
  private final MVMap<byte[], byte[]> docs;
  private final ReentrantLock turn = new ReentrantLock();
  private volatile Snapshot live;
  private final AtomicReference<Snapshot> published;

  Collection(Store store, String namespace, int map, List<IndexSpec> indexes) {
    this.store = store;
    this.namespace = namespace;
    this.map = map;
    this.docs = store.map(map);
    this.live = capture(0, indexes, false);
    this.published = new AtomicReference<>(live);
  }

  String namespace() {
    return namespace;
  }

  int map() {
    return map;
  }

  /** What readers see; they pin the store before they ask and until they are done. */
  Snapshot snapshot() {
    return View.CURRENT.isBound() ? View.CURRENT.get().of(this) : published.get();
  }

  /** What a majority has. */
  Snapshot published() {
    return published.get();
  }

  /** What the writer whose turn it is builds on. */
  Snapshot live() {
    return live;
  }

  List<IndexSpec> indexes() {
    return live.indexes().stream().map(Snapshot.Index::spec).toList();
  }

  /** Those a reader may plan with: it sees them, and the newest documents are allowed for. */
  List<IndexSpec> readable() {
    Snapshot seen = snapshot();
    return indexes().stream().filter(seen::has).toList();
  }

  /**
   * Runs with the turn to write, then returns once all that the action saw or did is on disk and
   * visible to readers: also a refusal may rest on an operation that another writer has just made.
   */
  <T> T exclusively(Supplier<T> action) {
    try {
      return inTurn(action);
    } finally {
      settle();
    }
  }

  /** Runs with the turn to write, without waiting for the disk: the caller settles later. */
  <T> T inTurn(Supplier<T> action) {
    turn.lock();
    try {
      Store.Pin pin = store.pin();
      try {
        return action.get();
      } finally {
        store.unpin(pin);
      }
    } finally {
      turn.unlock();
    }
  }

  /** Returns once all that was done is on disk and, when the commit point allows, visible. */
  void settle() {
    CommitPoint commitPoint = store.commitPoint();
    while (true) {
      long era = commitPoint.era();
      Snapshot done = live;
      store.await(done.position());
      if (commitPoint.publish(era, () -> publish(done))) {
        return;
      }
    }
  }

  /** As {@link #settle}, whatever the commit point says. */
  void show() {
    Snapshot done = live;
    store.await(done.position());
    publish(done);
  }

  private void publish(Snapshot done) {
    Snapshot seen = published.get();
    while (seen.position() < done.position()) {
      if (published.compareAndSet(seen, done)) {
        return;
      }
      seen = published.get();
    }
  }

  /** In a checkpoint: pages may have moved, and all that was logged is on disk. */
  void refresh() {
    live = capture(live.position(), indexes(), live.dropped());
    published.set(live);
  }

  private Snapshot capture(long position, List<IndexSpec> specs, boolean dropped) {
    List<Snapshot.Index> indexes = new ArrayList<>(specs.size());
    for (IndexSpec spec : specs) {
      indexes.add(new Snapshot.Index(spec, store.map(spec.map()).flushAndGetRoot()));
    }
    return new Snapshot(position, docs.flushAndGetRoot(), indexes, dropped);
  }

  private void apply(List<Change> changes, List<IndexSpec> specs, boolean dropped) {
    store.apply(changes, position -> live = capture(position, specs, dropped));
  }

  // ---- one document at a time; the caller has the turn ----

  /**
   * @throws MongoError DuplicateKey
   */
  void insert(Doc doc) {
    byte[] id = id(doc);
    if (docs.containsKey(id)) {
      Value value = doc.get("_id");
      Doc key =
          new DocWriter().begin().put("_id", value == null ? Value.NULL : value).end().toDoc();
      throw duplicate("_id_", new KeyPattern(List.of(KeyPattern.Part.of("_id", false))), key);
    }
    write(id, null, doc);
  }

  /** The new document has the id of the old one. */
  void replace(Doc old, Doc doc) {
    write(id(old), old, doc);
  }

  void delete(Doc old) {
    write(id(old), old, null);
  }

  private void write(byte[] id, @Nullable Doc old, @Nullable Doc doc) {
    store.commitPoint().writing(this, id);
    List<Change> changes = new ArrayList<>(2 + live.indexes().size());
    List<IndexSpec> specs = indexes();
    List<IndexSpec> newSpecs = new ArrayList<>(specs);
    boolean moreArrays = false;
    changes.add(new Change(map, id, doc == null ? null : doc.copyBytes()));
    for (int i = 0; i < specs.size(); i++) {
      IndexSpec spec = specs.get(i);
      IndexKeys before = old == null ? null : keys(old, spec);
      IndexKeys after = doc == null ? null : keys(doc, spec);
      if (after != null) {
        if (spec.unique()) {
          checkUnique(spec, after.keys(), id, doc);
        }
        long arrayFields = spec.arrayFields() | after.arrayFields();
        if (arrayFields != spec.arrayFields()) {
          moreArrays = true;
          newSpecs.set(i, spec.withArrayFields(arrayFields));
        }
      }
      entries(changes, spec, id, before, after);
    }
    if (moreArrays) {
      changes.add(Catalog.save(namespace, map, newSpecs));
    }
    apply(changes, newSpecs, false);
  }

  /** Adds what one document's change does to one index. */
  private static void entries(
      List<Change> changes,
      IndexSpec spec,
      byte[] id,
      @Nullable IndexKeys before,
      @Nullable IndexKeys after) {
    if (after != null) {
      for (byte[] key : after.keys()) {
        if (before == null || !before.keys().contains(key)) {
          changes.add(new Change(spec.map(), IndexKeys.entry(key, id), offset(key.length)));
        }
      }
    }
    if (before != null) {
      for (byte[] key : before.keys()) {
        if (after == null || !after.keys().contains(key)) {
          changes.add(new Change(spec.map(), IndexKeys.entry(key, id), null));
        }
      }
    }
  }

  // ---- for the commit point, when a failover undoes what no majority has

  void takeTurn() {
    turn.lock();
  }

  void giveTurn() {
    turn.unlock();
  }

  /** What puts those documents back to what a majority has of them; the caller has the turn. */
  List<Change> undo(Set<byte[]> ids) {
    List<Change> changes = new ArrayList<>();
    Snapshot then = published.get();
    for (byte[] id : ids) {
      Doc now = live.find(id);
      Doc before = then.find(id);
      if (before == null ? now != null : !before.equals(now)) {
        changes.add(new Change(map, id, before == null ? null : before.copyBytes()));
        for (IndexSpec spec : indexes()) {
          entries(
              changes,
              spec,
              id,
              now == null ? null : keys(now, spec),
              before == null ? null : keys(before, spec));
        }
      }
    }
    return changes;
  }

  /** What was undone was applied, at that position of the log; the caller has the turn. */
  void undone(long position) {
    live = capture(position, indexes(), live.dropped());
  }

  private static @Nullable IndexKeys keys(Doc doc, IndexSpec spec) {
    IndexKeys keys = IndexKeys.of(doc, spec.pattern());
    return spec.sparse() && !keys.anyField() ? null : keys;
  }

  private void checkUnique(IndexSpec spec, SortedSet<byte[]> keys, byte[] id, @Nullable Doc doc) {
    MVMap<byte[], byte[]> entries = store.map(spec.map());
    for (byte[] key : keys) {
      Cursor<byte[], byte[]> cursor = entries.cursor(key);
      while (cursor.hasNext()) {
        byte[] entry = cursor.next();
        if (!KeyWriter.startsWith(entry, key)) {
          break;
        }
        if (!Arrays.equals(entry, key.length, entry.length, id, 0, id.length)) {
          throw duplicate(spec.name(), spec.pattern(), keyValue(spec, doc));
        }
      }
    }
  }

  private static Doc keyValue(IndexSpec spec, @Nullable Doc doc) {
    DocWriter out = new DocWriter().begin();
    for (KeyPattern.Part part : spec.pattern().parts()) {
      Value[] found = {Value.NULL};
      if (doc != null) {
        Path.any(
            doc,
            part.steps(),
            value -> {
              if (value != null) {
                found[0] = value;
              }
              return value != null;
            });
      }
      out.put(part.path(), found[0]);
    }
    return out.end().toDoc();
  }

  private MongoError duplicate(String index, KeyPattern pattern, Doc keyValue) {
    return new MongoError(
        ErrorKind.DUPLICATE_KEY,
        "E11000 duplicate key error collection: "
            + namespace
            + " index: "
            + index
            + " dup key: "
            + keyValue,
        new DocWriter()
            .begin()
            .put("keyPattern", pattern.toDoc())
            .put("keyValue", keyValue)
            .end()
            .toDoc());
  }

  static byte[] id(Doc doc) {
    Value id = doc.get("_id");
    return KeyWriter.encode(id == null ? Value.NULL : id);
  }

  /** The value of an index entry: where in its key the id begins. */
  private static byte[] offset(int offset) {
    return offset < OFFSETS.length
        ? OFFSETS[offset]
        : new byte[] {
          (byte) (offset >>> 24), (byte) (offset >>> 16), (byte) (offset >>> 8), (byte) offset
        };
  }

  /** The id in an index entry. */
  static byte[] idOf(byte[] entry, byte[] offset) {
    int at = 0;
    for (byte b : offset) {
      at = (at << 8) | (b & 0xFF);
    }
    return Arrays.copyOfRange(entry, at, entry.length);
  }

  // ---- the whole collection; the caller has the turn ----

  /**
   * Builds the index over what is there and adds it to the catalog. The entries are checkpointed
   * before the catalog names them: a crash leaves an unnamed map, which the next start removes.
   *
   * @throws MongoError DuplicateKey, CannotIndexParallelArrays: nothing is changed then
   */
  void createIndex(IndexSpec spec) {
    MVMap<byte[], byte[]> entries = store.map(spec.map());
    long arrayFields = 0;
    try {
      for (Cursor<byte[], byte[]> all = docs.cursor(null); all.hasNext(); ) {
        byte[] id = all.next();
        Doc doc = new Doc(all.getValue());
        IndexKeys keys = keys(doc, spec);
        if (keys == null) {
          continue;
        }
        arrayFields |= keys.arrayFields();
        if (spec.unique()) {
          checkUnique(spec, keys.keys(), id, doc);
        }
        for (byte[] key : keys.keys()) {
          entries.put(IndexKeys.entry(key, id), offset(key.length));
        }
      }
    } catch (MongoError e) {
      store.removeMap(spec.map());
      throw e;
    }
    if (!entries.isEmpty()) {
      store.checkpoint();
    }
    List<IndexSpec> specs = new ArrayList<>(indexes());
    specs.add(spec.withArrayFields(arrayFields));
    apply(List.of(Catalog.save(namespace, map, specs)), specs, false);
  }

  void dropIndexes(List<IndexSpec> unwanted) {
    List<IndexSpec> specs = new ArrayList<>(indexes());
    specs.removeAll(unwanted);
    apply(List.of(Catalog.save(namespace, map, specs)), specs, false);
    unwanted.forEach(spec -> store.removeMap(spec.map()));
  }

  void drop() {
    List<IndexSpec> specs = indexes();
    apply(List.of(Catalog.remove(namespace)), List.of(), true);
    specs.forEach(spec -> store.removeMap(spec.map()));
    store.removeMap(map);
  }
}
