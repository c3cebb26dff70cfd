package net.mailagent.history;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;
import net.mailagent.history.Violation.Promise;
import org.jspecify.annotations.Nullable;

/**
 * What was acknowledged is seen by everybody who looks afterwards, the store included: added
 * messages, expunges, flags. (Deliveries, whose UIDs nobody is told, are counted by {@link
 * Counts}.)
 */
final class Requests {
  private final Consumer<Violation> report;

  /** By mailbox: a UID was given out, or said to be gone, or changed, at the end of that span. */
  private record Told(Span span, int uid, long modSeq) {}

  private final Map<String, List<Told>> added = new HashMap<>();
  private final Map<String, List<Told>> removed = new HashMap<>();
  private final Map<String, List<Told>> changed = new HashMap<>();

  /** By mailbox and UID: when somebody first asked for it to go away. */
  private final Map<String, Map<Integer, Long>> leaving = new HashMap<>();

  private Requests(Consumer<Violation> report) {
    this.report = report;
  }

  static void check(List<Event> events, Truth truth, Consumer<Violation> report) {
    Requests requests = new Requests(report);
    events.forEach(requests::note);
    Views.byMailbox(events, truth).forEach(requests::seen);
    Counts.check(events, truth, report);
  }

  private void note(Event event) {
    switch (event) {
      case Event.Append e -> {
        if (e.outcome() == Outcome.ACKNOWLEDGED && e.uid() > 0) {
          tell(added, e.mailbox(), new Told(e.span(), e.uid(), 0));
        }
      }
      case Event.Copy e -> copied(e);
      case Event.Removal e -> {
        if (e.outcome() != Outcome.REFUSED) {
          e.uids().forEach(uid -> leaves(e.mailbox(), uid, e.span()));
        }
        if (e.outcome() == Outcome.ACKNOWLEDGED) {
          e.uids().forEach(uid -> tell(removed, e.mailbox(), new Told(e.span(), uid, 0)));
        }
      }
      case Event.Store e -> {
        if (e.outcome() == Outcome.ACKNOWLEDGED) {
          e.changed()
              .forEach((uid, seq) -> tell(changed, e.mailbox(), new Told(e.span(), uid, seq)));
        }
      }
      case Event.Delivery e -> {}
      case Event.View e -> {}
      case Event.Resync e -> {}
      case Event.Followed e -> {}
      case Event.Selected e -> {}
      case Event.Exists e -> {}
      case Event.Expunged e -> {}
      case Event.Vanished e -> {}
      case Event.Fetched e -> {}
      case Event.CaughtUp e -> {}
    }
  }

  private void copied(Event.Copy e) {
    if (e.moved() && e.outcome() != Outcome.REFUSED) {
      e.uids().forEach(uid -> leaves(e.from(), uid, e.span()));
    }
    if (e.outcome() == Outcome.ACKNOWLEDGED) {
      e.placed()
          .forEach((source, target) -> {
            tell(added, e.to(), new Told(e.span(), target, 0));
            if (e.moved()) {
              tell(removed, e.from(), new Told(e.span(), source, 0));
            }
          });
    }
  }

  private void leaves(String mailbox, int uid, Span span) {
    leaving.computeIfAbsent(mailbox, m -> new HashMap<>()).merge(uid, span.begin(), Math::min);
  }

  private static void tell(Map<String, List<Told>> all, String mailbox, Told told) {
    all.computeIfAbsent(mailbox, m -> new ArrayList<>()).add(told);
  }

  /** Goes through the views as they began, and takes along what had been told by then. */
  private void seen(String mailbox, List<Event.View> views) {
    Ended adds = new Ended(added.get(mailbox));
    Ended removals = new Ended(removed.get(mailbox));
    Ended changes = new Ended(changed.get(mailbox));
    Map<Integer, Long> asked = leaving.getOrDefault(mailbox, Map.of());
    Map<Integer, Told> present = new TreeMap<>();
    Set<Integer> gone = new HashSet<>();
    Map<Integer, Long> modSeqs = new HashMap<>();
    List<Event.View> order = new ArrayList<>(views);
    order.sort(Comparator.comparingLong(view -> view.span().begin()));
    for (Event.View view : order) {
      adds.before(view.span()).forEach(told -> present.put(told.uid(), told));
      removals.before(view.span()).forEach(told -> gone.add(told.uid()));
      changes
          .before(view.span())
          .forEach(told -> modSeqs.merge(told.uid(), told.modSeq(), Math::max));
      present
          .keySet()
          .removeIf(uid -> asked.getOrDefault(uid, Long.MAX_VALUE) <= view.span().begin());
      present.forEach((uid, told) -> {
        if (!view.messages().containsKey(uid)
            && asked.getOrDefault(uid, Long.MAX_VALUE) > view.span().end()) {
          wrong(Promise.NOT_LOST, view, "UID " + uid + " is missing, given to " + told.span());
        }
      });
      view.messages()
          .forEach((uid, message) -> {
            if (gone.contains(uid)) {
              wrong(Promise.RECENT, view, "UID " + uid + " is there, and was expunged");
            }
            long told = modSeqs.getOrDefault(uid, 0L);
            if (message.modSeq() > 0 && message.modSeq() < told) {
              wrong(
                  Promise.RECENT,
                  view,
                  "UID " + uid + " is shown at " + message.modSeq() + ", but changed at " + told);
            }
          });
    }
  }

  /** What was told, handed out in the order in which it was known. */
  private static final class Ended {
    private final List<Told> order;
    private int next;

    Ended(@Nullable List<Told> all) {
      order = all == null ? new ArrayList<>() : new ArrayList<>(all);
      order.sort(Comparator.comparingLong(told -> told.span().end()));
    }

    /** What ended before that span and was not handed out yet. */
    List<Told> before(Span span) {
      int from = next;
      while (next < order.size() && order.get(next).span().isBefore(span)) {
        next++;
      }
      return order.subList(from, next);
    }
  }

  private void wrong(Promise promise, Event.View view, String what) {
    report.accept(new Violation(promise, view.mailbox() + ", " + view.span() + ": " + what));
  }
}
