package net.mailagent.mime;

/**
 * The one form in which texts and the needles of searches are compared: NFKC, case folded character
 * by character (so that a part of a text folds as the whole does), white space runs as one space.
 * Any thread.
 */
public final class Normalized {
  private Normalized() {}

  /** The form to compare. */
  public static String forSearch(String text) {
    throw new UnsupportedOperationException();
  }

  /**
   * Whether a needle, already normalised, is made of letters, marks and digits only, so that {@link
   * MessageFacts#words} decides whether it occurs.
   */
  public static boolean isWord(String normalized) {
    throw new UnsupportedOperationException();
  }
}
