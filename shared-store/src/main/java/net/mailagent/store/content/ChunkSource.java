package net.mailagent.store.content;

import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import net.mailagent.model.ByteSource;
import net.mailagent.model.OctetsMissing;
import net.mailagent.model.StoreUnavailable;
import org.jspecify.annotations.Nullable;

/**
 * A range of a blob, read as it is pulled: only the chunks it touches, a few in one query. While a
 * fast reader takes one window of chunks the next, larger one is fetched; a slow reader holds one
 * chunk. Each window is a query of its own, so that a reader may pause as long as it likes. One
 * thread; the next window is fetched on a virtual thread.
 */
final class ChunkSource implements ByteSource {
  /** Who takes a window within 20 ms waits for the store rather than the store for it. */
  private static final long FAST = 20_000_000;

  /** Who takes longer than 200 ms for a window gets a smaller one. */
  private static final long SLOW = 200_000_000;

  /** Chunks of the first window: a client takes that many in one go, however slow it is. */
  private static final int FIRST = 4;

  private static final int GROWTH = 8;

  private final BlobStore store;
  private final ReadAhead readAhead;
  private final BlobId blob;
  private final long length;
  private final long end; // in the blob
  private long at; // in the blob, of the next block
  private BlobStore.Location location;

  private @Nullable Window window;
  private int used; // chunks of the window that were given out
  private @Nullable Fetch fetch;
  private int size = FIRST; // chunks of the next window
  private long windowBegan;

  /** Chunks in memory, and what they took from the budget. */
  private record Window(List<byte[]> chunks, int allowed, long fetchNanos) {}

  private record Fetch(CompletableFuture<Window> outcome, int allowed) {}

  ChunkSource(BlobStore store, ReadAhead readAhead, BlobId blob, long offset, long length) {
    this.store = store;
    this.readAhead = readAhead;
    this.blob = blob;
    this.at = offset;
    this.end = offset + length;
    this.length = length;
    this.location = store.locate(blob, false);
    if (end > location.length()) {
      throw new OctetsMissing("the blob " + blob + " is shorter than a message says");
    }
  }

  @Override
  public long length() {
    return length;
  }

  @Override
  public @Nullable ByteBuffer next() {
    if (at >= end) {
      close();
      return null;
    }
    Window current = window;
    if (current == null || used == current.chunks().size()) {
      current = advance();
    }
    byte[] chunk = current.chunks().get(used++);
    int from = (int) (at % location.chunkSize());
    int to = (int) Math.min(chunk.length, from + (end - at));
    if (to <= from) {
      throw new OctetsMissing("a chunk of the blob " + blob + " is damaged");
    }
    at += to - from;
    return ByteBuffer.wrap(chunk, from, to - from).slice().asReadOnlyBuffer();
  }

  /** Takes the next window, and starts fetching the one behind it for a reader that is fast. */
  private Window advance() {
    Window before = window;
    window = null;
    if (before != null) {
      readAhead.leave(before.allowed());
      long taken = System.nanoTime() - windowBegan;
      if (taken <= Math.max(2 * before.fetchNanos(), FAST)) {
        size = Math.min(readAhead.most(), GROWTH * size);
      } else if (taken > Math.max(8 * before.fetchNanos(), SLOW)) {
        size = Math.max(1, size / 2);
      }
    }
    Fetch ahead = fetch;
    fetch = null;
    int first = (int) (at / location.chunkSize());
    Window now = ahead != null ? join(ahead) : fetch(first, allowed(first));
    window = now;
    used = 0;
    windowBegan = System.nanoTime();
    int behind = first + now.chunks().size();
    if (size > 1 && (long) behind * location.chunkSize() < end) {
      int allowed = allowed(behind);
      CompletableFuture<Window> outcome = new CompletableFuture<>();
      fetch = new Fetch(outcome, allowed);
      Thread.ofVirtual()
          .name("read-ahead")
          .start(() -> {
            try {
              outcome.complete(fetch(behind, allowed));
            } catch (Throwable failed) {
              outcome.completeExceptionally(failed);
            }
          });
    }
    return now;
  }

  /** How many chunks from {@code first} on are wanted and allowed. */
  private int allowed(int first) {
    int last = (int) ((end - 1) / location.chunkSize());
    return readAhead.enter(Math.min(size, last - first + 1));
  }

  private Window fetch(int first, int allowed) {
    long began = System.nanoTime();
    boolean fetched = false;
    try {
      BlobStore.Location place = location;
      List<byte[]> chunks = store.files().chunks(place.file(), first, allowed);
      if (chunks.isEmpty()) {
        // the blob was doomed and uploaded afresh since we learned its file
        BlobStore.Location again = store.locate(blob, true);
        if (!again.file().equals(place.file()) && again.chunkSize() == place.chunkSize()) {
          chunks = store.files().chunks(again.file(), first, allowed);
        }
      }
      if (chunks.isEmpty()) {
        throw new OctetsMissing("chunk " + first + " of the blob " + blob + " is missing");
      }
      fetched = true;
      return new Window(chunks, allowed, System.nanoTime() - began);
    } finally {
      if (!fetched) {
        readAhead.leave(allowed);
      }
    }
  }

  private static Window join(Fetch fetch) {
    try {
      return fetch.outcome().join();
    } catch (CompletionException e) {
      if (e.getCause() instanceof RuntimeException cause) {
        throw cause;
      }
      throw new StoreUnavailable("a chunk could not be read", e);
    }
  }

  @Override
  public void close() {
    at = end;
    Window last = window;
    window = null;
    if (last != null) {
      readAhead.leave(last.allowed());
    }
    Fetch ahead = fetch;
    fetch = null;
    if (ahead != null) {
      CompletableFuture<Void> _ = ahead.outcome().thenAccept(w -> readAhead.leave(w.allowed()));
    }
  }
}
