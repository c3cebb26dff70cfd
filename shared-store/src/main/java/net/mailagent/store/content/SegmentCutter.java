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
 * <p>A leaf longer than {@code smallBody} becomes a blob of its own, decoded when it is base64 that
 * can be made again; where that ends, the rest of it is treated like a leaf of its own. All else
 * (headers, boundaries, small leaves) stays in order in the document until {@code inlineLimit} is
 * reached; from there on it goes, in order, into one further blob, the overflow. So whatever a
 * message looks like, its document is bounded, and no more than two uploads are open at a time.
 */
final class SegmentCutter implements MimeSink {
  private final ContentSettings settings;
  private final Uploads uploads;
  private final Octets inline;
  private final Octets held; // the beginning of a leaf while it is not known to be long
  private final List<Piece> pieces = new ArrayList<>();
  private @Nullable Upload overflow;
  private @Nullable Upload leaf;
  private @Nullable Base64Run run; // what the leaf is decoded by; the leaf is its upload
  private boolean base64; // the body may be stored decoded
  private boolean holding;
  private int leaves;

  /** A segment whose blob has no name yet. */
  private static final class Piece {
    final @Nullable Upload upload; // null means inline
    final @Nullable Base64Run run; // null means as it is
    final long offset;
    long length;

    Piece(@Nullable Upload upload, @Nullable Base64Run run, long offset) {
      this.upload = upload;
      this.run = run;
      this.offset = offset;
    }

    Segment segment() {
      if (upload == null) {
        return new Segment.Inline(Math.toIntExact(offset), length);
      }
      return run == null
          ? new Segment.Raw(upload.blob(), offset, length)
          : new Segment.Base64(upload.blob(), run.octets(), run.line(), length);
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
    base64 = holding && info.transferEncoding().equals("base64");
  }

  @Override
  public void body(ByteBuffer slice) {
    if (run != null) {
      decode(run, slice);
    } else if (leaf != null) {
      send(leaf, slice);
    } else if (!holding) {
      bytes(slice);
    } else if (slice.remaining() <= held.room()) {
      held.add(slice);
    } else {
      Upload upload = uploads.open();
      leaf = upload;
      leaves++;
      if (base64 && new Base64Run().take(held.view(), octets -> {})) {
        run = new Base64Run();
      }
      base64 = false;
      if (held.size() > 0) {
        body(held.view());
        held.clear();
      }
      body(slice);
    }
  }

  private void send(Upload upload, ByteBuffer slice) {
    piece(upload, upload.length(), slice.remaining());
    upload.write(slice);
  }

  private void decode(Base64Run decoding, ByteBuffer slice) {
    Upload upload = leaf;
    if (upload != null && !decoding.take(slice, upload::write)) {
      endRun(decoding);
      body(slice);
    }
  }

  /** What was decoded is a blob; what follows of this leaf is like a leaf that begins here. */
  private void endRun(Base64Run ended) {
    if (leaf != null && ended.octets() > 0) {
      Piece piece = new Piece(leaf, ended, 0);
      piece.length = ended.length();
      pieces.add(piece);
      leaf.end();
      leaf = null;
    }
    run = null;
    holding = leaf == null && leaves < settings.maxBlobs();
    body(ByteBuffer.wrap(ended.left()));
  }

  @Override
  public void bodyEnd() {
    if (run != null) {
      endRun(run);
    }
    holding = false;
    base64 = false;
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
      last = new Piece(upload, null, offset);
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
    return new Segments(pieces.stream().map(Piece::segment).toList());
  }
}
