package net.mailagent.history;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.function.Consumer;
import net.mailagent.history.Violation.Promise;

/**
 * Push streams: a position means the same change for everybody, and who reads on from a position is
 * told every change after it, once and in order.
 */
final class Streams {
  private Streams() {}

  static void check(List<Event> events, Truth truth, Consumer<Violation> report) {
    Map<String, List<Event.Followed>> byStream = new TreeMap<>();
    for (Event event : events) {
      if (event instanceof Event.Followed followed) {
        byStream.computeIfAbsent(followed.stream(), s -> new ArrayList<>()).add(followed);
      }
    }
    byStream.forEach((stream, all) -> {
      NavigableMap<Position, String> known = new TreeMap<>();
      List<Event.Change> whole = truth.streams().get(stream);
      if (whole != null) {
        whole.forEach(change -> known.put(change.at(), change.what()));
      }
      all.forEach(followed -> learn(followed, known, whole != null, report));
      all.forEach(followed -> complete(followed, known, report));
    });
  }

  private static void learn(
      Event.Followed followed,
      NavigableMap<Position, String> known,
      boolean whole,
      Consumer<Violation> report) {
    for (Event.Change change : followed.changes()) {
      String before = known.putIfAbsent(change.at(), change.what());
      if (before == null && whole) {
        wrong(followed, change.at() + " never happened: " + change.what(), report);
      } else if (before != null && !before.equals(change.what())) {
        wrong(
            followed,
            change.at() + " is " + change.what() + " here and " + before + " elsewhere",
            report);
      }
    }
  }

  private static void complete(
      Event.Followed followed, NavigableMap<Position, String> known, Consumer<Violation> report) {
    Position at = followed.from();
    for (Event.Change change : followed.changes()) {
      if (change.at().compareTo(at) <= 0) {
        wrong(followed, change.at() + " came after " + at, report);
        continue;
      }
      for (Position missed : known.subMap(at, false, change.at(), false).keySet()) {
        wrong(followed, missed + " was left out between " + at + " and " + change.at(), report);
      }
      at = change.at();
    }
  }

  private static void wrong(Event.Followed followed, String what, Consumer<Violation> report) {
    report.accept(
        new Violation(
            Promise.EVERY_CHANGE_ONCE, followed.stream() + ", " + followed.span() + ": " + what));
  }
}
