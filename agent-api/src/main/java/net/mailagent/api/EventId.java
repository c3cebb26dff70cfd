package net.mailagent.api;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A position in a user's events: the journal entry, and which of its events when it gave several.
 *
 * @param seq of the entry
 * @param n of the event within the entry, from 1; 0 stands for the whole entry
 */
record EventId(long seq, int n) {
  private static final Pattern FORM = Pattern.compile("(\\d{1,18})(?:\\.(\\d{1,9}))?");

  /** Reads {@code seq} or {@code seq.n}; empty when it is neither. */
  static Optional<EventId> parse(String text) {
    Matcher matcher = FORM.matcher(text);
    if (!matcher.matches()) {
      return Optional.empty();
    }
    long seq = Long.parseLong(matcher.group(1));
    int n = matcher.group(2) == null ? 0 : Integer.parseInt(matcher.group(2));
    return n > 0 && seq == 0 ? Optional.empty() : Optional.of(new EventId(seq, n));
  }

  @Override
  public String toString() {
    return n == 0 ? Long.toString(seq) : seq + "." + n;
  }
}
