package net.mailagent.mime;

import java.util.function.Predicate;

/**
 * Reads the decoded text of a stored message again, to decide what the words of {@link
 * MessageFacts} cannot: SEARCH BODY and TEXT by substring. It reads what the words were made of:
 * all text parts, the headers of embedded messages, the names of attachments. One thread at a time.
 */
public final class TextExtractor {
  /**
   * @param root the tree, shifted to fit the reader
   * @param reader opens octets of the message
   * @param limit decoded characters of one HTML part that are held at a time; plain text streams
   */
  public TextExtractor(MimePart root, RangeReader reader, int limit) {}

  /** The text, cut at {@code limit} characters; pieces are separated by line breaks. */
  public String text(int limit) {
    throw new UnsupportedOperationException();
  }

  /** Whether the text contains a needle that went through {@link Normalized#forSearch}. */
  public boolean contains(String normalizedNeedle) {
    throw new UnsupportedOperationException();
  }

  /** Passes the decoded text on piece by piece until the reader has enough (returns false). */
  public void read(Predicate<String> reader) {
    throw new UnsupportedOperationException();
  }
}
