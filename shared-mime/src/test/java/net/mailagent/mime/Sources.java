package net.mailagent.mime;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.List;
import net.mailagent.model.ByteSource;
import org.jspecify.annotations.Nullable;

/** Sources over arrays, in blocks of any size. */
final class Sources {
  private Sources() {}

  static ByteSource of(byte[] octets, int block) {
    return of(octets, 0, octets.length, block);
  }

  static ByteSource of(byte[] octets, long start, long end, int block) {
    return of(octets, start, end, List.of(block));
  }

  /**
   * @param blocks octets of the blocks, over and over
   */
  static ByteSource of(byte[] octets, List<Integer> blocks) {
    return of(octets, 0, octets.length, blocks);
  }

  private static ByteSource of(byte[] octets, long start, long end, List<Integer> blocks) {
    return new ByteSource() {
      private int at = (int) start;
      private int count;

      @Override
      public long length() {
        return end - start;
      }

      @Override
      public @Nullable ByteBuffer next() {
        if (at >= end) {
          return null;
        }
        int n = (int) Math.min(blocks.get(count++ % blocks.size()), end - at);
        ByteBuffer next = ByteBuffer.wrap(octets, at, n).slice();
        at += n;
        return next;
      }

      @Override
      public void close() {
        at = (int) end;
      }
    };
  }

  static byte[] read(ByteSource source) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    for (ByteBuffer block = source.next(); block != null; block = source.next()) {
      byte[] octets = new byte[block.remaining()];
      if (octets.length == 0) {
        throw new AssertionError("an empty block");
      }
      block.get(octets);
      out.writeBytes(octets);
    }
    source.close();
    return out.toByteArray();
  }
}
