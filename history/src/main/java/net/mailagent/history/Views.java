package net.mailagent.history;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
import net.mailagent.history.Violation.Promise;

/**
 * Compares all views of one mailbox: those that follow each other in time, those that follow each
 * other in MODSEQ, and the last ones with the store. Each view meets its neighbours only.
 */
final class Views {
  /** Stands for the store among the clients. */
  static final Span STORE = new Span("store", Long.MAX_VALUE, Long.MAX_VALUE);

  private final String mailbox;
  private final List<Event.View> views;
  private final Consumer<Violation> report;

  private Views(String mailbox, List<Event.View> views, Consumer<Violation> report) {
    this.mailbox = mailbox;
    this.views = views;
    this.report = report;
  }

  static void check(List<Event> events, Truth truth, Consumer<Violation> report) {
    byMailbox(events, truth)
        .forEach((mailbox, views) -> {
          Views all = new Views(mailbox, views, report);
          all.inTime();
          all.inModSeq();
          all.atTheEnd(truth);
          all.identities();
        });
  }

  /** All views of each mailbox; the store's is one of them. */
  static Map<String, List<Event.View>> byMailbox(List<Event> events, Truth truth) {
    Map<String, List<Event.View>> views = new TreeMap<>();
    for (Event event : events) {
      if (event instanceof Event.View view) {
        views.computeIfAbsent(view.mailbox(), m -> new ArrayList<>()).add(view);
      }
    }
    truth
        .mailboxes()
        .forEach((mailbox, there) ->
            views
                .computeIfAbsent(mailbox, m -> new ArrayList<>())
                .add(new Event.View(STORE, mailbox, there.highest(), there.messages())));
    return views;
  }

  /** A UID that one did not see, below the highest it saw, nobody sees who looks later. */
  private void inTime() {
    List<Event.View> ended = sorted(Comparator.comparingLong(view -> view.span().end()));
    int next = 0;
    BitSet gone = new BitSet();
    long highest = 0;
    for (Event.View view : sorted(Comparator.comparingLong(v -> v.span().begin()))) {
      for (; next < ended.size() && ended.get(next).span().isBefore(view.span()); next++) {
        Event.View before = ended.get(next);
        gone.or(absent(before));
        highest = Math.max(highest, before.highest());
      }
      for (int uid : view.messages().keySet()) {
        if (gone.get(uid)) {
          wrong(
              Promise.ORDER,
              view,
              "UID " + uid + " was not there before, when higher ones were, or was expunged");
        }
      }
      if (view.highest() > 0 && view.highest() < highest) {
        wrong(
            Promise.RECENT,
            view,
            "HIGHESTMODSEQ " + view.highest() + " after " + highest + " had been told");
      }
    }
  }

  private static BitSet absent(Event.View view) {
    BitSet absent = new BitSet();
    int top = view.messages().keySet().stream().mapToInt(uid -> uid).max().orElse(0);
    absent.set(1, top + 1);
    view.messages().keySet().forEach(absent::clear);
    return absent;
  }

  /** What is new or other at a higher HIGHESTMODSEQ has a MODSEQ between the two. */
  private void inModSeq() {
    Event.View before = null;
    for (Event.View view : sorted(Comparator.comparingLong(Event.View::highest))) {
      if (view.highest() == 0) {
        continue;
      }
      if (before != null && before.highest() == view.highest()) {
        same(before, view, Promise.CONVERGENCE);
      } else if (before != null) {
        ascends(before, view);
      }
      before = view;
    }
  }

  private void ascends(Event.View before, Event.View view) {
    view.messages()
        .forEach((uid, message) -> {
          if (message.modSeq() == 0) {
            return;
          }
          if (message.modSeq() > view.highest()) {
            wrong(Promise.ORDER, view, "UID " + uid + " is above HIGHESTMODSEQ " + view.highest());
          }
          Message was = before.messages().get(uid);
          boolean changed = was == null || !was.flags().equals(message.flags());
          if (changed && message.modSeq() <= before.highest()) {
            wrong(
                Promise.ORDER,
                view,
                "UID "
                    + uid
                    + " changed at "
                    + message.modSeq()
                    + ", not shown by "
                    + before.span());
          }
          if (was != null && was.modSeq() > message.modSeq()) {
            wrong(Promise.ORDER, view, "UID " + uid + " went back from MODSEQ " + was.modSeq());
          }
        });
  }

  /** Who looked when all was quiet saw what the store holds. */
  private void atTheEnd(Truth truth) {
    Truth.Mailbox there = truth.mailboxes().get(mailbox);
    for (Event.View view : views) {
      if (view.span().begin() >= truth.quietSince() && !view.span().equals(STORE)) {
        if (there == null) {
          wrong(Promise.CONVERGENCE, view, "the store has no such mailbox");
        } else {
          same(
              new Event.View(STORE, mailbox, there.highest(), there.messages()),
              view,
              Promise.CONVERGENCE);
        }
      }
    }
  }

  private void same(Event.View expected, Event.View view, Promise promise) {
    TreeMap<Integer, Message> theirs = expected.sorted();
    if (!theirs.keySet().equals(view.messages().keySet())) {
      TreeMap<Integer, Message> more = view.sorted();
      more.keySet().removeAll(theirs.keySet());
      theirs.keySet().removeAll(view.messages().keySet());
      wrong(
          promise,
          view,
          "lacks " + theirs.keySet() + ", has " + more.keySet() + " beside " + expected.span());
      return;
    }
    theirs.forEach((uid, message) -> {
      Message mine = view.messages().get(uid);
      if (mine != null
          && (!mine.flags().equals(message.flags())
              || (mine.modSeq() > 0
                  && message.modSeq() > 0
                  && mine.modSeq() != message.modSeq()))) {
        wrong(promise, view, "UID " + uid + " is " + mine + ", for others " + message);
      }
    });
  }

  /** A UID means one message for ever. */
  private void identities() {
    Map<Integer, String> known = new HashMap<>();
    for (Event.View view : views) {
      view.messages()
          .forEach((uid, message) -> {
            String before =
                message.identity().isEmpty() ? null : known.putIfAbsent(uid, message.identity());
            if (before != null && !before.equals(message.identity())) {
              wrong(Promise.UID_STANDS, view, "UID " + uid + " is another message: " + before);
            }
          });
    }
  }

  private List<Event.View> sorted(Comparator<Event.View> order) {
    return views.stream().sorted(order).toList();
  }

  private void wrong(Promise promise, Event.View view, String what) {
    report.accept(new Violation(promise, mailbox + ", " + view.span() + ": " + what));
  }
}
