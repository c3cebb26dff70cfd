package net.mailagent.store.content;

import java.io.ByteArrayOutputStream;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The segments of one raw message in order: joined they are its octets. Immutable, any thread.
 *
 * <p>The binary form: a version octet, then for each segment a kind octet (0 inline, 1 raw blob, 2
 * base64 of a blob), for a blob its index in the {@code blobs} array of the document, then offset
 * and length, for base64 the octets of the blob, the characters of a line and the length; all
 * numbers as little-endian base-128 varints.
 */
final class Segments {
  private static final byte VERSION = 1;
  private static final byte INLINE = 0;
  private static final byte RAW = 1;
  private static final byte BASE64 = 2;

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

  /** Octets by which base64 is longer than what is stored of it. */
  long spared() {
    long spared = 0;
    for (Segment segment : list) {
      if (segment instanceof Segment.Base64 base64) {
        spared += base64.length() - base64.octets();
      }
    }
    return spared;
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
    Map<BlobId, Integer> index = new HashMap<>();
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
          varint(out, place(index, raw.blob()));
          varint(out, raw.offset());
        }
        case Segment.Base64 base64 -> {
          out.write(BASE64);
          varint(out, place(index, base64.blob()));
          varint(out, base64.octets());
          varint(out, base64.line());
        }
      }
      varint(out, segment.length());
    }
    return out.toByteArray();
  }

  private static int place(Map<BlobId, Integer> index, BlobId blob) {
    Integer place = index.get(blob);
    if (place == null) {
      throw new IllegalArgumentException("blob " + blob + " is not in the table");
    }
    return place;
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
          case RAW -> list.add(new Segment.Raw(blob(blobs, in), varint(in), varint(in)));
          case BASE64 ->
              list.add(new Segment.Base64(blob(blobs, in), varint(in), varint(in), varint(in)));
          default -> throw new IllegalArgumentException("a segment of the unknown kind " + kind);
        }
      }
    } catch (BufferUnderflowException | IndexOutOfBoundsException damaged) {
      throw new IllegalArgumentException("damaged segments", damaged);
    }
    return new Segments(list);
  }

  private static BlobId blob(List<BlobId> blobs, ByteBuffer in) {
    return blobs.get(Math.toIntExact(varint(in)));
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
