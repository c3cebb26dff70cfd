package net.mailagent.store.content;

import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import net.mailagent.model.StoreUnavailable;
import org.bson.types.ObjectId;
import org.jspecify.annotations.Nullable;

/**
 * The blobs of one message on their way into the store: hashed as they arrive, cut into chunks, and
 * written in batches by a virtual thread of their own while the next batch fills. The owner's
 * thread waits when both batches are full: that is the back-pressure.
 *
 * <p>A blob whose end comes before its batch is written is looked up by its name first and not
 * uploaded when the store has it. A longer one is uploaded under a random file id; when its name
 * turns out to be known, the upload is dropped. Nothing refers to a file before {@link #finish()},
 * and a file that nothing refers to is swept.
 */
final class Uploads implements AutoCloseable {
  private final BlobStore store;
  private final ContentSettings settings;
  private final List<Upload> all = new ArrayList<>();
  private final Deque<byte[]> buffers = new ArrayDeque<>();
  private final Set<BlobId> ready = new LinkedHashSet<>(); // in the store, touched by us
  private List<Chunk> filling = new ArrayList<>();
  private long fillingBytes;
  private @Nullable CompletableFuture<Set<BlobId>> writing;
  private List<Chunk> beingWritten = List.of();
  private final long began;
  private boolean failed;
  private boolean finished;

  /** A chunk of a file; octets [0, size) of the array. */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  record Chunk(Upload upload, int n, byte[] octets, int size) {}

  Uploads(BlobStore store, ContentSettings settings) {
    this.store = store;
    this.settings = settings;
    this.began = store.now();
  }

  /** One blob. On the owner's thread; what the writer needs of it is fixed when a batch is sent. */
  final class Upload {
    final ObjectId file = GridFsFiles.newId();
    private final MessageDigest sha256 = sha256();
    private byte @Nullable [] chunk;
    private int fill;
    private int chunks;
    private long length;
    private @Nullable BlobId blob;
    private boolean begun; // some of its chunks were sent while its end was unknown

    long length() {
      return length;
    }

    void write(ByteBuffer octets) {
      sha256.update(octets.duplicate());
      length += octets.remaining();
      while (octets.hasRemaining()) {
        byte[] into = chunk;
        if (into == null) {
          into = buffers.isEmpty() ? new byte[settings.chunkSize()] : buffers.pop();
          chunk = into;
        }
        int more = Math.min(octets.remaining(), into.length - fill);
        octets.get(into, fill, more);
        fill += more;
        if (fill == into.length) {
          chunk = null;
          fill = 0;
          full(new Chunk(this, chunks++, into, into.length));
        }
      }
    }

    /** The last octet was written; the blob has its name from here on. */
    void end() {
      blob = BlobId.of(sha256.digest());
      byte[] rest = chunk;
      if (rest != null) {
        chunk = null;
        full(new Chunk(this, chunks++, Arrays.copyOf(rest, fill), fill));
        buffers.push(rest);
      }
    }

    BlobId blob() {
      if (blob == null) {
        throw new IllegalStateException("the blob is not complete");
      }
      return blob;
    }
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }

  Upload open() {
    Upload upload = new Upload();
    all.add(upload);
    return upload;
  }

  /** Stores octets that are all here, such as a field too large for the document. */
  BlobId store(byte[] octets) {
    Upload upload = open();
    upload.write(ByteBuffer.wrap(octets));
    upload.end();
    return upload.blob();
  }

  private void full(Chunk chunk) {
    filling.add(chunk);
    fillingBytes += chunk.size();
    if (fillingBytes >= settings.uploadBatch()) {
      send();
    }
  }

  /** Hands the batch over to the writer as soon as it is done with the one before. */
  private void send() {
    await();
    Map<BlobId, Upload> whole = new HashMap<>();
    List<GridFsFiles.NewFile> files = new ArrayList<>();
    List<Chunk> chunks = new ArrayList<>(filling.size());
    List<Chunk> batch = filling;
    filling = new ArrayList<>();
    fillingBytes = 0;
    for (Chunk chunk : batch) {
      Upload upload = chunk.upload();
      BlobId blob = upload.blob;
      if (upload.begun) {
        chunks.add(chunk);
      } else if (blob == null) {
        upload.begun = true;
        files.add(new GridFsFiles.NewFile(upload.file, null, 0));
        chunks.add(chunk);
      } else if (!ready.contains(blob) && whole.computeIfAbsent(blob, b -> upload) == upload) {
        chunks.add(chunk); // the same octets twice in one message are uploaded once
      }
    }
    beingWritten = batch;
    CompletableFuture<Set<BlobId>> outcome = new CompletableFuture<>();
    writing = outcome;
    Thread.ofVirtual()
        .name("upload")
        .start(() -> {
          try {
            outcome.complete(store.upload(whole, files, chunks));
          } catch (Throwable failed) {
            outcome.completeExceptionally(failed);
          }
        });
  }

  /** Waits for the batch that is being written, if any, and takes its buffers back. */
  private void await() {
    CompletableFuture<Set<BlobId>> outcome = writing;
    if (outcome == null) {
      return;
    }
    writing = null;
    List<Chunk> written = beingWritten;
    beingWritten = List.of();
    try {
      ready.addAll(outcome.join());
    } catch (CompletionException e) {
      failed = true;
      if (e.getCause() instanceof RuntimeException cause) {
        throw cause;
      }
      throw new StoreUnavailable("an upload failed", e);
    }
    for (Chunk chunk : written) {
      if (chunk.octets().length == settings.chunkSize()) {
        buffers.push(chunk.octets());
      }
    }
  }

  /**
   * Writes what is left and gives every blob its document, so that contents may refer to them.
   *
   * @return all blobs, each once; each was touched now
   * @throws StoreUnavailable when the store fails
   */
  List<BlobId> finish() {
    if (!filling.isEmpty()) {
      send();
    }
    await();
    Map<BlobId, GridFsFiles.NewFile> streamed = new HashMap<>();
    List<ObjectId> dropped = new ArrayList<>();
    Set<BlobId> blobs = new LinkedHashSet<>();
    for (Upload upload : all) {
      BlobId blob = upload.blob();
      blobs.add(blob);
      if (upload.begun) {
        GridFsFiles.NewFile file = new GridFsFiles.NewFile(upload.file, blob, upload.length);
        if (ready.contains(blob) || streamed.putIfAbsent(blob, file) != null) {
          dropped.add(upload.file);
        }
      }
    }
    if (store.now() - began > settings.sweepGrace().toMillis() / 2) {
      throw new StoreUnavailable("the upload took so long that it may be swept");
    }
    finished = true; // from here on a blob may name our files, so none is dropped when this fails
    store.publish(streamed, dropped);
    return List.copyOf(blobs);
  }

  /** Gives up unless finished: what was uploaded is removed, or swept later when that fails. */
  @Override
  public void close() {
    if (finished || failed) {
      return; // after a failure a write may still be on its way: what it leaves is swept
    }
    finished = true;
    try {
      await();
    } catch (RuntimeException swept) {
      return;
    }
    store.files().drop(all.stream().filter(u -> u.begun).map(u -> u.file).toList());
  }
}
