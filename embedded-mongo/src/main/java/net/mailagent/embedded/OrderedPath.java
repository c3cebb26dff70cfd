package net.mailagent.embedded;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.MappedByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import org.h2.store.fs.FileBase;
import org.h2.store.fs.FilePath;

/**
 * A file of MVStore's in which a chunk either is whole or is not there. MVStore knows a chunk by
 * its header and footer only; when the power fails, both may have reached the disk without what
 * lies between. So the first sector, which is the header, is written when all the rest has been
 * forced. That costs two forces for each checkpoint. What the disk does not take, since it is full,
 * is tried again as long as {@link #WHEN_REFUSED} says: MVStore itself would be lost. H2 finds it
 * by the scheme {@code ordered:}. Any thread.
 */
final class OrderedPath extends FilePath {
  private static final String SCHEME = "ordered";
  private static final int SECTOR = 512;
  private static final byte[] CHUNK = "chunk:".getBytes(StandardCharsets.ISO_8859_1);

  /** What to do when the disk does not take a write, on the thread that writes. */
  static final ScopedValue<Patience> WHEN_REFUSED = ScopedValue.newInstance();

  /** Waits before the same is written again. */
  @FunctionalInterface
  interface Patience {
    Patience NONE =
        refusal -> {
          throw refusal;
        };

    /**
     * @throws IOException the refusal, to give up
     */
    void await(IOException refusal) throws IOException;
  }

  static {
    FilePath.register(new OrderedPath());
  }

  private OrderedPath() {}

  /** The name by which H2 opens that file in order. */
  static String of(String file) {
    return SCHEME + ":" + file;
  }

  private FilePath base() {
    return FilePath.get(name.substring(SCHEME.length() + 1));
  }

  private static FilePath wrap(FilePath base) {
    OrderedPath path = new OrderedPath();
    path.name = of(base.name);
    return path;
  }

  @Override
  public FileChannel open(String mode) throws IOException {
    return new Ordered(base().open(mode));
  }

  @Override
  public String getScheme() {
    return SCHEME;
  }

  @Override
  public FilePath getPath(String path) {
    OrderedPath result = new OrderedPath();
    result.name = path;
    return result;
  }

  @Override
  public FilePath unwrap() {
    return base();
  }

  @Override
  public long size() {
    return base().size();
  }

  @Override
  public void moveTo(FilePath newName, boolean atomicReplace) {
    base().moveTo(newName.unwrap(), atomicReplace);
  }

  @Override
  public boolean createFile() {
    return base().createFile();
  }

  @Override
  public boolean exists() {
    return base().exists();
  }

  @Override
  public void delete() {
    base().delete();
  }

  @Override
  public List<FilePath> newDirectoryStream() {
    return base().newDirectoryStream().stream().map(OrderedPath::wrap).toList();
  }

  @Override
  public FilePath toRealPath() {
    return wrap(base().toRealPath());
  }

  @Override
  public FilePath getParent() {
    return wrap(base().getParent());
  }

  @Override
  public boolean isDirectory() {
    return base().isDirectory();
  }

  @Override
  public boolean isRegularFile() {
    return base().isRegularFile();
  }

  @Override
  public boolean isAbsolute() {
    return base().isAbsolute();
  }

  @Override
  public long lastModified() {
    return base().lastModified();
  }

  @Override
  public boolean canWrite() {
    return base().canWrite();
  }

  @Override
  public void createDirectory() {
    base().createDirectory();
  }

  @Override
  public boolean setReadOnly() {
    return base().setReadOnly();
  }

  /** The channel that holds a chunk's first sector back until the rest is on disk. */
  private static final class Ordered extends FileBase {
    private final FileChannel base;

    Ordered(FileChannel base) {
      this.base = base;
    }

    @Override
    public synchronized int write(ByteBuffer from, long position) throws IOException {
      int length = from.remaining();
      boolean written = false;
      while (!written) {
        try {
          writeInOrder(from.duplicate(), position);
          written = true;
        } catch (ClosedChannelException e) {
          throw e;
        } catch (IOException e) {
          // what the disk holds of it is unknown: all of it is written again, to the same place
          WHEN_REFUSED.orElse(Patience.NONE).await(e);
        }
      }
      from.position(from.limit());
      return length;
    }

    private void writeInOrder(ByteBuffer from, long position) throws IOException {
      if (from.remaining() <= SECTOR || !isChunk(from)) {
        writeFully(from, position);
        return;
      }
      int begin = from.position();
      writeFully(from.duplicate().position(begin + SECTOR), position + SECTOR);
      base.force(true);
      writeFully(from.duplicate().limit(begin + SECTOR), position);
      base.force(false);
    }

    private void writeFully(ByteBuffer from, long position) throws IOException {
      long at = position;
      while (from.hasRemaining()) {
        at += base.write(from, at);
      }
    }

    private static boolean isChunk(ByteBuffer from) {
      byte[] start = new byte[CHUNK.length];
      from.duplicate().get(start);
      return Arrays.equals(start, CHUNK);
    }

    /** Not synchronized: reads do not wait for a checkpoint's forces. */
    @Override
    @SuppressWarnings("UnsynchronizedOverridesSynchronized")
    public int read(ByteBuffer to, long position) throws IOException {
      return base.read(to, position);
    }

    @Override
    public int read(ByteBuffer to) throws IOException {
      return base.read(to);
    }

    @Override
    public int write(ByteBuffer from) throws IOException {
      return base.write(from);
    }

    @Override
    public long position() throws IOException {
      return base.position();
    }

    @Override
    public FileChannel position(long newPosition) throws IOException {
      base.position(newPosition);
      return this;
    }

    @Override
    public long size() throws IOException {
      return base.size();
    }

    @Override
    public FileChannel truncate(long size) throws IOException {
      base.truncate(size);
      return this;
    }

    @Override
    public void force(boolean metaData) throws IOException {
      base.force(metaData);
    }

    @Override
    public FileLock tryLock(long position, long size, boolean shared) throws IOException {
      return base.tryLock(position, size, shared);
    }

    @Override
    public FileLock lock(long position, long size, boolean shared) throws IOException {
      return base.lock(position, size, shared);
    }

    @Override
    public MappedByteBuffer map(MapMode mode, long position, long size) throws IOException {
      return base.map(mode, position, size);
    }

    @Override
    protected void implCloseChannel() throws IOException {
      base.close();
    }
  }
}
