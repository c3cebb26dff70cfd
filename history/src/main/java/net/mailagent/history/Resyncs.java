package net.mailagent.history;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
import net.mailagent.history.Violation.Promise;

/**
 * Resynchronisation (RFC 7162): what a client held, changed as it was told, is a view of the
 * mailbox at the new HIGHESTMODSEQ, which has to stand beside all other views.
 */
final class Resyncs {
  private Resyncs() {}

  /** The views that follow. */
  static List<Event.View> check(List<Event> events, Consumer<Violation> report) {
    Map<String, Map<Long, Map<Integer, Message>>> held = new HashMap<>();
    List<Event.Resync> resyncs = new ArrayList<>();
    for (Event event : events) {
      if (event instanceof Event.View view && view.highest() > 0) {
        held.computeIfAbsent(view.mailbox(), m -> new HashMap<>())
            .putIfAbsent(view.highest(), view.messages());
      } else if (event instanceof Event.Resync resync) {
        resyncs.add(resync);
      }
    }
    List<Event.View> views = new ArrayList<>();
    for (Event.Resync resync : resyncs) {
      rows(resync, report);
      Map<Integer, Message> base =
          held.getOrDefault(resync.mailbox(), Map.of()).get(resync.since());
      if (base != null) {
        views.add(applied(resync, base, report));
      }
    }
    return views;
  }

  private static void rows(Event.Resync resync, Consumer<Violation> report) {
    TreeMap<Integer, Message> seen = new TreeMap<>();
    for (Event.Row row : resync.changed()) {
      if (seen.put(row.uid(), row.message()) != null) {
        wrong(resync, "UID " + row.uid() + " came twice", report);
      }
      long modSeq = row.message().modSeq();
      if (modSeq <= resync.since() || modSeq > resync.highest()) {
        wrong(resync, "UID " + row.uid() + " has MODSEQ " + modSeq, report);
      }
      if (resync.vanished().contains(row.uid())) {
        wrong(resync, "UID " + row.uid() + " changed and is gone", report);
      }
    }
  }

  private static Event.View applied(
      Event.Resync resync, Map<Integer, Message> base, Consumer<Violation> report) {
    TreeMap<Integer, Message> now = new TreeMap<>(base);
    now.keySet().removeAll(resync.vanished());
    for (Event.Row row : resync.changed()) {
      Message before = now.put(row.uid(), row.message());
      if (before != null && before.modSeq() >= row.message().modSeq()) {
        wrong(resync, "UID " + row.uid() + " was at " + before.modSeq() + " already", report);
      }
    }
    return new Event.View(resync.span(), resync.mailbox(), resync.highest(), now);
  }

  private static void wrong(Event.Resync resync, String what, Consumer<Violation> report) {
    report.accept(
        new Violation(
            Promise.EVERY_CHANGE_ONCE,
            resync.mailbox()
                + " from "
                + resync.since()
                + " to "
                + resync.highest()
                + ", "
                + resync.span()
                + ": "
                + what));
  }
}
