package net.mailagent.history;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/** Holds a history against the promises. Any thread; as many rounds as there are events, sorted. */
public final class Checker {
  private Checker() {}

  /** Everything that is wrong, empty when nothing is. */
  public static List<Violation> check(List<Event> events, Truth truth) {
    List<Violation> found = new ArrayList<>();
    Consumer<Violation> report = found::add;
    List<Event> all = new ArrayList<>(events);
    all.addAll(Sessions.replay(events, report)); // what they know after each catch-up is a view
    all.addAll(Resyncs.check(all, report)); // and what follows from an answer is one, too
    Views.check(all, truth, report);
    Requests.check(all, truth, report);
    Conditions.check(all, truth, report);
    Streams.check(all, truth, report);
    return found;
  }

  /**
   * @throws AssertionError with everything that is wrong
   */
  public static void require(List<Event> events, Truth truth) {
    List<Violation> found = check(events, truth);
    if (!found.isEmpty()) {
      StringBuilder text = new StringBuilder("broken promises: " + found.size());
      found.stream().limit(20).forEach(violation -> text.append("\n  ").append(violation));
      throw new AssertionError(text.toString());
    }
  }
}
