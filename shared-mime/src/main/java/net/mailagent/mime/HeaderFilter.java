package net.mailagent.mime;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.function.Supplier;
import net.mailagent.model.ByteSource;
import org.jspecify.annotations.Nullable;

/**
 * Picks fields out of a header block as it streams by: HEADER.FIELDS and HEADER.FIELDS.NOT (RFC
 * 9051 section 6.4.5.1). Fields keep their order and their folds, repeated fields all come, and a
 * blank line always ends the outcome. Lines that are no field have no name, so only NOT returns
 * them. Immutable, any thread.
 */
public final class HeaderFilter {
  /** Octets of white space between a name and its colon that are put up with. */
  private static final int PADDING = 64;

  private final Set<String> names = new HashSet<>();
  private final int longest;
  private final boolean not;

  /**
   * @param names field names, matched without case
   * @param not whether all fields but these are wanted
   */
  public HeaderFilter(List<String> names, boolean not) {
    for (String name : names) {
      this.names.add(name.toLowerCase(Locale.ROOT));
    }
    this.longest = this.names.stream().mapToInt(String::length).max().orElse(0);
    this.not = not;
  }

  /**
   * The wanted fields of a header block.
   *
   * @param header opens the header block; asked once or, when {@link ByteSource#length} is called,
   *     once more
   */
  public ByteSource filter(Supplier<ByteSource> header) {
    return new Derived(() -> new Filtering(header.get()));
  }

  private final class Filtering implements Derived.Blocks {
    private final ByteSource header;

    /** The beginning of a line while it is open whether its field is wanted. */
    private final byte[] start = new byte[longest + PADDING];

    private int size;
    private boolean deciding;
    private boolean lineStart = true;
    private boolean firstLine = true;
    private boolean wanted;
    private boolean ended;

    /** Whether what was given out ends with a line feed, as a blank line needs. */
    private boolean complete = true;

    private byte[] out = new byte[0];
    private int n;

    Filtering(ByteSource header) {
      this.header = header;
    }

    @Override
    public @Nullable ByteBuffer next() {
      if (ended) {
        return null;
      }
      ByteBuffer block = header.next();
      n = 0;
      if (block == null) {
        decide(false);
        return end("\r\n");
      }
      room(size + block.remaining()); // all of it, and the beginning of a line from blocks before
      while (block.hasRemaining()) {
        if (lineStart) {
          beginLine(block.get(block.position()));
        }
        if (!deciding) {
          copyLine(block);
        } else if (examine(block.get())) {
          return end(size == 1 ? "\n" : "\r\n");
        }
      }
      return ByteBuffer.wrap(out, 0, n);
    }

    @Override
    public void close() {
      header.close();
    }

    private void beginLine(byte first) {
      lineStart = false;
      boolean continues = (first == ' ' || first == '\t') && !firstLine;
      firstLine = false;
      deciding = !continues;
      size = 0;
    }

    /** Takes an octet of a line's beginning; true when the line is the blank one. */
    private boolean examine(byte b) {
      start[size++] = b;
      if (b == '\n') {
        if (size == 1 || (size == 2 && start[0] == '\r')) {
          return true;
        }
        decide(false);
        lineStart = true;
      } else if (b == ':' || size == start.length) {
        decide(b == ':');
      }
      return false;
    }

    private void decide(boolean colon) {
      if (deciding) {
        deciding = false;
        wanted = (colon && names.contains(name())) != not;
        if (wanted) {
          append(start, size);
        }
      }
    }

    private String name() {
      int end = size - 1;
      while (end > 0 && (start[end - 1] == ' ' || start[end - 1] == '\t')) {
        end--;
      }
      return new String(start, 0, end, StandardCharsets.ISO_8859_1).toLowerCase(Locale.ROOT);
    }

    /** Copies or passes the rest of a line whose field is decided. */
    private void copyLine(ByteBuffer block) {
      int from = block.position();
      int to = from;
      while (to < block.limit() && !lineStart) {
        lineStart = block.get(to++) == '\n';
      }
      if (wanted) {
        block.get(from, out, n, to - from);
        n += to - from;
        complete = lineStart;
      }
      block.position(to);
    }

    private ByteBuffer end(String blankLine) {
      ended = true;
      room(4);
      byte[] last = (complete ? blankLine : "\r\n" + blankLine).getBytes(StandardCharsets.US_ASCII);
      append(last, last.length);
      return ByteBuffer.wrap(out, 0, n);
    }

    private void append(byte[] octets, int length) {
      room(length);
      System.arraycopy(octets, 0, out, n, length);
      n += length;
      complete = length == 0 ? complete : octets[length - 1] == '\n';
    }

    private void room(int octets) {
      if (out.length - n < octets) {
        out = java.util.Arrays.copyOf(out, n + octets + start.length + 4);
      }
    }
  }
}
