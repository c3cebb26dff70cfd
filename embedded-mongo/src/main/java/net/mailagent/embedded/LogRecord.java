package net.mailagent.embedded;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * What one record of the log says, and its bytes: crc32c (4), length (4), epoch (8), position in
 * the file (8), kind (1), body; big-endian. The checksum covers all that follows it, so that what
 * an earlier epoch left in the same file never passes for a record of this one.
 */
sealed interface LogRecord {
  int HEAD = 25;

  /** The changes of one operation: all of them or none. */
  record Operation(List<Change> changes) implements LogRecord {}

  /** The first record of an epoch: the checkpoint that was on disk for certain when it began. */
  record Begin(long checkpoint) implements LogRecord {}

  /** The checkpoint this epoch stands on is on disk for certain. */
  record Durable(long checkpoint) implements LogRecord {}

  /** A record read from a file, and where the next one begins. */
  record Read(LogRecord record, long epoch, int next) {}

  default byte kind() {
    return switch (this) {
      case Operation operation -> 1;
      case Begin begin -> 2;
      case Durable durable -> 3;
    };
  }

  default byte[] body() {
    return switch (this) {
      case Operation operation -> encode(operation.changes());
      case Begin begin -> encode(begin.checkpoint());
      case Durable durable -> encode(durable.checkpoint());
    };
  }

  /** Fills in the head of a record whose body lies at {@code at + HEAD}. */
  static void writeHead(ByteBuffer file, int at, byte kind, int length, long epoch, long position) {
    file.putInt(at + 4, length).putLong(at + 8, epoch).putLong(at + 16, position);
    file.put(at + 24, kind);
    file.putInt(at, checksum(file, at, length));
  }

  /** The record at that position of an epoch's file, or null when none was completed there. */
  static @Nullable Read read(ByteBuffer file, int at) {
    if (file.limit() - at < HEAD) {
      return null;
    }
    int length = file.getInt(at + 4);
    long epoch = file.getLong(at + 8);
    if (length < 0
        || length > file.limit() - at - HEAD
        || file.getLong(at + 16) != at
        || file.getInt(at) != checksum(file, at, length)) {
      return null;
    }
    ByteBuffer body = file.slice(at + HEAD, length);
    LogRecord record =
        switch (file.get(at + 24)) {
          case 1 -> new Operation(decode(body));
          case 2 -> new Begin(body.getLong());
          case 3 -> new Durable(body.getLong());
          default -> throw new IllegalStateException("unknown kind of log record");
        };
    return new Read(record, epoch, at + HEAD + length);
  }

  private static int checksum(ByteBuffer file, int at, int length) {
    CRC32C crc = new CRC32C();
    crc.update(file.slice(at + 4, HEAD - 4 + length));
    return (int) crc.getValue();
  }

  private static byte[] encode(long number) {
    return ByteBuffer.allocate(8).putLong(number).array();
  }

  private static byte[] encode(List<Change> changes) {
    int size = 0;
    for (Change change : changes) {
      byte[] value = change.value();
      size += 12 + change.key().length + (value == null ? 0 : value.length);
    }
    ByteBuffer out = ByteBuffer.allocate(size);
    for (Change change : changes) {
      byte[] value = change.value();
      out.putInt(change.map()).putInt(change.key().length).put(change.key());
      if (value == null) {
        out.putInt(-1);
      } else {
        out.putInt(value.length).put(value);
      }
    }
    return out.array();
  }

  private static List<Change> decode(ByteBuffer in) {
    List<Change> changes = new ArrayList<>();
    while (in.hasRemaining()) {
      int map = in.getInt();
      byte[] key = new byte[in.getInt()];
      in.get(key);
      int length = in.getInt();
      byte[] value = null;
      if (length >= 0) {
        value = new byte[length];
        in.get(value);
      }
      changes.add(new Change(map, key, value));
    }
    return changes;
  }
}
