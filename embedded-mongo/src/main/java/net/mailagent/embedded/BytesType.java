package net.mailagent.embedded;

import java.nio.ByteBuffer;
import java.util.Arrays;
import org.h2.mvstore.DataUtils;
import org.h2.mvstore.MVMap;
import org.h2.mvstore.WriteBuffer;
import org.h2.mvstore.type.BasicDataType;

/**
 * Byte strings in unsigned order, for MVStore. Keys of one page are stored with what they share
 * with the key before left out: index entries of one user share most of their bytes. Any thread.
 */
final class BytesType extends BasicDataType<byte[]> {
  private static final BytesType KEYS = new BytesType(true);
  private static final BytesType VALUES = new BytesType(false);

  private final boolean shared;

  private BytesType(boolean shared) {
    this.shared = shared;
  }

  static MVMap.Builder<byte[], byte[]> map() {
    return new MVMap.Builder<byte[], byte[]>().keyType(KEYS).valueType(VALUES);
  }

  @Override
  public int compare(byte[] a, byte[] b) {
    return Arrays.compareUnsigned(a, b);
  }

  @Override
  public int getMemory(byte[] bytes) {
    return 24 + bytes.length;
  }

  /** Exact sizes, not H2's sampling: documents differ by five orders of magnitude. */
  @Override
  public boolean isMemoryEstimationAllowed() {
    return false;
  }

  @Override
  public byte[][] createStorage(int size) {
    return new byte[size][];
  }

  @Override
  public void write(WriteBuffer buffer, byte[] bytes) {
    buffer.putVarInt(bytes.length).put(bytes);
  }

  @Override
  public byte[] read(ByteBuffer buffer) {
    byte[] bytes = new byte[DataUtils.readVarInt(buffer)];
    buffer.get(bytes);
    return bytes;
  }

  @Override
  public void write(WriteBuffer buffer, Object storage, int length) {
    byte[][] all = (byte[][]) storage;
    byte[] previous = new byte[0];
    for (int i = 0; i < length; i++) {
      byte[] bytes = all[i];
      if (shared) {
        int common = Math.max(0, Arrays.mismatch(previous, bytes));
        buffer.putVarInt(common).putVarInt(bytes.length - common);
        for (int j = common; j < bytes.length; j++) {
          buffer.put(bytes[j]);
        }
        previous = bytes;
      } else {
        write(buffer, bytes);
      }
    }
  }

  @Override
  public void read(ByteBuffer buffer, Object storage, int length) {
    byte[][] all = (byte[][]) storage;
    byte[] previous = new byte[0];
    for (int i = 0; i < length; i++) {
      if (shared) {
        int common = DataUtils.readVarInt(buffer);
        int rest = DataUtils.readVarInt(buffer);
        byte[] bytes = Arrays.copyOf(previous, common + rest);
        buffer.get(bytes, common, rest);
        all[i] = bytes;
        previous = bytes;
      } else {
        all[i] = read(buffer);
      }
    }
  }

  @Override
  public int hashCode() {
    return shared ? 1 : 2;
  }

  @Override
  public boolean equals(@org.jspecify.annotations.Nullable Object other) {
    return other == this;
  }
}
