package net.mailagent.mime;

/**
 * Finds a needle in text that comes in pieces, as {@code
 * Normalized.forSearch(text).contains(needle)} would in the whole. The text is normalised a window
 * at a time and read character by character (Knuth, Morris and Pratt), so that the longest needle
 * takes no more time than the shortest. One search, one thread.
 */
final class NeedleFinder {
  /**
   * Characters in a row that join with what stands before them, of which one may be parted from it:
   * more than any language has, and more marks than {@link Normalized} keeps.
   */
  private static final int MAX_JOINED = 128;

  private final String needle;

  /** Of each beginning of the needle the longest shorter one that it ends with. */
  private final int[] fallback;

  private final int window;

  /** Text that is not normalised yet, as what follows may join with its end. */
  private final StringBuilder open = new StringBuilder();

  /** Characters of the needle that what was read ends with. */
  private int matched;

  /** Whether white space was read last: runs of it count as one, from window to window, too. */
  private boolean space;

  private boolean found;

  /**
   * @param needle went through {@link Normalized#forSearch}; not empty
   * @param window characters from which on the text is normalised; at least 1
   */
  NeedleFinder(String needle, int window) {
    this.needle = needle;
    this.window = window;
    this.fallback = fallback(needle);
  }

  private static int[] fallback(String needle) {
    int[] lengths = new int[needle.length() + 1];
    int length = 0;
    for (int i = 1; i < needle.length(); i++) {
      while (length > 0 && needle.charAt(i) != needle.charAt(length)) {
        length = lengths[length];
      }
      if (needle.charAt(i) == needle.charAt(length)) {
        length++;
      }
      lengths[i + 1] = length;
    }
    return lengths;
  }

  /** Reads on; whether the needle was found so far. */
  boolean found(String piece) {
    open.append(piece);
    if (open.length() >= window) {
      search(lastStart());
    }
    return found;
  }

  /** Reads what is left; whether the text has the needle. */
  boolean foundAtEnd() {
    search(open.length());
    return found;
  }

  /** Where the last character begins that does not join with what stands before it. */
  private int lastStart() {
    int i = open.length();
    int bound = Math.max(0, i - MAX_JOINED);
    while (i > bound) {
      int codePoint = open.codePointBefore(i);
      i -= Character.charCount(codePoint);
      if (!SimpleFolds.joins(codePoint)) {
        return i;
      }
    }
    return bound == 0 ? 0 : open.length();
  }

  private void search(int end) {
    if (found || end == 0) {
      return;
    }
    String normal = Normalized.forSearch(open.substring(0, end));
    open.delete(0, end);
    for (int i = space && normal.startsWith(" ") ? 1 : 0; i < normal.length() && !found; i++) {
      read(normal.charAt(i));
    }
    space = normal.endsWith(" ");
  }

  private void read(char c) {
    while (matched > 0 && c != needle.charAt(matched)) {
      matched = fallback[matched];
    }
    if (c == needle.charAt(matched)) {
      matched++;
    }
    found = matched == needle.length();
  }
}
