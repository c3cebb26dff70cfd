package net.mailagent.store.content;

import java.util.List;
import org.bson.BsonBinary;
import org.bson.BsonDocument;

/**
 * What is needed to read octets of one content: immutable, cached.
 *
 * @param trace header that was put in front of what the sender sent
 * @param inline octets that the document holds
 * @param segments of what the sender sent
 * @param tree the encoded MIME tree of what the sender sent
 * @param blobs all blobs of the message
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
record Layout(
    byte[] trace, byte[] inline, Segments segments, MessageFields.Stored tree, List<BlobId> blobs) {

  static Layout read(BsonDocument document) {
    List<BlobId> blobs = MessageFields.blobs(document);
    BsonBinary trace = document.getBinary("trace", new BsonBinary(new byte[0]));
    return new Layout(
        trace.getData(),
        document.getBinary("inline").getData(),
        Segments.decode(document.getBinary("segments").getData(), blobs),
        MessageFields.read(document, MessageFields.TREE),
        blobs);
  }

  /** Octets of the raw message. */
  long length() {
    return trace.length + segments.length();
  }

  /** Bytes of heap, roughly. */
  int weight() {
    return 200
        + trace.length
        + inline.length
        + 64 * segments.list().size()
        + 150 * blobs.size()
        + MessageFields.weight(tree);
  }
}
