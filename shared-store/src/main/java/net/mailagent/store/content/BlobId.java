package net.mailagent.store.content;

import java.util.HexFormat;
import org.bson.BsonBinary;

/**
 * The name of a blob: the SHA-256 of its octets, shown as 64 lower-case hex digits. Equal octets
 * have one name, whoever they belong to.
 */
record BlobId(String hex) {
  static final int BYTES = 32;

  static BlobId of(byte[] hash) {
    if (hash.length != BYTES) {
      throw new IllegalArgumentException("a SHA-256 has 32 octets, not " + hash.length);
    }
    return new BlobId(HexFormat.of().formatHex(hash));
  }

  static BlobId read(BsonBinary value) {
    return of(value.getData());
  }

  BsonBinary toBson() {
    return new BsonBinary(HexFormat.of().parseHex(hex));
  }

  @Override
  public String toString() {
    return hex;
  }
}
