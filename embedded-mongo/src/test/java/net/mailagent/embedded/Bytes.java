package net.mailagent.embedded;

import java.util.Arrays;
import org.bson.BsonDocument;
import org.bson.RawBsonDocument;
import org.bson.codecs.BsonDocumentCodec;

/** From the driver's documents to raw ones. */
final class Bytes {
  private Bytes() {}

  static Doc of(BsonDocument document) {
    RawBsonDocument raw = new RawBsonDocument(document, new BsonDocumentCodec());
    org.bson.ByteBuf buffer = raw.getByteBuffer();
    return new Doc(Arrays.copyOf(buffer.array(), buffer.remaining()));
  }

  static Doc of(String json) {
    return of(BsonDocument.parse(json));
  }
}
