package net.mailagent.embedded;

import java.util.List;
import org.h2.mvstore.RootReference;
import org.jspecify.annotations.Nullable;

/**
 * One collection as it was between two operations: documents and index entries agree. Immutable;
 * any thread, while the store is pinned.
 *
 * @param position the last operation in it, as a position of the log
 */
record Snapshot(
    long position, RootReference<byte[], byte[]> docs, List<Index> indexes, boolean dropped) {

  /** The entries of one index: encoded fields and id as key, where the id begins as value. */
  record Index(IndexSpec spec, RootReference<byte[], byte[]> entries) {}

  Snapshot {
    indexes = List.copyOf(indexes);
  }

  long count() {
    return docs.getTotalCount();
  }

  @Nullable Doc find(byte[] id) {
    byte[] bytes = docs.root.map.get(docs.root, id);
    return bytes == null ? null : new Doc(bytes);
  }

  boolean has(IndexSpec spec) {
    Index found = index(spec.name());
    return found != null && found.spec().map() == spec.map();
  }

  @Nullable Index index(String name) {
    for (Index index : indexes) {
      if (index.spec().name().equals(name)) {
        return index;
      }
    }
    return null;
  }
}
