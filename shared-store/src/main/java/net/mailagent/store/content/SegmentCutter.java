package net.mailagent.store.content;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import net.mailagent.mime.LeafInfo;
import net.mailagent.mime.MimeSink;
import net.mailagent.store.content.Uploads.Upload;
import org.jspecify.annotations.Nullable;

/**
 * Cuts a message into segments while the parser names its octets. On the thread that feeds the
 * parser.
 *
 * <p>A leaf longer than {@code smallBody} becomes a blob of its own. All else (headers, boundaries,
 * small leaves) stays in order in the document until {@code inlineLimit} is reached; from there on
 * it goes, in order, into one further blob, the overflow. So whatever a message looks like, its
 * document is bounded, and no more than two uploads are open at a time.
 */
final class SegmentCutter implements MimeSink {
  private final ContentSettings settings;
  private final Uploads uploads;
  private final Octets inline;
  private final Octets held; // the beginning of a leaf while it is not known to be long
  private final List<Piece> pieces = new ArrayList<>();
  private @Nullable Upload overflow;
  private @Nullable Upload leaf;
  private boolean holding;
  private int leaves;

  /** A segment whose blob has no name yet; upload null means inline. */
  private static final class Piece {
    final @Nullable Upload upload;
    final long offset;
    long length;

    Piece(@Nullable Upload upload, long offset) {
      this.upload = upload;
      this.offset = offset;
    }
  }

  SegmentCutter(ContentSettings settings, Uploads uploads) {
    this.settings = settings;
    this.uploads = uploads;
    this.inline = new Octets(1024, settings.inlineLimit());
    this.held = new Octets(1024, settings.smallBody());
  }

  @Override
  public void bytes(ByteBuffer slice) {
    int here = Math.min(slice.remaining(), overflow == null ? inline.room() : 0);
    if (here > 0) {
      int end = slice.limit();
      slice.limit(slice.position() + here);
      piece(null, inline.size(), here);
      inline.add(slice);
      slice.limit(end);
    }
    if (slice.hasRemaining()) {
      Upload spill = overflow;
      if (spill == null) {
        spill = uploads.open();
        overflow = spill;
      }
      piece(spill, spill.length(), slice.remaining());
      spill.write(slice);
    }
  }

  @Override
  public void bodyStart(LeafInfo info) {
    holding = leaves < settings.maxBlobs();
  }

  @Override
  public void body(ByteBuffer slice) {
    if (leaf != null) {
      send(leaf, slice);
    } else if (!holding) {
      bytes(slice);
    } else if (slice.remaining() <= held.room()) {
      held.add(slice);
    } else {
      Upload upload = uploads.open();
      leaf = upload;
      leaves++;
      if (held.size() > 0) {
        send(upload, held.view());
        held.clear();
      }
      send(upload, slice);
    }
  }

  private void send(Upload upload, ByteBuffer slice) {
    piece(upload, upload.length(), slice.remaining());
    upload.write(slice);
  }

  @Override
  public void bodyEnd() {
    holding = false;
    if (leaf != null) {
      leaf.end();
      leaf = null;
    } else if (held.size() > 0) {
      bytes(held.view());
      held.clear();
    }
  }

  /** Notes octets; a run in the same place is one piece. */
  private void piece(@Nullable Upload upload, long offset, int length) {
    if (length == 0) {
      return;
    }
    Piece last = pieces.isEmpty() ? null : pieces.getLast();
    if (last == null || last.upload != upload || last.offset + last.length != offset) {
      last = new Piece(upload, offset);
      pieces.add(last);
    }
    last.length += length;
  }

  /** The end of the message: no octet follows. The overflow has its name from here on. */
  void end() {
    if (overflow != null) {
      overflow.end();
    }
  }

  /** The octets that the document holds. */
  byte[] inline() {
    return inline.toArray();
  }

  /** All segments in order; after {@link #end()}. */
  Segments segments() {
    List<Segment> segments = new ArrayList<>(pieces.size());
    for (Piece piece : pieces) {
      Upload upload = piece.upload;
      segments.add(
          upload == null
              ? new Segment.Inline(Math.toIntExact(piece.offset), piece.length)
              : new Segment.Raw(upload.blob(), piece.offset, piece.length));
    }
    return new Segments(segments);
  }
}
