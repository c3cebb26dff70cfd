package net.mailagent.history;

import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;

/**
 * A history while it is made. Any thread; the events of one client are added in their order by that
 * client.
 */
public final class Recording {
  private final ConcurrentLinkedQueue<Event> events = new ConcurrentLinkedQueue<>();

  /** The clock that all clients share, in nanoseconds. */
  public static long now() {
    return System.nanoTime();
  }

  public void add(Event event) {
    events.add(event);
  }

  /** Everything so far. */
  public List<Event> events() {
    return List.copyOf(events);
  }
}
