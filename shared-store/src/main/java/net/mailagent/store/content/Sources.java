package net.mailagent.store.content;

import java.nio.ByteBuffer;
import java.util.List;
import net.mailagent.model.ByteSource;
import org.jspecify.annotations.Nullable;

/** Small sources of octets. Each is used by one thread at a time. */
final class Sources {
  private Sources() {}

  /** The octets [from, to) of an array that nobody changes. */
  static ByteSource of(byte[] octets, int from, int to) {
    return new Array(octets, from, to);
  }

  static ByteSource of(byte[] octets) {
    return new Array(octets, 0, octets.length);
  }

  /**
   * At most {@code length} octets of a source from {@code offset} on; what is skipped is read and
   * forgotten.
   */
  static ByteSource clip(ByteSource source, long offset, long length) {
    return offset == 0 && length == Long.MAX_VALUE ? source : new Clip(source, offset, length);
  }

  /** Sources one after the other. */
  static ByteSource join(List<ByteSource> sources) {
    return sources.size() == 1 ? sources.getFirst() : new Joined(sources);
  }

  private static final class Joined implements ByteSource {
    private final List<ByteSource> sources;
    private int at;

    Joined(List<ByteSource> sources) {
      this.sources = sources;
    }

    @Override
    public long length() {
      return sources.stream().mapToLong(ByteSource::length).sum();
    }

    @Override
    public @Nullable ByteBuffer next() {
      while (at < sources.size()) {
        ByteBuffer block = sources.get(at).next();
        if (block != null) {
          return block;
        }
        at++;
      }
      return null;
    }

    @Override
    public void close() {
      at = sources.size();
      sources.forEach(ByteSource::close);
    }
  }

  private static final class Array implements ByteSource {
    private final ByteBuffer octets;
    private final int length;
    private boolean given;

    Array(byte[] octets, int from, int to) {
      this.octets = ByteBuffer.wrap(octets, from, to - from).slice().asReadOnlyBuffer();
      this.length = to - from;
      this.given = length == 0;
    }

    @Override
    public long length() {
      return length;
    }

    @Override
    public @Nullable ByteBuffer next() {
      if (given) {
        return null;
      }
      given = true;
      return octets;
    }

    @Override
    public void close() {
      given = true;
    }
  }

  private static final class Clip implements ByteSource {
    private final ByteSource source;
    private final long wanted;
    private final long offset;
    private long length = -1;
    private long skip;
    private long left;

    Clip(ByteSource source, long offset, long wanted) {
      this.source = source;
      this.offset = offset;
      this.wanted = wanted;
      this.skip = offset;
      this.left = wanted;
    }

    @Override
    public long length() {
      if (length < 0) {
        length = Math.max(0, Math.min(wanted, source.length() - offset));
      }
      return length;
    }

    @Override
    public @Nullable ByteBuffer next() {
      while (left > 0) {
        ByteBuffer block = source.next();
        if (block == null) {
          return null;
        }
        int passed = (int) Math.min(skip, block.remaining());
        skip -= passed;
        block = block.slice(block.position() + passed, block.remaining() - passed);
        if (block.remaining() > left) {
          block.limit((int) left);
        }
        if (block.hasRemaining()) {
          left -= block.remaining();
          return block;
        }
      }
      source.close();
      return null;
    }

    @Override
    public void close() {
      left = 0;
      source.close();
    }
  }
}
