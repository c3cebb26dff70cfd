package net.mailagent.store.content;

import java.util.ArrayList;
import java.util.List;
import net.mailagent.model.StoreUnavailable;
import org.bson.BsonBinary;
import org.bson.BsonDocument;
import org.bson.BsonInt32;
import org.bson.BsonInt64;
import org.bson.BsonValue;

/**
 * The fields of a message document, and the derived ones among them that may be too large for it:
 * binary, or {blob: index into {@code blobs}, length}.
 */
final class MessageFields {
  static final int VERSION = 1;
  static final String TREE = "tree";
  static final String ENVELOPE = "envelope";
  static final String BODY = "body";
  static final String STRUCTURE = "structure";

  private MessageFields() {}

  /** Where a derived field is. */
  sealed interface Stored {
    @SuppressWarnings("ArrayRecordComponent") // never compared
    record Here(byte[] octets) implements Stored {}

    record Blob(BlobId blob, int length) implements Stored {}
  }

  static BsonValue here(byte[] octets) {
    return new BsonBinary(octets);
  }

  static BsonValue blob(int index, int length) {
    return new BsonDocument("blob", new BsonInt32(index)).append("length", new BsonInt64(length));
  }

  static Stored read(BsonDocument document, String field) {
    BsonValue value = document.get(field);
    if (value instanceof BsonBinary here) {
      return new Stored.Here(here.getData());
    }
    if (value instanceof BsonDocument away) {
      int index = away.getNumber("blob").intValue();
      return new Stored.Blob(
          BlobId.read(document.getArray("blobs").get(index).asBinary()),
          away.getNumber("length").intValue());
    }
    throw new StoreUnavailable("a message has no field " + field);
  }

  /** Bytes of heap, roughly. */
  static int weight(Stored stored) {
    return switch (stored) {
      case Stored.Here here -> 40 + here.octets().length;
      case Stored.Blob away -> 60;
    };
  }

  static List<BlobId> blobs(BsonDocument document) {
    List<BlobId> blobs = new ArrayList<>();
    if (document.containsKey("blobs")) {
      for (BsonValue blob : document.getArray("blobs")) {
        blobs.add(BlobId.read(blob.asBinary()));
      }
    }
    return blobs;
  }

  /**
   * @throws StoreUnavailable when a newer node wrote it: this one cannot serve it
   */
  static void requireKnown(BsonDocument document) {
    int version = document.getNumber("v").intValue();
    if (version != VERSION) {
      throw new StoreUnavailable("a message has the unknown version " + version);
    }
  }
}
