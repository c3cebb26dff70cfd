package net.mailagent.store.content;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * The segments of one raw message in order: joined they are its octets. Immutable, any thread.
 *
 * <p>The binary form: a version octet, then for each segment a kind octet (0 inline, 1 raw blob),
 * for a blob its index in the {@code blobs} array of the document, then offset and length; all
 * numbers as little-endian base-128 varints.
 */
final class Segments {
  private static final byte VERSION = 1;
  private static final byte INLINE = 0;
  private static final byte RAW = 1;

  private final List<Segment> list;
  private final long[] starts; // starts[i] is where segment i begins; one more entry: the length

  Segments(List<Segment> list) {
    this.list = List.copyOf(list);
    this.starts = new long[list.size() + 1];
    for (int i = 0; i < list.size(); i++) {
      starts[i + 1] = starts[i] + list.get(i).length();
    }
  }

  List<Segment> list() {
    return list;
  }

  long length() {
    return starts[list.size()];
  }

  /** The number of the segment that holds the octet at {@code offset}, which must be inside. */
  int at(long offset) {
    int i = Arrays.binarySearch(starts, offset);
    return i >= 0 ? i : -i - 2;
  }

  /** Where segment {@code i} begins. */
  long start(int i) {
    return starts[i];
  }

  /**
   * @param blobs the blobs array of the document; holds every blob that a segment names
   */
  byte[] encode(List<BlobId> blobs) {
    java.util.Map<BlobId, Integer> index = new java.util.HashMap<>();
    for (int i = 0; i < blobs.size(); i++) {
      index.putIfAbsent(blobs.get(i), i);
    }
    ByteArrayOutputStream out = new ByteArrayOutputStream(16 + 8 * list.size());
    out.write(VERSION);
    for (Segment segment : list) {
      switch (segment) {
        case Segment.Inline inline -> {
          out.write(INLINE);
          varint(out, inline.offset());
        }
        case Segment.Raw raw -> {
          out.write(RAW);
          Integer at = index.get(raw.blob());
          if (at == null) {
            throw new IllegalArgumentException("blob " + raw.blob() + " is not in the table");
          }
          varint(out, at);
          varint(out, raw.offset());
        }
      }
      varint(out, segment.length());
    }
    return out.toByteArray();
  }

  /**
   * @throws IllegalArgumentException when it is damaged or of an unknown version
   */
  static Segments decode(byte[] encoded, List<BlobId> blobs) {
    ByteBuffer in = ByteBuffer.wrap(encoded);
    if (!in.hasRemaining() || in.get() != VERSION) {
      throw new IllegalArgumentException("segments of an unknown version");
    }
    List<Segment> list = new ArrayList<>();
    try {
      while (in.hasRemaining()) {
        byte kind = in.get();
        switch (kind) {
          case INLINE -> list.add(new Segment.Inline(Math.toIntExact(varint(in)), varint(in)));
          case RAW ->
              list.add(
                  new Segment.Raw(blobs.get(Math.toIntExact(varint(in))), varint(in), varint(in)));
          default -> throw new IllegalArgumentException("a segment of the unknown kind " + kind);
        }
      }
    } catch (java.nio.BufferUnderflowException | IndexOutOfBoundsException damaged) {
      throw new IllegalArgumentException("damaged segments", damaged);
    }
    return new Segments(list);
  }

  private static void varint(ByteArrayOutputStream out, long value) {
    long rest = value;
    while (rest > 0x7f) {
      out.write((int) (rest & 0x7f) | 0x80);
      rest >>>= 7;
    }
    out.write((int) rest);
  }

  private static long varint(ByteBuffer in) {
    long value = 0;
    for (int shift = 0; shift < 63; shift += 7) {
      byte b = in.get();
      value |= (long) (b & 0x7f) << shift;
      if (b >= 0) {
        return value;
      }
    }
    throw new IllegalArgumentException("a number of segments is too long");
  }
}
