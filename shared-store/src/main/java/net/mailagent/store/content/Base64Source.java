package net.mailagent.store.content;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Base64;
import net.mailagent.model.ByteSource;
import net.mailagent.model.StoreUnavailable;
import org.jspecify.annotations.Nullable;

/**
 * A range of a base64 body that is stored decoded: encodes as it is pulled, and only the groups
 * that the range touches. One thread at a time.
 */
final class Base64Source implements ByteSource {
  /** Octets that are encoded at a time, a multiple of 3. */
  private static final int BLOCK = 12 << 10;

  private final ByteSource octets;
  private final long line;
  private final long length;
  private long left; // of the range, not given out yet
  private int skip; // octets in front of the range that are encoded with it
  private long column; // characters of the line at hand that were encoded
  private final byte[] in;
  private final byte[] characters;
  private byte[] out; // of one block
  private int size; // octets in out
  private @Nullable ByteBuffer block; // of the blob, what is left of it
  private boolean ended; // the blob has no further octet
  private boolean broken; // the line break behind the last line was given out

  private Base64Source(ByteSource octets, Segment.Base64 segment, Place from, long length) {
    this.octets = octets;
    this.line = segment.line();
    this.length = length;
    this.left = length;
    this.skip = from.skip();
    this.column = from.column();
    this.in = new byte[(int) Math.min(BLOCK, 3 * Math.ceilDiv(octets.length(), 3L))];
    this.characters = new byte[in.length / 3 * 4];
    this.out = new byte[0];
  }

  /** The longest block: the groups of one round, and before and between them line breaks. */
  private int most() {
    return Math.toIntExact(characters.length + 2 * (characters.length / line + 2));
  }

  /**
   * Where a group or a line break is, and how far behind its beginning an octet.
   *
   * @param characters in front of it in the whole encoding
   * @param column characters in front of it in its line
   * @param skip octets between its beginning and the octet meant
   */
  private record Place(long characters, long column, int skip) {
    static Place of(Segment.Base64 segment, long at) {
      long before = at / (segment.line() + 2) * segment.line();
      long inLine = at % (segment.line() + 2);
      long here = Math.min(segment.line(), segment.characters() - before);
      long column = inLine < here ? inLine & ~3L : here;
      return new Place(before + column, column, (int) (inLine - column));
    }

    /** Octets decoded that the groups in front of this hold. */
    long octets() {
      return characters / 4 * 3;
    }
  }

  /** Opens octets [from, to) of a segment; at least one. */
  static ByteSource open(
      Segment.Base64 segment, SegmentSource.BlobOpener blobs, long from, long to) {
    Place first = Place.of(segment, from);
    Place last = Place.of(segment, to - 1);
    boolean group = last.characters() < segment.characters() && last.column() < segment.line();
    long start = first.octets();
    long end = Math.min(segment.octets(), last.octets() + (group ? 3 : 0));
    ByteSource octets =
        start < end
            ? blobs.open(segment.blob(), start, end - start)
            : Sources.of(new byte[0]); // nothing but a line break
    return new Base64Source(octets, segment, first, to - from);
  }

  @Override
  public long length() {
    return length;
  }

  @Override
  public @Nullable ByteBuffer next() {
    if (left == 0) {
      close();
      return null;
    }
    size = 0;
    out = new byte[most()];
    while (size <= skip) {
      encode();
    }
    int count = (int) Math.min(left, size - skip);
    ByteBuffer encoded = ByteBuffer.wrap(out, skip, count).slice().asReadOnlyBuffer();
    left -= count;
    skip = 0;
    return encoded;
  }

  /** Adds the next groups to out, or the line break behind the last one. */
  private void encode() {
    int count = fill();
    if (count == 0) {
      if (broken) {
        throw new StoreUnavailable("a blob is shorter than a message says");
      }
      broken = true;
      lineBreak();
      return;
    }
    byte[] whole = count == in.length ? in : Arrays.copyOf(in, count);
    int groups = Base64.getEncoder().encode(whole, characters);
    for (int from = 0; from < groups; ) {
      if (column == line) {
        lineBreak();
        column = 0;
      }
      int more = (int) Math.min(groups - from, line - column);
      System.arraycopy(characters, from, out, size, more);
      size += more;
      column += more;
      from += more;
    }
  }

  private void lineBreak() {
    out[size++] = '\r';
    out[size++] = '\n';
  }

  /** Fills in with octets of the blob; fewer than it holds only at their end. */
  private int fill() {
    int count = 0;
    while (count < in.length && !ended) {
      ByteBuffer here = block;
      if (here == null || !here.hasRemaining()) {
        here = octets.next();
        block = here;
      }
      if (here == null) {
        ended = true;
      } else {
        int more = Math.min(in.length - count, here.remaining());
        here.get(in, count, more);
        count += more;
      }
    }
    return count;
  }

  @Override
  public void close() {
    left = 0;
    octets.close();
  }
}
