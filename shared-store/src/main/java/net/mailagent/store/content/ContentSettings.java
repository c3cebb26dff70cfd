package net.mailagent.store.content;

import java.time.Duration;
import net.mailagent.mime.MimeLimits;

/**
 * The sizes and times of the content store. Each can be set; {@link #standard()} gives the
 * defaults.
 *
 * @param limits of the MIME parser
 * @param smallBody a leaf body of at most that many octets stays in the message document; a longer
 *     one becomes a blob that all messages share
 * @param inlineLimit octets of the message that one document holds at most; what is over goes into
 *     one blob of its own, so no message is too large for a document
 * @param maxBlobs leaf bodies of one message that become blobs of their own; further ones are
 *     stored unshared
 * @param fieldLimit octets of one derived field (tree, ENVELOPE, BODYSTRUCTURE) that the document
 *     holds; a longer one becomes a blob
 * @param chunkSize octets of a GridFS chunk
 * @param uploadBatch octets that are written to the store in one call while a message comes in; an
 *     intake has at most two such batches in memory
 * @param touchAfter how old the touch of a blob or content may be when a commit relies on it
 *     (journal.md rule 1)
 * @param sweepGrace how long a blob that nothing refers to is left alone; at least a day
 * @param bulkBytes octets of message documents that one bulk insert carries
 * @param readBatch contents read by one query at most
 * @param readBytes octets of contents that one query should bring, roughly
 * @param readAhead chunks that one query reads at most, of one blob or of short blobs together
 * @param readAheadBudget octets that all sources together hold beyond the one chunk each needs
 * @param cacheBytes octets of ENVELOPE, BODYSTRUCTURE and layouts that are kept in memory
 * @param knownBlobs how many blobs are remembered with their file
 */
public record ContentSettings(
    MimeLimits limits,
    int smallBody,
    int inlineLimit,
    int maxBlobs,
    int fieldLimit,
    int chunkSize,
    int uploadBatch,
    Duration touchAfter,
    Duration sweepGrace,
    int bulkBytes,
    int readBatch,
    int readBytes,
    int readAhead,
    long readAheadBudget,
    long cacheBytes,
    int knownBlobs) {

  private static final ContentSettings STANDARD =
      new ContentSettings(
          MimeLimits.standard(),
          16 << 10,
          256 << 10,
          1_000,
          64 << 10,
          64 << 10,
          512 << 10,
          Duration.ofHours(1),
          Duration.ofDays(1),
          4 << 20,
          256,
          256 << 10,
          32,
          16 << 20,
          32 << 20,
          10_000);

  public ContentSettings {
    if (smallBody < 0 || inlineLimit < 0 || maxBlobs < 0 || fieldLimit < 0) {
      throw new IllegalArgumentException("sizes cannot be negative");
    }
    if (inlineLimit > 4 << 20 || fieldLimit > 1 << 20 || maxBlobs > 20_000) {
      throw new IllegalArgumentException("a document would outgrow the 16 MB of the store");
    }
    if (chunkSize < 1 || chunkSize > 8 << 20 || uploadBatch < 1) {
      throw new IllegalArgumentException("chunks have 1 octet to 8 MiB, batches at least 1 octet");
    }
    if (bulkBytes < 1 || readBatch < 1 || readBytes < 1 || readAhead < 1 || readAheadBudget < 0) {
      throw new IllegalArgumentException("a batch cannot be empty");
    }
    if (sweepGrace.compareTo(Duration.ofDays(1)) < 0 || touchAfter.compareTo(sweepGrace) >= 0) {
      throw new IllegalArgumentException("the grace is at least a day and longer than a touch");
    }
  }

  /** The defaults. */
  public static ContentSettings standard() {
    return STANDARD;
  }

  /** These settings with other sizes of what a document holds. */
  public ContentSettings withSizes(int small, int inline, int blobs, int field) {
    return new ContentSettings(
        limits,
        small,
        inline,
        blobs,
        field,
        chunkSize,
        uploadBatch,
        touchAfter,
        sweepGrace,
        bulkBytes,
        readBatch,
        readBytes,
        readAhead,
        readAheadBudget,
        cacheBytes,
        knownBlobs);
  }

  /** These settings with chunks and upload batches of that many octets. */
  public ContentSettings withChunks(int chunk, int batch) {
    return new ContentSettings(
        limits,
        smallBody,
        inlineLimit,
        maxBlobs,
        fieldLimit,
        chunk,
        batch,
        touchAfter,
        sweepGrace,
        bulkBytes,
        readBatch,
        readBytes,
        readAhead,
        readAheadBudget,
        cacheBytes,
        knownBlobs);
  }

  /** These settings with other limits of the parser. */
  public ContentSettings withLimits(MimeLimits other) {
    return new ContentSettings(
        other,
        smallBody,
        inlineLimit,
        maxBlobs,
        fieldLimit,
        chunkSize,
        uploadBatch,
        touchAfter,
        sweepGrace,
        bulkBytes,
        readBatch,
        readBytes,
        readAhead,
        readAheadBudget,
        cacheBytes,
        knownBlobs);
  }
}
