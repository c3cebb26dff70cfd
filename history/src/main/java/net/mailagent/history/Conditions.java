package net.mailagent.history;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;
import net.mailagent.history.Violation.Promise;

/**
 * STOREs of one message are linear: their MODSEQs order them, that order is the clients' order
 * where one was over when the other began, a conditional one happens only when nothing lies between
 * its condition and itself, and fails only when something may; in the end the flags are what that
 * order makes of them.
 */
final class Conditions {
  private final String message;
  private final Consumer<Violation> report;

  /** The STOREs that were told to have changed it, by MODSEQ. */
  private final List<Done> done = new ArrayList<>();

  /** Those that failed their condition. */
  private final List<Event.Store> failed = new ArrayList<>();

  /** Those of which nobody knows whether they happened. */
  private final List<Event.Store> unclear = new ArrayList<>();

  private record Done(Event.Store store, long modSeq) {}

  private Conditions(String message, Consumer<Violation> report) {
    this.message = message;
    this.report = report;
  }

  static void check(List<Event> events, Truth truth, Consumer<Violation> report) {
    Map<String, TreeMap<Integer, Conditions>> all = new TreeMap<>();
    for (Event event : events) {
      if (event instanceof Event.Store store) {
        TreeMap<Integer, Conditions> mailbox =
            all.computeIfAbsent(store.mailbox(), m -> new TreeMap<>());
        for (int uid : store.uids()) {
          mailbox
              .computeIfAbsent(uid, u -> new Conditions(store.mailbox() + " UID " + u, report))
              .note(store, uid);
        }
      }
    }
    Map<String, List<Event.View>> views = Views.byMailbox(events, truth);
    all.forEach((mailbox, messages) -> {
      Map<Integer, Set<Long>> shown = shown(views.getOrDefault(mailbox, List.of()), messages);
      Truth.Mailbox there = truth.mailboxes().get(mailbox);
      messages.forEach((uid, one) -> {
        one.inOrder();
        one.conditions();
        one.failures(shown.getOrDefault(uid, Set.of()));
        Message last = there == null ? null : there.messages().get(uid);
        if (last != null) {
          one.atTheEnd(last);
        }
      });
    });
  }

  /** Every MODSEQ that anybody was shown of those messages: each a change, whoever made it. */
  private static Map<Integer, Set<Long>> shown(
      List<Event.View> views, TreeMap<Integer, Conditions> messages) {
    Map<Integer, Set<Long>> shown = new TreeMap<>();
    for (Event.View view : views) {
      for (int uid : messages.keySet()) {
        Message message = view.messages().get(uid);
        if (message != null) {
          shown.computeIfAbsent(uid, u -> new HashSet<>()).add(message.modSeq());
        }
      }
    }
    return shown;
  }

  private void note(Event.Store store, int uid) {
    Long modSeq = store.changed().get(uid);
    switch (store.outcome()) {
      case ACKNOWLEDGED -> {
        if (modSeq != null) {
          done.add(new Done(store, modSeq));
        } else if (store.modified().contains(uid)) {
          failed.add(store);
        }
      }
      case UNKNOWN -> unclear.add(store);
      case REFUSED -> {}
    }
  }

  private void inOrder() {
    done.sort(Comparator.comparingLong(Done::modSeq));
    Done latest = null; // of those with a lower MODSEQ the one that began last
    int group = 0;
    for (int i = 0; i < done.size(); i++) {
      Done now = done.get(i);
      for (; done.get(group).modSeq() < now.modSeq(); group++) {
        Done lower = done.get(group);
        if (latest == null || latest.store().span().begin() < lower.store().span().begin()) {
          latest = lower;
        }
      }
      if (latest != null && now.store().span().isBefore(latest.store().span())) {
        wrong(
            Promise.ORDER,
            now.store(),
            "got MODSEQ " + now.modSeq() + ", and " + latest.store().span() + " a lower one");
      }
    }
  }

  private void conditions() {
    for (int i = 0; i < done.size(); i++) {
      Done now = done.get(i);
      if (!now.store().isConditional()) {
        continue;
      }
      long since = now.store().unchangedSince();
      for (int j = i - 1; j >= 0 && done.get(j).modSeq() > since; j--) {
        Done between = done.get(j);
        // in one entry the first of two makes the condition of the second fail
        if (between.modSeq() < now.modSeq() || between.store().isConditional()) {
          wrong(
              Promise.CONDITION,
              now.store(),
              "changed it at "
                  + now.modSeq()
                  + " unless changed since "
                  + since
                  + ", which it was at "
                  + between.modSeq());
        }
      }
    }
  }

  private void failures(Set<Long> shown) {
    for (Event.Store store : failed) {
      long since = store.unchangedSince();
      if (shown.stream().noneMatch(modSeq -> modSeq <= since)) {
        continue; // nobody knows that it ever fulfilled the condition
      }
      boolean reason =
          shown.stream().anyMatch(modSeq -> modSeq > since)
              || done.stream()
                  .anyMatch(other ->
                      other.modSeq() > since && !store.span().isBefore(other.store().span()))
              || unclear.stream().anyMatch(other -> !store.span().isBefore(other.span()));
      if (!reason) {
        wrong(Promise.CONDITION, store, "failed though nothing changed since " + since);
      }
    }
  }

  private void atTheEnd(Message last) {
    TreeMap<String, Boolean> expected = new TreeMap<>();
    Set<String> open = new HashSet<>();
    boolean replaced = false;
    for (int i = 0; i < done.size(); i++) {
      Done now = done.get(i);
      boolean tied =
          (i > 0 && done.get(i - 1).modSeq() == now.modSeq())
              || (i + 1 < done.size() && done.get(i + 1).modSeq() == now.modSeq());
      if (tied || now.store().operation() == Event.Operation.REPLACE) {
        replaced = true; // which of two in one entry came first nobody was told
        break;
      }
      boolean set = now.store().operation() == Event.Operation.ADD;
      now.store().flags().forEach(flag -> expected.put(flag, set));
    }
    unclear.forEach(store -> open.addAll(store.flags()));
    if (replaced || unclear.stream().anyMatch(s -> s.operation() == Event.Operation.REPLACE)) {
      return;
    }
    expected.keySet().removeAll(open);
    expected.forEach((flag, set) -> {
      if (last.flags().contains(flag) != set) {
        report.accept(
            new Violation(
                Promise.NOT_LOST,
                message + " ends with " + last + ", though " + flag + " was set: " + set));
      }
    });
  }

  private void wrong(Promise promise, Event.Store store, String what) {
    report.accept(new Violation(promise, message + ", " + store.span() + ": " + what));
  }
}
