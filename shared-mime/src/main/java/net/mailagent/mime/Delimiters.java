package net.mailagent.mime;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The boundaries that can end the part being read: those of all multiparts around it that have not
 * been closed (RFC 2046 section 5.1). Confined to one parser.
 */
final class Delimiters {
  /** Octets of white space that may follow a boundary on its line, the line break included. */
  private static final int PADDING = 256;

  /** What a line is: a delimiter of that multipart, perhaps its last one. */
  record Match(OpenPart multipart, boolean close) {}

  @SuppressWarnings("ArrayRecordComponent") // never compared
  private record Boundary(OpenPart multipart, byte[] octets, byte[] closing) {}

  private final List<Boundary> open = new ArrayList<>();
  private int longest;

  /** Octets of the longest line, without its line feed, that can be a delimiter now. */
  int maxLine() {
    return longest + PADDING;
  }

  boolean isEmpty() {
    return open.isEmpty();
  }

  /**
   * Looks out for a boundary from now on.
   *
   * @param boundary as the sender named it; white space at its end is against the grammar and gets
   *     lost in delimiters, but stands in front of the last dashes
   */
  void open(OpenPart multipart, String boundary) {
    byte[] octets = ("--" + boundary.stripTrailing()).getBytes(StandardCharsets.ISO_8859_1);
    byte[] closing = ("--" + boundary + "--").getBytes(StandardCharsets.ISO_8859_1);
    open.add(new Boundary(multipart, octets, closing));
    longest = Math.max(longest, closing.length);
  }

  /** Forgets the boundary of a multipart that ended or was closed; no effect when it has none. */
  void close(OpenPart multipart) {
    for (int i = open.size() - 1; i >= 0 && open.get(i).multipart.depth >= multipart.depth; i--) {
      open.remove(i);
    }
    longest = open.stream().mapToInt(boundary -> boundary.closing.length).max().orElse(0);
  }

  /**
   * What a line is. The boundary must fill the line but for white space behind it, so one that is
   * the beginning of another is no trouble; among several the longest counts, then the innermost.
   *
   * @param line the octets without line feed
   */
  @Nullable Match match(byte[] line, int length) {
    int end = length;
    while (end > 0 && isPadding(line[end - 1])) {
      end--;
    }
    if (end < 2 || line[0] != '-' || line[1] != '-') {
      return null;
    }
    Match closing = null;
    for (int i = open.size() - 1; i >= 0; i--) {
      Boundary boundary = open.get(i);
      if (equal(boundary.octets, line, end)) {
        return new Match(boundary.multipart, false);
      }
      if (closing == null && equal(boundary.closing, line, end)) {
        closing = new Match(boundary.multipart, true);
      }
    }
    return closing;
  }

  /** White space, and the carriage returns that gateways multiply. */
  private static boolean isPadding(byte b) {
    return b == ' ' || b == '\t' || b == '\r';
  }

  private static boolean equal(byte[] boundary, byte[] line, int end) {
    return Arrays.equals(boundary, 0, boundary.length, line, 0, end);
  }
}
