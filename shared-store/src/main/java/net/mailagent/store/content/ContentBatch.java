package net.mailagent.store.content;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import net.mailagent.model.ByteSource;
import net.mailagent.model.ContentId;
import org.bson.types.ObjectId;
import org.jspecify.annotations.Nullable;

/**
 * Contents that were read together and are handed out one after the other. What one of them needs
 * of the store, the others are likely to need: the files of all their blobs are looked up together,
 * and once a second content opens a blob, the short blobs of those that follow come with it in one
 * query. So a thousand medium-sized messages do not cost a thousand round trips. Any thread.
 */
final class ContentBatch implements AutoCloseable {
  /** Blobs whose files one query looks up. */
  private static final int MOST_BLOBS = 2_000;

  private final BlobStore store;
  private final ReadAhead readAhead;
  private final List<ContentId> order = new ArrayList<>();
  private final Map<ContentId, List<BlobId>> blobs = new HashMap<>();
  private final Map<BlobId, byte[]> ahead = new HashMap<>();
  private int allowed; // taken from the budget for what is ahead
  private boolean prepared;
  private @Nullable ContentId first; // the first content that opened a blob
  private boolean closed;

  ContentBatch(BlobStore store, ReadAhead readAhead) {
    this.store = store;
    this.readAhead = readAhead;
  }

  /** Adds a content in the order of handing out. */
  void add(ContentId id, Layout layout) {
    if (!layout.blobs().isEmpty()) {
      order.add(id);
      blobs.put(id, layout.blobs());
    }
  }

  /** Opens octets [offset, offset + length) of a blob of that content. */
  ByteSource open(ContentId content, BlobId blob, long offset, long length) {
    byte[] octets = ahead(content, blob);
    return octets != null && offset + length <= octets.length
        ? Sources.of(octets, (int) offset, (int) (offset + length))
        : new ChunkSource(store, readAhead, blob, offset, length);
  }

  private synchronized byte @Nullable [] ahead(ContentId content, BlobId blob) {
    if (closed) {
      return null;
    }
    if (!prepared) {
      prepared = true;
      Set<BlobId> all = new LinkedHashSet<>(blobs.getOrDefault(content, List.of()));
      for (ContentId id : order) {
        if (all.size() < MOST_BLOBS) {
          all.addAll(blobs.getOrDefault(id, List.of()));
        }
      }
      store.prepare(all);
    }
    if (first == null) {
      first = content;
    }
    if (!ahead.containsKey(blob) && !content.equals(first)) {
      fetch(content);
    }
    return ahead.get(blob);
  }

  /** Fetches short blobs of that content and of those behind it, as many as are allowed. */
  private void fetch(ContentId content) {
    release();
    Map<ObjectId, BlobId> wanted = new LinkedHashMap<>();
    long octets = 0;
    for (BlobStore.OneChunk blob : shortBlobs(content)) {
      if (octets + blob.length() > (long) readAhead.most() * readAhead.chunkSize()) {
        break;
      }
      octets += blob.length();
      wanted.put(blob.file(), blob.name());
    }
    if (wanted.size() < 2) {
      return; // one alone is read as it is pulled
    }
    int needed = (int) Math.ceilDiv(octets, (long) readAhead.chunkSize());
    allowed = readAhead.enter(needed);
    if (allowed < needed) {
      release(); // others hold the memory: one by one then
      return;
    }
    store
        .files()
        .firstChunks(wanted.keySet())
        .forEach((file, chunk) -> ahead.put(wanted.get(file), chunk));
  }

  /** The blobs of one chunk, of that content and of those behind it, each once, in order. */
  private List<BlobStore.OneChunk> shortBlobs(ContentId content) {
    Set<BlobId> names = new LinkedHashSet<>();
    for (ContentId id : order.subList(Math.max(0, order.indexOf(content)), order.size())) {
      names.addAll(blobs.getOrDefault(id, List.of()));
    }
    return store.ofOneChunk(names);
  }

  private void release() {
    ahead.clear();
    if (allowed > 0) {
      readAhead.leave(allowed);
      allowed = 0;
    }
  }

  /** All contents were handed out; what is opened later is read by itself. */
  @Override
  public synchronized void close() {
    closed = true;
    release();
  }
}
