package net.mailagent.store.content;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import net.mailagent.mime.Attachments;
import net.mailagent.mime.HeaderFilter;
import net.mailagent.mime.MimePart;
import net.mailagent.mime.MimeTreeCodec;
import net.mailagent.mime.Sections;
import net.mailagent.mime.Selection;
import net.mailagent.mime.TransferDecoding;
import net.mailagent.model.Attachment;
import net.mailagent.model.ByteSource;
import net.mailagent.model.ContentId;
import net.mailagent.model.Section;
import net.mailagent.model.StoreUnavailable;
import net.mailagent.model.port.StoredMessage;
import org.jspecify.annotations.Nullable;

/** A content with the fields that were asked for. Any thread; sources are opened for one thread. */
public final class StoredContent implements StoredMessage {
  private final ContentCache.Content fields;
  private final ContentBatch batch;
  private volatile @Nullable MimePart root; // decoded when first needed

  StoredContent(ContentCache.Content fields, ContentBatch batch) {
    this.fields = fields;
    this.batch = batch;
  }

  @Override
  public ContentId id() {
    return fields.id;
  }

  @Override
  public long size() {
    return fields.size;
  }

  @Override
  public byte[] envelope() {
    return octets(fields.envelope, "ENVELOPE");
  }

  @Override
  public byte[] bodyStructure() {
    return octets(fields.structure, "STRUCTURE");
  }

  @Override
  public byte[] body() {
    return octets(fields.body, "STRUCTURE");
  }

  @Override
  public String preview() {
    String preview = fields.preview;
    if (preview == null) {
      throw new IllegalStateException("PREVIEW was not asked for");
    }
    return preview;
  }

  @Override
  public String thread() {
    return fields.thread;
  }

  @Override
  public List<Attachment> attachments() {
    return Attachments.of(root());
  }

  private byte[] octets(MessageFields.@Nullable Stored stored, String field) {
    return switch (stored) {
      case null -> throw new IllegalStateException(field + " was not asked for");
      case MessageFields.Stored.Here here -> here.octets();
      case MessageFields.Stored.Blob away -> load(away);
    };
  }

  private byte[] load(MessageFields.Stored.Blob away) {
    byte[] octets = new byte[away.length()];
    ByteBuffer into = ByteBuffer.wrap(octets);
    try (ByteSource source = blob(away.blob(), 0, away.length())) {
      for (ByteBuffer block = source.next(); block != null; block = source.next()) {
        into.put(block);
      }
    }
    return octets;
  }

  private Layout layout() {
    Layout layout = fields.layout;
    if (layout == null) {
      throw new IllegalStateException("CONTENT was not asked for");
    }
    return layout;
  }

  /** The MIME tree of what the sender sent; see {@link #shift()}. */
  private MimePart root() {
    MimePart decoded = root;
    if (decoded == null) {
      decoded = MimeTreeCodec.decode(octets(layout().tree(), "CONTENT"));
      root = decoded;
    }
    return decoded;
  }

  /** Octets in front of what the sender sent. */
  private long shift() {
    return layout().trace().length;
  }

  /** The MIME tree with the offsets that {@link #range} takes. */
  public MimePart tree() {
    return root().shifted(shift());
  }

  /** The octets [start, end) of the raw message, trace header included. */
  public ByteSource range(long start, long end) {
    Layout layout = layout();
    if (start < 0 || start > end || end > layout.length()) {
      throw new StoreUnavailable(
          "message " + id() + " has " + layout.length() + " octets, not " + start + ".." + end);
    }
    return new SegmentSource(
        layout.trace(), layout.inline(), layout.segments(), this::blob, start, end);
  }

  private ByteSource blob(BlobId blob, long offset, long length) {
    return batch.open(id(), blob, offset, length);
  }

  @Override
  public Optional<ByteSource> open(Section section, long offset, long length) {
    if (offset < 0 || length < 0) {
      throw new IllegalArgumentException("a range cannot be negative");
    }
    return Sections.locate(root(), section, shift())
        .map(selection -> open(selection, offset, length));
  }

  private ByteSource open(Selection selection, long offset, long length) {
    long start = selection.start();
    long end = selection.end();
    return switch (selection) {
      case Selection.Range range -> part(start, end, offset, length);
      case Selection.Filtered f ->
          Sources.clip(
              new HeaderFilter(f.names(), f.not()).filter(() -> range(start, end)), offset, length);
      case Selection.Encoded e ->
          UNENCODED.contains(e.transferEncoding())
              ? part(start, end, offset, length)
              : decoded(e, offset, length);
    };
  }

  private ByteSource decoded(Selection.Encoded part, long offset, long length) {
    Segment.Base64 stored = storedDecoded(part);
    long here = stored == null ? 0 : stored.octets();
    long rest = part.start() + (stored == null ? 0 : stored.length());
    List<ByteSource> sources = new ArrayList<>(2);
    if (stored != null && offset < here) {
      sources.add(blob(stored.blob(), offset, Math.min(length, here - offset)));
    }
    if (rest < part.end() && length > here - offset) {
      sources.add(
          Sources.clip(
              TransferDecoding.decode(() -> range(rest, part.end()), part.transferEncoding()),
              Math.max(0, offset - here),
              length - Math.max(0, here - offset)));
    }
    return Sources.join(sources);
  }

  /** The beginning of an encoded part that is stored as it is to be handed out, if any. */
  private Segment.@Nullable Base64 storedDecoded(Selection.Encoded part) {
    Segments segments = layout().segments();
    long start = part.start() - shift();
    if (start < part.end() - shift() && part.transferEncoding().equals("base64")) {
      int i = segments.at(start);
      if (segments.list().get(i) instanceof Segment.Base64 stored && segments.start(i) == start) {
        return stored;
      }
    }
    return null;
  }

  private static final List<String> UNENCODED = List.of("7bit", "8bit", "binary");

  private ByteSource part(long start, long end, long offset, long length) {
    long from = start + Math.min(offset, end - start);
    return range(from, from + Math.min(length, end - from));
  }
}
