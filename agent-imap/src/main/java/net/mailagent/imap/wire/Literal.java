package net.mailagent.imap.wire;

/**
 * A literal as announced at the end of a line (RFC 3501 section 4.3, RFC 7888).
 *
 * @param size its octets
 * @param synchronizing whether the client waits to be asked for it
 */
public record Literal(long size, boolean synchronizing) {
  /** What the last octets of a line announce, or null. Sizes past 2^58 are read as 2^58. */
  static @org.jspecify.annotations.Nullable Literal atEnd(byte[] line) {
    int end = line.length - 1;
    if (end < 2 || line[end] != '}') {
      return null;
    }
    boolean synchronizing = line[end - 1] != '+';
    int last = synchronizing ? end - 1 : end - 2;
    int first = last;
    while (first >= 0 && Chars.isDigit(line[first])) {
      first--;
    }
    if (first < 0 || first == last || line[first] != '{') {
      return null;
    }
    long size = 0;
    for (int i = first + 1; i <= last; i++) {
      size = Math.min(size * 10 + (line[i] - '0'), 1L << 58);
    }
    return new Literal(size, synchronizing);
  }
}
