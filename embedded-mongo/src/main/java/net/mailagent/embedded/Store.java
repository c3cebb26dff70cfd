package net.mailagent.embedded;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.function.LongConsumer;
import org.h2.mvstore.MVMap;
import org.h2.mvstore.MVStore;
import org.h2.mvstore.MVStoreException;
import org.h2.store.fs.FilePath;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Ordered maps of byte strings that survive a power failure. Any thread.
 *
 * <p>The maps live in an MVStore whose own commits are off. An operation is appended to the {@link
 * WriteLog} and applied to the maps under the shared side of {@code gate}; a checkpoint (the only
 * commit there is) takes the roots under the exclusive side, so never inside an operation. After a
 * crash the operations since the newest checkpoint known to be on disk are replayed.
 *
 * <p>Order of a checkpoint: the log so far is forced, a new epoch begins, MVStore commits, MVStore
 * is forced, and only then is the checkpoint noted in the new epoch as certain. Until that note the
 * epoch before is replayed too, whichever of the two checkpoints is found: a change says what is,
 * not what to do, so doing it again is harmless. {@link OrderedPath} sees to it that a checkpoint
 * is found only if it is whole; the pin on the newest one, that its space is not used again before
 * the next is on disk.
 */
final class Store implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(Store.class);
  private static final int VERSIONS_KEPT = 1;
  private static final int FILL_PERCENT = 60;
  private static final Duration RETRY = Duration.ofMillis(200);

  // However slow checkpoints are, the log stays such that a start can read it (2 GiB at most) and
  // hold it in memory.
  private static final long LEAST_FULL_LOG = 16L << 20;
  private static final long MOST_FULL_LOG = 1L << 30;

  /** Half of what a client's call may take. */
  private static final Duration FULL_LOG_WAIT = Duration.ofSeconds(5);

  private static final Duration FULL_LOG_LOOK = Duration.ofMillis(10);

  /** MVStore's file with its two header blocks only. */
  private static final int EMPTY_FILE = 8192;

  private final EmbeddedMongoSettings settings;
  private final MVStore maps;
  private final CheckpointFile file;
  private final WriteLog writeLog;
  private final ReentrantReadWriteLock gate = new ReentrantReadWriteLock();
  private final Map<Integer, MVMap<byte[], byte[]>> open = new ConcurrentHashMap<>();
  private final Set<Integer> unwanted = ConcurrentHashMap.newKeySet();

  private final ReentrantLock checkpointLock = new ReentrantLock();
  private final ReentrantLock wakeLock = new ReentrantLock();
  private final Condition wake = wakeLock.newCondition();
  private final Thread checkpoints;
  private final long mostLog;
  private long certain;
  private boolean begun; // the epoch after the next checkpoint; with the checkpoint's lock
  private volatile Pin newest;
  private boolean due;
  private volatile boolean closing;
  private volatile Runnable atCheckpoint = () -> {};
  private final Semaphore quiet = new Semaphore(1);
  private volatile CommitPoint commitPoint = CommitPoint.DISK;
  private volatile boolean refused; // the disk does not take the checkpoint that is written
  private final CompletableFuture<Throwable> failure;

  private Store(EmbeddedMongoSettings settings, Opened opened, WriteLog writeLog) {
    this.settings = settings;
    this.maps = opened.maps();
    this.file = opened.file();
    this.failure = opened.failure();
    this.writeLog = writeLog;
    this.mostLog = Math.clamp(32 * settings.checkpointBytes(), LEAST_FULL_LOG, MOST_FULL_LOG);
    this.newest = new Pin(maps.registerVersionUsage());
    this.checkpoints = Thread.ofPlatform().name("mongo-checkpoints").daemon().unstarted(this::run);
  }

  /**
   * @param directory where the files lie, as H2's file system names it; it exists
   * @throws UncheckedIOException when a file cannot be read or is not whole
   */
  static Store open(EmbeddedMongoSettings settings, String directory) {
    String file = directory + "/store.mv";
    try {
      WriteLog writeLog =
          WriteLog.open(directory, settings.groupCommitWindow(), settings.checkpointBytes());
      try {
        WriteLog.Recovered recovered = writeLog.recover();
        Opened opened = open(settings, file, recovered);
        try {
          Store store = new Store(settings, opened, writeLog);
          store.replay(recovered);
          store.checkpoints.start();
          return store;
        } catch (RuntimeException e) {
          opened.maps().closeImmediately();
          throw e;
        }
      } catch (IOException | RuntimeException e) {
        writeLog.close();
        throw e;
      }
    } catch (IOException e) {
      throw new UncheckedIOException("cannot open the store in " + directory, e);
    }
  }

  private static Opened open(
      EmbeddedMongoSettings settings, String file, WriteLog.@Nullable Recovered recovered)
      throws IOException {
    FilePath path = FilePath.get(file);
    if (recovered == null && path.exists()) {
      if (path.size() > EMPTY_FILE) {
        throw new IOException("there is data, but its log (log0, log1) is missing or damaged");
      }
      path.delete(); // a first start that was cut off before anything could be written
    }
    int cacheMegabytes = (int) Math.max(1, settings.cacheBytes() >> 20);
    CheckpointFile checkpointFile = new CheckpointFile(cacheMegabytes);
    CompletableFuture<Throwable> failure = new CompletableFuture<>();
    checkpointFile.open(OrderedPath.of(file), false, null);
    MVStore maps =
        new MVStore.Builder()
            .adoptFileStore(checkpointFile)
            .autoCommitDisabled()
            .autoCommitBufferSize(0)
            .backgroundExceptionHandler((thread, thrown) -> failure.complete(thrown))
            .open();
    // what guards old space is the pin on the newest checkpoint, not a time or a number of versions
    maps.setRetentionTime(0);
    maps.setVersionsToKeep(VERSIONS_KEPT);
    return new Opened(maps, checkpointFile, failure);
  }

  private record Opened(MVStore maps, CheckpointFile file, CompletableFuture<Throwable> failure) {}

  /**
   * Completed with the reason when the maps are lost, as when their file breaks or an operation
   * stops half-way: nothing is written any more, and what was acknowledged is found by the next
   * start.
   */
  CompletableFuture<Throwable> failure() {
    return failure;
  }

  /** Puts what was logged over the newest checkpoint; doing so to a later one changes nothing. */
  private void replay(WriteLog.@Nullable Recovered recovered) throws IOException {
    if (recovered == null) {
      maps.sync();
      certain = maps.getCurrentVersion();
      writeLog.begin(1, certain);
      return;
    }
    if (maps.getCurrentVersion() < recovered.checkpoint()) {
      throw new IOException(
          "store.mv is older than its log: checkpoint "
              + maps.getCurrentVersion()
              + " instead of "
              + recovered.checkpoint());
    }
    for (List<Change> operation : recovered.operations()) {
      applyToMaps(operation);
    }
    maps.commit();
    maps.sync();
    certain = maps.getCurrentVersion();
    writeLog.begin(recovered.epoch() + 1, certain);
    writeLog.await(writeLog.append(new LogRecord.Durable(certain)));
  }

  CommitPoint commitPoint() {
    return commitPoint;
  }

  /** To be told before anything is written. */
  void commitPoint(CommitPoint other) {
    commitPoint = other;
  }

  /** A time without checkpoints. */
  final class Quiet {
    private Quiet() {}

    void end() {
      quiet.release();
    }
  }

  /** Keeps checkpoints away until it ends; null when one runs, or somebody does so already. */
  @Nullable Quiet tryQuiet() {
    return quiet.tryAcquire() ? new Quiet() : null;
  }

  /** Called between operations in each checkpoint: snapshots are taken anew, pages have moved. */
  void atCheckpoint(Runnable action) {
    atCheckpoint = action;
  }

  MVMap<byte[], byte[]> map(int id) {
    return open.computeIfAbsent(id, key -> maps.openMap("m" + key, BytesType.map()));
  }

  /** The ids of all maps there are. */
  Set<Integer> mapIds() {
    Set<Integer> ids = new java.util.TreeSet<>();
    for (String name : maps.getMapNames()) {
      ids.add(Integer.parseInt(name.substring(1)));
    }
    return ids;
  }

  /** Removes the map with the next checkpoint; nothing must write to it any more. */
  void removeMap(int id) {
    unwanted.add(id);
  }

  /**
   * Applies an operation as a whole.
   *
   * @param applied told the operation's position in the log before any checkpoint can come between
   * @return the position for {@link #await}
   * @throws MongoError OutOfDiskSpace: nothing was done
   * @throws IllegalStateException when the maps are lost: nothing was done
   */
  long apply(List<Change> changes, LongConsumer applied) {
    requireRoom();
    gate.readLock().lock();
    try {
      requireWhole();
      long position = writeLog.append(new LogRecord.Operation(changes));
      try {
        applyToMaps(changes);
        applied.accept(position);
      } catch (Throwable e) { // perhaps half of it, which no checkpoint must keep
        failure.complete(e);
        throw e;
      }
      return position;
    } finally {
      gate.readLock().unlock();
    }
  }

  /** Nothing is built on half an operation, nor written out; the log has it whole or not at all. */
  private void requireWhole() {
    if (failure.isDone()) {
      throw new IllegalStateException("the maps are lost", failure.resultNow());
    }
  }

  /** Refuses before anything is done, rather than to leave open what became of it. */
  private void requireRoom() {
    try {
      writeLog.requireWritable();
    } catch (UncheckedIOException e) {
      throw new MongoError(ErrorKind.OUT_OF_DISK_SPACE, "the disk takes nothing: " + e.getCause());
    }
    long bytes = writeLog.epochBytes();
    if (bytes > 4 * settings.checkpointBytes() && (refused || !roomForCheckpoint())) {
      throw new MongoError(ErrorKind.OUT_OF_DISK_SPACE, "there is no room for a checkpoint");
    }
    if (bytes > mostLog && !shrinks()) {
      throw new MongoError(ErrorKind.OUT_OF_DISK_SPACE, "the log is full: no checkpoint succeeds");
    }
  }

  /** Whether the checkpoint that may be under way ends soon: writers that are too fast wait. */
  private boolean shrinks() {
    long end = System.nanoTime() + FULL_LOG_WAIT.toNanos();
    while (writeLog.epochBytes() > mostLog) {
      if (System.nanoTime() - end >= 0 || failure.isDone() || closing) {
        return false;
      }
      LockSupport.parkNanos(FULL_LOG_LOOK.toNanos());
    }
    return true;
  }

  /** A checkpoint for which there is no room keeps all it shall write in memory: none is begun. */
  private boolean roomForCheckpoint() {
    long usable = settings.directory().toFile().getUsableSpace();
    boolean known = usable > 0 || settings.directory().toFile().isDirectory();
    return !known || usable > 4 * settings.checkpointBytes();
  }

  private void applyToMaps(List<Change> changes) {
    for (Change change : changes) {
      byte @Nullable [] value = change.value();
      if (value == null) {
        map(change.map()).remove(change.key());
      } else {
        map(change.map()).put(change.key(), value);
      }
    }
  }

  /**
   * Returns when that position of the log is on disk.
   *
   * @throws MongoError OutOfDiskSpace: it may be on disk later
   */
  void await(long position) {
    try {
      writeLog.await(position);
    } catch (UncheckedIOException e) {
      throw new MongoError(ErrorKind.OUT_OF_DISK_SPACE, "the disk takes nothing: " + e.getCause());
    }
    if (writeLog.epochBytes() > settings.checkpointBytes()) {
      requestCheckpoint();
    }
  }

  /** The pages of one checkpoint and of all snapshots taken since, kept while anybody holds it. */
  static final class Pin {
    private final MVStore.TxCounter usage;
    private final AtomicInteger holders = new AtomicInteger(1);

    private Pin(MVStore.TxCounter usage) {
      this.usage = usage;
    }

    private boolean hold() {
      return holders.getAndUpdate(count -> count == 0 ? 0 : count + 1) > 0;
    }
  }

  /**
   * Keeps the pages that any snapshot taken from now on refers to, until released. The store itself
   * always holds a pin on the newest checkpoint, and lets go of it only when all snapshots have
   * been taken anew on the next one: whoever pins first and takes a snapshot then is safe.
   */
  Pin pin() {
    while (true) {
      Pin pin = newest;
      if (pin.hold()) {
        return pin;
      }
    }
  }

  void unpin(Pin pin) {
    if (pin.holders.decrementAndGet() == 0) {
      maps.deregisterVersionUsage(pin.usage);
    }
  }

  /**
   * Writes all maps to disk and begins a new epoch of the log. Operations wait a moment only. While
   * the disk takes nothing it waits, until {@link #close}.
   *
   * @throws IllegalStateException when the maps are lost
   */
  void checkpoint() {
    quiet.acquireUninterruptibly();
    try {
      ScopedValue.where(OrderedPath.WHEN_REFUSED, this::awaitDisk).run(this::writeCheckpoint);
    } finally {
      if (refused) {
        refused = false;
        log.info("the checkpoint that was waiting is over");
      }
      quiet.release();
    }
  }

  /** The disk was full, or is broken for a while; operations go on as far as the log has room. */
  private void awaitDisk(IOException refusal) throws IOException {
    wakeLock.lock();
    try {
      if (!closing) {
        if (!refused) {
          log.warn(
              "the disk does not take a checkpoint; it is tried until it does: {}",
              refusal.toString());
        }
        refused = true;
        long nanos = RETRY.toNanos();
        while (nanos > 0 && !closing) {
          nanos = wake.awaitNanos(nanos);
        }
      }
      if (closing) {
        throw refusal;
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw refusal;
    } finally {
      wakeLock.unlock();
    }
  }

  private void writeCheckpoint() {
    checkpointLock.lock();
    try {
      // rewrites the living pages of mostly dead chunks, about as much as was written anew
      maps.compact(FILL_PERCENT, (int) Math.min(settings.checkpointBytes(), 64 << 20));
      gate.writeLock().lock();
      try {
        requireWhole();
        if (begun) { // a new epoch would be written over the log of the last certain checkpoint
          writeLog.force();
        } else {
          long epoch = writeLog.epoch();
          try {
            writeLog.rotate(certain);
          } finally {
            begun = writeLog.epoch() != epoch;
          }
        }
        for (int id : List.copyOf(unwanted)) {
          maps.removeMap(map(id));
          open.remove(id);
          unwanted.remove(id);
        }
        atCheckpoint.run();
        file.whenRootsAreTaken(gate.writeLock()::unlock);
        maps.commit();
      } finally {
        file.whenRootsAreTaken(null);
        if (gate.isWriteLockedByCurrentThread()) {
          gate.writeLock().unlock(); // there was nothing to commit
        }
      }
      maps.sync();
      Pin before = newest; // if that failed, it still holds what the last certain one needs
      newest = new Pin(maps.registerVersionUsage());
      certain = maps.getCurrentVersion();
      begun = false;
      try {
        writeLog.await(writeLog.append(new LogRecord.Durable(certain)));
      } finally {
        unpin(before);
      }
    } finally {
      checkpointLock.unlock();
    }
  }

  private void requestCheckpoint() {
    wakeLock.lock();
    try {
      due = true;
      wake.signal();
    } finally {
      wakeLock.unlock();
    }
  }

  private void run() {
    while (true) {
      wakeLock.lock();
      try {
        while (!due && !closing) {
          wake.awaitUninterruptibly();
        }
        if (closing) {
          return;
        }
        due = false;
      } finally {
        wakeLock.unlock();
      }
      try {
        if (writeLog.epochBytes() > settings.checkpointBytes()) {
          if (roomForCheckpoint()) {
            checkpoint();
          } else {
            log.warn("no room for a checkpoint; the log keeps what was acknowledged");
          }
        }
      } catch (UncheckedIOException e) { // of the log, before anything was begun or after all
        log.warn("no checkpoint; the log keeps what was acknowledged: {}", e.toString());
      } catch (RuntimeException e) {
        if (!closing && !failure.isDone()) { // else it is said, or of no account
          log.error("checkpoint failed; the log keeps what was acknowledged", e);
        }
      } catch (Error e) { // there would be no checkpoint any more
        failure.complete(e);
        return;
      }
    }
  }

  long fileBytes() {
    return maps.getFileStore().size();
  }

  /** A last checkpoint, then all files closed; nobody may call in any more. */
  @Override
  public void close() {
    wakeLock.lock();
    try {
      closing = true;
      wake.signal();
    } finally {
      wakeLock.unlock();
    }
    try {
      checkpoints.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    try {
      if (!maps.isClosed() && !failure.isDone() && roomForCheckpoint()) {
        checkpoint();
        unpin(newest);
        maps.close();
      } else {
        maps.closeImmediately(); // the log keeps what was acknowledged
      }
    } catch (UncheckedIOException | MVStoreException | IllegalStateException e) {
      log.warn("no last checkpoint; the log keeps what was acknowledged: {}", e.toString());
      maps.closeImmediately();
    } finally {
      try {
        writeLog.close();
      } catch (IOException e) {
        log.warn("closing the log", e);
      }
    }
  }

  static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
