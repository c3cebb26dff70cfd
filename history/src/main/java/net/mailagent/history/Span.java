package net.mailagent.history;

/**
 * Who, and when: the event took place somewhere between {@code begin} and {@code end}.
 *
 * @param client one session, connection or stream: what one client does happens one after the other
 * @param begin nanoseconds of the clock that all clients share
 * @param end when the answer was there; at least {@code begin}
 */
public record Span(String client, long begin, long end) {
  public Span {
    if (end < begin) {
      throw new IllegalArgumentException("ends before it begins: " + begin + " to " + end);
    }
  }

  /** Whether this was over when the other began, so that the other must know of it. */
  public boolean isBefore(Span other) {
    return end < other.begin;
  }

  @Override
  public String toString() {
    return client + "@" + begin + "-" + end;
  }
}
