package net.mailagent.store.content;

import java.nio.ByteBuffer;
import java.util.List;
import net.mailagent.mime.MimeParser;
import net.mailagent.mime.MimeTreeCodec;
import net.mailagent.mime.ParsedMessage;
import net.mailagent.model.Refusal;
import net.mailagent.model.Refused;
import net.mailagent.model.port.Messages;
import org.bson.BsonDocument;
import org.jspecify.annotations.Nullable;

/**
 * One message on its way in: parsed, cut, hashed and uploaded in one pass, with memory that does
 * not depend on its length. On the thread of the connection that sends it.
 */
final class MessageIntake implements Messages.Intake {
  private final ContentSettings settings;
  private final Uploads uploads;
  private final SegmentCutter cutter;
  private final MimeParser parser;
  private final long limit;
  private final ContentFigures figures;
  private long taken;
  private boolean ended;

  MessageIntake(BlobStore blobs, ContentSettings settings, long limit) {
    this.settings = settings;
    this.limit = limit;
    this.figures = blobs.figures();
    this.uploads = new Uploads(blobs, settings);
    this.cutter = new SegmentCutter(settings, uploads);
    this.parser = new MimeParser(settings.limits(), cutter);
  }

  @Override
  public void write(ByteBuffer bytes) {
    if (ended) {
      throw new IllegalStateException("the message has ended");
    }
    taken += bytes.remaining();
    if (taken > limit) {
      throw new Refused(new Refusal.TooBig(limit));
    }
    parser.write(bytes);
  }

  @Override
  public Messages.Received finish() {
    if (ended) {
      throw new IllegalStateException("the message has ended");
    }
    ended = true;
    ParsedMessage parsed = parser.finish();
    cutter.end();
    List<Derived> derived =
        List.of(
            spill(MessageFields.TREE, MimeTreeCodec.encode(parsed.root())),
            spill(MessageFields.ENVELOPE, parsed.envelope()),
            spill(MessageFields.BODY, parsed.body()),
            spill(MessageFields.STRUCTURE, parsed.bodyStructure()));
    List<BlobId> blobs = uploads.finish();
    BsonDocument fields = new BsonDocument();
    for (Derived field : derived) {
      BlobId blob = field.blob();
      fields.append(
          field.name(),
          blob == null
              ? MessageFields.here(field.octets())
              : MessageFields.blob(blobs.indexOf(blob), field.octets().length));
    }
    Segments segments = cutter.segments();
    figures.decoded(segments.spared());
    return new ReceivedMessage(
        new ReceivedMessage.Parts(parsed, cutter.inline(), segments, blobs, fields));
  }

  /** A derived field, and the blob it went to when it is too large for the document. */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  private record Derived(String name, byte[] octets, @Nullable BlobId blob) {}

  private Derived spill(String name, byte[] octets) {
    return new Derived(
        name, octets, octets.length > settings.fieldLimit() ? uploads.store(octets) : null);
  }

  @Override
  public void close() {
    ended = true;
    uploads.close();
  }
}
