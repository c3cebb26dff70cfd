package net.mailagent.embedded;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.h2.mvstore.Cursor;
import org.jspecify.annotations.Nullable;

/** All collections by namespace, and what of them is kept in the store's first map. Any thread. */
final class Catalog {
  private static final int MAP = 0;

  private final Store store;
  private final ConcurrentSkipListMap<String, Collection> collections =
      new ConcurrentSkipListMap<>();
  private final AtomicInteger nextMap = new AtomicInteger();

  Catalog(Store store) {
    this.store = store;
    Set<Integer> used = new HashSet<>(Set.of(MAP));
    Cursor<byte[], byte[]> all = store.map(MAP).cursor(null);
    while (all.hasNext()) {
      String namespace = new String(all.next(), StandardCharsets.UTF_8);
      Collection collection = load(namespace, new Doc(all.getValue()));
      collections.put(namespace, collection);
      used.add(collection.map());
      collection.indexes().forEach(spec -> used.add(spec.map()));
    }
    for (int map : store.mapIds()) {
      nextMap.accumulateAndGet(map, Math::max);
      if (!used.contains(map)) {
        store.removeMap(map);
      }
    }
    store.atCheckpoint(() -> collections.values().forEach(Collection::refresh));
  }

  private Collection load(String namespace, Doc doc) {
    List<IndexSpec> specs = new ArrayList<>();
    Value indexes = doc.get("indexes");
    if (indexes != null) {
      indexes.elements().forEach(index -> specs.add(IndexSpec.load(index.asDoc())));
    }
    return new Collection(store, namespace, (int) doc.getLong("map", 0), specs);
  }

  static Change save(String namespace, int map, List<IndexSpec> specs) {
    DocWriter out = new DocWriter().begin().put("map", map).beginArray("indexes");
    for (IndexSpec spec : specs) {
      out.beginElement();
      spec.save(out);
      out.end();
    }
    return new Change(MAP, Store.utf8(namespace), out.end().end().toBytes());
  }

  static Change remove(String namespace) {
    return new Change(MAP, Store.utf8(namespace), null);
  }

  /** A number that no map has, had since the start, or has on disk. */
  int newMap() {
    return nextMap.incrementAndGet();
  }

  @Nullable Collection find(String namespace) {
    return collections.get(namespace);
  }

  /**
   * @throws MongoError InvalidNamespace
   */
  Collection findOrCreate(String namespace) {
    Collection found = collections.get(namespace);
    if (found != null) {
      return found;
    }
    check(namespace);
    synchronized (this) {
      found = collections.get(namespace);
      if (found == null) {
        int map = newMap();
        Collection created = new Collection(store, namespace, map, List.of());
        long position = store.apply(List.of(save(namespace, map, List.of())), ignored -> {});
        store.await(position);
        collections.put(namespace, created);
        found = created;
      }
      return found;
    }
  }

  private static void check(String namespace) {
    int dot = namespace.indexOf('.');
    if (dot < 1
        || dot == namespace.length() - 1
        || namespace.indexOf('$') >= 0
        || namespace.indexOf('\0') >= 0
        || namespace.length() > 255) {
      throw new MongoError(
          ErrorKind.INVALID_NAMESPACE, "Invalid namespace specified '" + namespace + "'");
    }
  }

  /** The collections of one database, by their names without the database. */
  SortedMap<String, Collection> database(String database) {
    SortedMap<String, Collection> found = new java.util.TreeMap<>();
    String prefix = database + ".";
    for (Map.Entry<String, Collection> entry : collections.tailMap(prefix).entrySet()) {
      if (!entry.getKey().startsWith(prefix)) {
        break;
      }
      found.put(entry.getKey().substring(prefix.length()), entry.getValue());
    }
    return found;
  }

  /** All there are, always in the same order. */
  List<Collection> all() {
    return List.copyOf(collections.values());
  }

  Set<String> databases() {
    Set<String> names = new java.util.TreeSet<>();
    collections.keySet().forEach(name -> names.add(name.substring(0, name.indexOf('.'))));
    return names;
  }

  /** False when there was none. */
  synchronized boolean drop(String namespace) {
    Collection collection = collections.get(namespace);
    if (collection == null) {
      return false;
    }
    collection.exclusively(() -> {
      collection.drop();
      return true;
    });
    collections.remove(namespace, collection);
    return true;
  }
}
