package net.mailagent.store.content;

import java.nio.ByteBuffer;
import net.mailagent.model.ByteSource;
import org.jspecify.annotations.Nullable;

/**
 * The octets [start, end) of a stored message: the trace header in front, then its segments. A
 * segment is opened when its turn comes, so nothing outside of the range is read. One thread at a
 * time.
 */
final class SegmentSource implements ByteSource {
  /** Opens octets [offset, offset + length) of a blob. */
  @FunctionalInterface
  interface BlobOpener {
    ByteSource open(BlobId blob, long offset, long length);
  }

  private final byte[] trace;
  private final byte[] inline;
  private final Segments segments;
  private final BlobOpener blobs;
  private final long length;
  private final long end;
  private long at;
  private @Nullable ByteSource current;

  /** The range must lie within the message. */
  SegmentSource(
      byte[] trace, byte[] inline, Segments segments, BlobOpener blobs, long start, long end) {
    this.trace = trace;
    this.inline = inline;
    this.segments = segments;
    this.blobs = blobs;
    this.at = start;
    this.end = end;
    this.length = end - start;
  }

  @Override
  public long length() {
    return length;
  }

  @Override
  public @Nullable ByteBuffer next() {
    while (true) {
      ByteSource source = current;
      if (source == null) {
        if (at >= end) {
          return null;
        }
        source = open();
        current = source;
      }
      ByteBuffer block = source.next();
      if (block != null) {
        return block;
      }
      source.close();
      current = null;
    }
  }

  /** Opens what follows, as far as one place holds it. */
  private ByteSource open() {
    if (at < trace.length) {
      int from = (int) at;
      int to = (int) Math.min(trace.length, end);
      at = to;
      return Sources.of(trace, from, to);
    }
    int i = segments.at(at - trace.length);
    Segment segment = segments.list().get(i);
    long begins = trace.length + segments.start(i);
    long skip = at - begins;
    long count = Math.min(segment.length() - skip, end - at);
    at += count;
    return switch (segment) {
      case Segment.Inline here -> {
        int from = here.offset() + (int) skip;
        yield Sources.of(inline, from, from + (int) count);
      }
      case Segment.Raw raw -> blobs.open(raw.blob(), raw.offset() + skip, count);
      case Segment.Base64 decoded -> Base64Source.open(decoded, blobs, skip, skip + count);
    };
  }

  @Override
  public void close() {
    at = end;
    ByteSource source = current;
    current = null;
    if (source != null) {
      source.close();
    }
  }
}
