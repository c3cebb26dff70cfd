package net.mailagent.embedded;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import org.h2.store.fs.FileBaseDefault;
import org.h2.store.fs.FilePath;
import org.jspecify.annotations.Nullable;

/**
 * Files in memory that know which writes were not forced yet. {@link #crash} gives what a disk
 * could hold after the power fails now: all that was forced, and of the rest nothing or any part,
 * sector by sector. H2 opens them as {@code crash:name/file}.
 */
final class CrashingFiles {
  private static final int SECTOR = 512;
  private static final long FORCE_NANOS = 200_000;
  private static final Map<String, CrashingFiles> DISKS = new ConcurrentHashMap<>();

  static {
    FilePath.register(new CrashPath());
  }

  /** A write (or, with no bytes, a truncation to {@code position}) that was not forced. */
  private record Pending(long position, byte[] bytes, boolean truncation) {}

  private static final class Content {
    private boolean gone;
    private boolean unreadable;
    private byte[] seen = new byte[0];
    private byte[] forced = new byte[0];
    private final List<Pending> pending = new ArrayList<>();
  }

  private final String name;
  // guarded by this: a crash hits all files at the same moment
  private final Map<String, Content> files = new TreeMap<>();
  private boolean full;
  private int writesLeft;
  private @Nullable Supplier<CrashingFiles> plan;
  private @Nullable CrashingFiles crashed;

  private CrashingFiles(String name) {
    this.name = name;
    DISKS.put(name, this);
  }

  static CrashingFiles create(String name) {
    return new CrashingFiles(name);
  }

  /** Whether no file can grow. */
  synchronized void full(boolean now) {
    full = now;
  }

  /** From now on that file can be written no more, as if its device were gone. */
  synchronized void lose(String file) {
    open(file).gone = true;
  }

  /** Whether nothing can be read of that file, as when its sectors are bad. */
  synchronized void unreadable(String file, boolean now) {
    open(file).unreadable = now;
  }

  /** What {@link Store#open} is given as its directory. */
  String directory() {
    return "crash:" + name;
  }

  void forget() {
    DISKS.remove(name);
  }

  /**
   * @param survivors the chance of each unforced sector to be on the disk all the same: 0 drops
   *     every write since the last force
   */
  synchronized CrashingFiles crash(String as, double survivors, RandomGenerator random) {
    CrashingFiles after = new CrashingFiles(as);
    files.forEach((file, content) -> {
      byte[] bytes = content.forced.clone();
      for (Pending write : content.pending) {
        bytes = applySome(bytes, write, survivors, random);
      }
      Content found = new Content();
      found.seen = bytes;
      found.forced = bytes.clone();
      after.files.put(file, found);
    });
    return after;
  }

  /** Has {@link #crash} happen by itself at that write from now. */
  synchronized void crashAtWrite(int write, String as, double survivors, RandomGenerator random) {
    writesLeft = write;
    plan = () -> crash(as, survivors, random);
  }

  /** What came of {@link #crashAtWrite}; null when there were fewer writes. */
  synchronized @Nullable CrashingFiles crashed() {
    return crashed;
  }

  private void countWrite() {
    Supplier<CrashingFiles> due = plan;
    if (due != null && --writesLeft == 0) {
      crashed = due.get();
      plan = null;
    }
  }

  private static byte[] applySome(
      byte[] bytes, Pending write, double survivors, RandomGenerator random) {
    if (write.truncation) {
      return random.nextDouble() < survivors
          ? Arrays.copyOf(bytes, (int) Math.min(bytes.length, write.position))
          : bytes;
    }
    byte[] result = bytes;
    for (int at = 0; at < write.bytes.length; ) {
      int position = (int) write.position + at;
      int length = Math.min(SECTOR - position % SECTOR, write.bytes.length - at);
      if (random.nextDouble() < survivors) {
        if (result.length < position + length) {
          result = Arrays.copyOf(result, position + length);
        }
        System.arraycopy(write.bytes, at, result, position, length);
      }
      at += length;
    }
    return result;
  }

  private static byte[] apply(byte[] bytes, Pending write) {
    if (write.truncation) {
      return Arrays.copyOf(bytes, (int) Math.min(bytes.length, write.position));
    }
    int end = (int) write.position + write.bytes.length;
    byte[] result = bytes.length < end ? Arrays.copyOf(bytes, end) : bytes;
    System.arraycopy(write.bytes, 0, result, (int) write.position, write.bytes.length);
    return result;
  }

  private synchronized Content open(String file) {
    return files.computeIfAbsent(file, key -> new Content());
  }

  /** The scheme that H2 finds these files by. */
  private static final class CrashPath extends FilePath {
    private static final String SCHEME = "crash:";

    private CrashingFiles disk() {
      String path = name.substring(SCHEME.length());
      CrashingFiles disk =
          DISKS.get(path.contains("/") ? path.substring(0, path.indexOf('/')) : path);
      if (disk == null) {
        throw new IllegalStateException("no such disk: " + name);
      }
      return disk;
    }

    private String file() {
      return name.substring(name.indexOf('/') + 1);
    }

    @Override
    public String getScheme() {
      return "crash";
    }

    @Override
    public FilePath getPath(String path) {
      CrashPath result = new CrashPath();
      result.name = path;
      return result;
    }

    @Override
    public FileChannel open(String mode) {
      CrashingFiles disk = disk();
      return new CrashingChannel(disk, disk.open(file()));
    }

    @Override
    public long size() {
      synchronized (disk()) {
        return disk().open(file()).seen.length;
      }
    }

    @Override
    public boolean exists() {
      synchronized (disk()) {
        return !name.contains("/") || disk().files.containsKey(file());
      }
    }

    @Override
    public FilePath getParent() {
      return getPath(name.substring(0, name.indexOf('/')));
    }

    @Override
    public boolean isDirectory() {
      return !name.contains("/");
    }

    @Override
    public boolean isRegularFile() {
      return name.contains("/");
    }

    @Override
    public boolean isAbsolute() {
      return true;
    }

    @Override
    public boolean canWrite() {
      return true;
    }

    @Override
    public FilePath toRealPath() {
      return this;
    }

    @Override
    public long lastModified() {
      return 0;
    }

    @Override
    public void createDirectory() {}

    @Override
    public boolean createFile() {
      throw new UnsupportedOperationException();
    }

    @Override
    public void delete() {
      synchronized (disk()) {
        disk().files.remove(file());
      }
    }

    @Override
    public void moveTo(FilePath newName, boolean atomicReplace) {
      throw new UnsupportedOperationException();
    }

    @Override
    public List<FilePath> newDirectoryStream() {
      throw new UnsupportedOperationException();
    }

    @Override
    public boolean setReadOnly() {
      return false;
    }
  }

  private static final class CrashingChannel extends FileBaseDefault {
    private final CrashingFiles disk;
    private final Content content;

    CrashingChannel(CrashingFiles disk, Content content) {
      this.disk = disk;
      this.content = content;
    }

    @Override
    public int read(ByteBuffer to, long position) throws IOException {
      synchronized (disk) {
        if (content.unreadable) {
          throw new IOException("Input/output error");
        }
        int length = (int) Math.min(to.remaining(), content.seen.length - position);
        if (length <= 0) {
          return -1;
        }
        to.put(content.seen, (int) position, length);
        return length;
      }
    }

    @Override
    public int write(ByteBuffer from, long position) throws IOException {
      synchronized (disk) {
        if (content.gone) {
          throw new ClosedChannelException();
        }
        if (disk.full && position + from.remaining() > content.seen.length) {
          throw new IOException("No space left on device");
        }
        byte[] bytes = new byte[from.remaining()];
        from.get(bytes);
        int end = (int) position + bytes.length;
        if (content.seen.length < end) {
          content.seen = Arrays.copyOf(content.seen, end);
        }
        System.arraycopy(bytes, 0, content.seen, (int) position, bytes.length);
        content.pending.add(new Pending(position, bytes, false));
        disk.countWrite();
        return bytes.length;
      }
    }

    @Override
    protected void implTruncate(long size) {
      synchronized (disk) {
        if (size < content.seen.length) {
          content.seen = Arrays.copyOf(content.seen, (int) size);
          content.pending.add(new Pending(size, new byte[0], true));
        }
      }
    }

    @Override
    public void force(boolean metaData) {
      LockSupport.parkNanos(FORCE_NANOS); // long enough that writers meet
      synchronized (disk) {
        for (Pending write : content.pending) {
          content.forced = apply(content.forced, write);
        }
        content.pending.clear();
      }
    }

    @Override
    public long size() {
      synchronized (disk) {
        return content.seen.length;
      }
    }

    @Override
    public FileLock tryLock(long position, long size, boolean shared) {
      return new FileLock((FileChannel) this, position, size, shared) {
        @Override
        public boolean isValid() {
          return true;
        }

        @Override
        public void release() throws IOException {
          // the directory's own lock is tried elsewhere
        }
      };
    }
  }
}
