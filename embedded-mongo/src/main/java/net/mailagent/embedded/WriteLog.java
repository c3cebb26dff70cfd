package net.mailagent.embedded;

import java.io.Closeable;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import org.h2.store.fs.FilePath;
import org.jspecify.annotations.Nullable;

/**
 * The log that makes an acknowledgement durable: operations are appended in memory and one writer
 * forces to disk all that has been appended by then, for all who wait (group commit). Any thread.
 *
 * <p>An epoch is what was appended between two checkpoints. Epochs alternate between two files that
 * are overwritten in place: their size does not change in the long run, so that a force writes data
 * only, no file metadata. An epoch's file is overwritten only when the checkpoint after it is on
 * disk for certain.
 *
 * <p>Invariant: what lies below {@link #durable} survives a power failure.
 */
final class WriteLog implements Closeable {
  private static final int EXTENT = 1 << 20;
  private static final long MOST_BYTES = Integer.MAX_VALUE - 16;
  private static final int KEPT_BUFFER = 4 << 20;

  private final FileChannel[] files;
  private final long[] allocated = new long[2];
  private final long windowNanos;
  private final long keptBytes;

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition flushed = lock.newCondition();
  // below: guarded by lock
  private ByteBuffer pending = ByteBuffer.allocate(1 << 16);
  private ByteBuffer spare = ByteBuffer.allocate(1 << 16);
  private long epoch;
  private long epochBytes;
  private long appended;
  private boolean flushing;
  private @Nullable ByteBuffer unwritten; // what the disk did not take, to be tried again
  private @Nullable IOException failure; // why

  private volatile long durable;

  private WriteLog(FileChannel[] files, Duration window, long keptBytes) {
    this.files = files;
    this.keptBytes = (keptBytes + EXTENT - 1) / EXTENT * EXTENT + EXTENT;
    this.windowNanos = window.toNanos();
  }

  /** What the log held when it was opened. */
  record Recovered(long epoch, long checkpoint, List<List<Change>> operations) {}

  /**
   * @param keptBytes a file that one large operation made longer is cut back to about this
   */
  static WriteLog open(String directory, Duration window, long keptBytes) throws IOException {
    FileChannel[] files = new FileChannel[2];
    for (int i = 0; i < 2; i++) {
      files[i] = FilePath.get(directory + "/log" + i).open("rw");
    }
    WriteLog log = new WriteLog(files, window, keptBytes);
    for (int i = 0; i < 2; i++) {
      log.allocated[i] = files[i].size();
    }
    return log;
  }

  /**
   * Reads what is to be replayed over the newest checkpoint.
   *
   * @return null when nothing was ever logged here
   */
  @Nullable Recovered recover() throws IOException {
    Epoch one = Epoch.read(files[0]);
    Epoch two = Epoch.read(files[1]);
    Epoch newest = one;
    Epoch before = two;
    if (one == null || (two != null && two.number > one.number)) {
      newest = two;
      before = one;
    }
    if (newest == null) {
      return null;
    }
    List<List<Change>> operations = new ArrayList<>();
    if (!newest.settled && before != null && before.number == newest.number - 1) {
      operations.addAll(before.operations);
    }
    operations.addAll(newest.operations);
    return new Recovered(newest.number, newest.checkpoint, operations);
  }

  /** Appends; the operation is durable once {@link #await} has returned for the position given. */
  long append(LogRecord record) {
    byte[] body = record.body();
    lock.lock();
    try {
      int at = pending.position();
      int size = LogRecord.HEAD + body.length;
      if (pending.remaining() < size) {
        int wanted = Math.max(Math.addExact(at, size), Math.min(pending.capacity(), 1 << 29) * 2);
        pending = ByteBuffer.wrap(Arrays.copyOf(pending.array(), wanted)).position(at);
      }
      pending.put(at + LogRecord.HEAD, body);
      LogRecord.writeHead(pending, at, record.kind(), body.length, epoch, epochBytes);
      pending.position(at + size);
      epochBytes += size;
      appended += size;
      return appended;
    } finally {
      lock.unlock();
    }
  }

  /** Bytes appended since the epoch began. */
  long epochBytes() {
    lock.lock();
    try {
      return epochBytes;
    } finally {
      lock.unlock();
    }
  }

  /**
   * Returns when all up to that position is on disk; one of those who wait does the work.
   *
   * @throws UncheckedIOException when the disk does not take it now, as when it is full: the
   *     operation may be on disk later
   */
  void await(long position) {
    boolean tried = false;
    while (durable < position) {
      lock.lock();
      try {
        boolean waited = false;
        while (flushing && durable < position) {
          flushed.awaitUninterruptibly();
          waited = true;
        }
        if (durable >= position) {
          return;
        }
        if (failure != null && (waited || tried)) {
          throw new UncheckedIOException("the log could not be written", failure);
        }
        tried = true;
        flushing = true;
      } finally {
        lock.unlock();
      }
      if (windowNanos > 0) {
        LockSupport.parkNanos(windowNanos);
      }
      flush();
    }
  }

  /**
   * Begins the next epoch. The caller sees to it that nobody appends meanwhile; what was appended
   * before is durable on return, and so is the beginning of the new epoch.
   *
   * @param checkpoint the newest checkpoint on disk for certain
   */
  void rotate(long checkpoint) {
    force();
    begin(epoch() + 1, checkpoint);
  }

  /** Returns when all that was appended is on disk; {@link #await} says what it throws. */
  void force() {
    await(appended());
  }

  private long appended() {
    lock.lock();
    try {
      return appended;
    } finally {
      lock.unlock();
    }
  }

  /** The number of the epoch that is written to. */
  long epoch() {
    lock.lock();
    try {
      return epoch;
    } finally {
      lock.unlock();
    }
  }

  /** Begins an epoch of that number in its file, from the front. */
  void begin(long number, long checkpoint) {
    lock.lock();
    try {
      if (unwritten != null) {
        throw new IllegalStateException("the epoch before is not on disk");
      }
      epoch = number;
      epochBytes = 0;
    } finally {
      lock.unlock();
    }
    await(append(new LogRecord.Begin(checkpoint)));
  }

  /**
   * Tries again what the disk did not take.
   *
   * @throws UncheckedIOException when it still does not: nothing should be appended then
   */
  void requireWritable() {
    long position;
    lock.lock();
    try {
      if (failure == null) {
        return;
      }
      position = appended;
    } finally {
      lock.unlock();
    }
    await(position);
  }

  private void flush() {
    ByteBuffer batch;
    long end;
    long position;
    int file;
    lock.lock();
    try {
      batch = withUnwritten(pending);
      pending = spare;
      end = appended;
      position = epochBytes - batch.position();
      file = (int) (epoch & 1);
    } finally {
      lock.unlock();
    }
    IOException failed = null;
    try {
      write(file, batch.flip(), position);
    } catch (IOException e) {
      failed = e;
    }
    lock.lock();
    try {
      failure = failed;
      if (failed == null) {
        durable = end;
        spare = batch.capacity() > KEPT_BUFFER ? ByteBuffer.allocate(1 << 16) : batch.clear();
      } else {
        // What the disk holds of it is unknown, so all of it is written again, to the same place,
        // before anything behind it counts.
        unwritten = batch.position(0);
        spare = ByteBuffer.allocate(1 << 16);
      }
      flushing = false;
      flushed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /** What was not taken last time, and what came since; the caller has the lock. */
  private ByteBuffer withUnwritten(ByteBuffer newer) {
    ByteBuffer older = unwritten;
    if (older == null) {
      return newer;
    }
    unwritten = null;
    ByteBuffer both = ByteBuffer.allocate(older.remaining() + newer.position());
    return both.put(older).put(newer.flip());
  }

  private void write(int file, ByteBuffer batch, long position) throws IOException {
    FileChannel channel = files[file];
    boolean resized = false;
    long end = position + batch.remaining();
    if (position == 0 && allocated[file] > Math.max(end, keptBytes)) {
      channel.truncate(keptBytes);
      allocated[file] = keptBytes;
      resized = true;
    }
    if (end > allocated[file]) {
      long size = (end + EXTENT - 1) / EXTENT * EXTENT;
      ByteBuffer zeros = ByteBuffer.allocate((int) Math.min(EXTENT, size - end));
      for (long at = end; at < size; at += zeros.limit()) {
        writeFully(channel, zeros.rewind().limit((int) Math.min(EXTENT, size - at)), at);
      }
      allocated[file] = size;
      resized = true;
    }
    writeFully(channel, batch, position);
    channel.force(resized);
  }

  private static void writeFully(FileChannel channel, ByteBuffer from, long position)
      throws IOException {
    long at = position;
    while (from.hasRemaining()) {
      at += channel.write(from, at);
    }
  }

  @Override
  public void close() throws IOException {
    for (FileChannel file : files) {
      file.close();
    }
  }

  /** What one file holds: the records of one epoch, up to the first that was not completed. */
  private static final class Epoch {
    private final long number;
    private final List<List<Change>> operations = new ArrayList<>();
    private long checkpoint;

    /** Whether the checkpoint this epoch began with is on disk: the epoch before is not needed. */
    private boolean settled;

    private Epoch(long number) {
      this.number = number;
    }

    static @Nullable Epoch read(FileChannel file) throws IOException {
      if (file.size() > MOST_BYTES) { // what is behind that was acknowledged, too
        throw new IOException("a log of " + file.size() + " bytes cannot be read");
      }
      ByteBuffer bytes = ByteBuffer.allocate((int) file.size());
      while (bytes.hasRemaining() && file.read(bytes, bytes.position()) > 0) {}
      bytes.flip();
      LogRecord.Read first = LogRecord.read(bytes, 0);
      if (first == null) {
        return null;
      }
      Epoch epoch = new Epoch(first.epoch());
      for (LogRecord.Read read = first;
          read != null && read.epoch() == epoch.number;
          read = LogRecord.read(bytes, read.next())) {
        switch (read.record()) {
          case LogRecord.Operation operation -> epoch.operations.add(operation.changes());
          case LogRecord.Begin begin -> epoch.checkpoint = begin.checkpoint();
          case LogRecord.Durable mark -> {
            epoch.checkpoint = mark.checkpoint();
            epoch.settled = true;
          }
        }
      }
      return epoch;
    }
  }
}
