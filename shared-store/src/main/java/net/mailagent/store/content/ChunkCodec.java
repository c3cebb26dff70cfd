package net.mailagent.store.content;

import org.bson.BsonReader;
import org.bson.BsonType;
import org.bson.BsonWriter;
import org.bson.codecs.Codec;
import org.bson.codecs.DecoderContext;
import org.bson.codecs.EncoderContext;
import org.bson.types.ObjectId;

/**
 * Reads chunks of files straight from the reply: their octets are copied once, not by way of a
 * document. Any thread.
 */
final class ChunkCodec implements Codec<ChunkCodec.Stored> {
  /** A chunk that was read. */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  record Stored(ObjectId file, int n, byte[] octets) {}

  private static final ObjectId NO_FILE = new ObjectId(new byte[12]);

  @Override
  public Stored decode(BsonReader reader, DecoderContext context) {
    ObjectId file = NO_FILE;
    int n = -1;
    byte[] octets = {};
    reader.readStartDocument();
    while (reader.readBsonType() != BsonType.END_OF_DOCUMENT) {
      switch (reader.readName()) {
        case "files_id" -> file = reader.readObjectId();
        case "n" -> n = reader.readInt32();
        case "data" -> octets = reader.readBinaryData().getData();
        default -> reader.skipValue();
      }
    }
    reader.readEndDocument();
    return new Stored(file, n, octets);
  }

  @Override
  public void encode(BsonWriter writer, Stored value, EncoderContext context) {
    throw new UnsupportedOperationException("chunks are written as documents");
  }

  @Override
  public Class<Stored> getEncoderClass() {
    return Stored.class;
  }
}
