package net.mailagent.history;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;
import net.mailagent.history.Violation.Promise;

/**
 * How often each message is there in the end, in all mailboxes together, and how often that may be:
 * once for each delivery and APPEND that was acknowledged, up to once for each whose outcome nobody
 * knows, more for copies, fewer for expunges.
 */
final class Counts {
  private final Map<String, Integer> least = new TreeMap<>();
  private final Map<String, Integer> most = new TreeMap<>();

  /** What each UID of each mailbox is, as far as anybody was shown it. */
  private final Map<String, Map<Integer, String>> identities = new HashMap<>();

  private record Place(String mailbox, int uid) {}

  private final Set<Place> surelyGone = new HashSet<>();
  private final Set<Place> perhapsGone = new HashSet<>();
  private final Set<Place> perhapsMoved = new HashSet<>();

  /** Copies and expunges of messages that nobody was ever shown. */
  private int blindCopies;

  private int blindExpunges;

  private Counts() {}

  static void check(List<Event> events, Truth truth, Consumer<Violation> report) {
    if (truth.mailboxes().isEmpty()) {
      return;
    }
    Counts counts = new Counts();
    counts.identify(events, truth);
    counts.deliveries(events);
    events.forEach(counts::note);
    counts.expunges();
    counts.compare(truth, report);
  }

  private void identify(List<Event> events, Truth truth) {
    Views.byMailbox(events, truth)
        .forEach((mailbox, views) ->
            views.forEach(view ->
                view.messages()
                    .forEach((uid, message) -> identify(mailbox, uid, message.identity()))));
    for (Event event : events) {
      if (event instanceof Event.Append append && append.uid() > 0) {
        identify(append.mailbox(), append.uid(), append.identity());
      }
    }
    for (Event event : events) {
      if (event instanceof Event.Copy copy) {
        copy.placed()
            .forEach((source, target) -> {
              identify(copy.to(), target, identity(copy.from(), source));
              identify(copy.from(), source, identity(copy.to(), target));
            });
      }
    }
  }

  private void identify(String mailbox, int uid, String identity) {
    if (!identity.isEmpty()) {
      identities.computeIfAbsent(mailbox, m -> new HashMap<>()).putIfAbsent(uid, identity);
    }
  }

  private String identity(String mailbox, int uid) {
    return identities.getOrDefault(mailbox, Map.of()).getOrDefault(uid, "");
  }

  /** Attempts with one key are one delivery. */
  private void deliveries(List<Event> events) {
    Map<String, List<Event.Delivery>> byKey = new TreeMap<>();
    int alone = 0;
    for (Event event : events) {
      if (event instanceof Event.Delivery delivery) {
        String key = delivery.key().isEmpty() ? "\0" + alone++ : delivery.key();
        byKey.computeIfAbsent(key, k -> new ArrayList<>()).add(delivery);
      }
    }
    byKey
        .values()
        .forEach(attempts -> {
          String identity = attempts.getFirst().identity();
          boolean sure = attempts.stream().anyMatch(a -> a.outcome() == Outcome.ACKNOWLEDGED);
          boolean never = attempts.stream().allMatch(a -> a.outcome() == Outcome.REFUSED);
          add(identity, sure ? 1 : 0, never ? 0 : 1);
        });
  }

  private void add(String identity, int surely, int perhaps) {
    least.merge(identity, surely, Integer::sum);
    most.merge(identity, perhaps, Integer::sum);
  }

  private void note(Event event) {
    if (event instanceof Event.Append append) {
      add(
          append.identity(),
          append.outcome() == Outcome.ACKNOWLEDGED ? 1 : 0,
          append.outcome() == Outcome.REFUSED ? 0 : 1);
    } else if (event instanceof Event.Copy copy && copy.outcome() != Outcome.REFUSED) {
      boolean sure = copy.outcome() == Outcome.ACKNOWLEDGED;
      for (int uid : sure ? copy.placed().keySet() : copy.uids()) {
        if (copy.moved()) {
          perhapsMoved.add(new Place(copy.from(), uid)); // one less there, one more here
        } else if (identity(copy.from(), uid).isEmpty()) {
          blindCopies++;
        } else {
          add(identity(copy.from(), uid), sure ? 1 : 0, 1);
        }
      }
    } else if (event instanceof Event.Removal removal && removal.outcome() != Outcome.REFUSED) {
      Set<Place> to = removal.outcome() == Outcome.ACKNOWLEDGED ? surelyGone : perhapsGone;
      removal.uids().forEach(uid -> to.add(new Place(removal.mailbox(), uid)));
    }
  }

  private void expunges() {
    Set<Place> all = new HashSet<>(surelyGone);
    all.addAll(perhapsGone);
    for (Place place : all) {
      String identity = identity(place.mailbox(), place.uid());
      if (identity.isEmpty()) {
        blindExpunges++;
      } else {
        // who was told that it is gone may have been told of a move
        boolean sure = surelyGone.contains(place) && !perhapsMoved.contains(place);
        add(identity, -1, sure ? -1 : 0);
      }
    }
  }

  private void compare(Truth truth, Consumer<Violation> report) {
    Map<String, Integer> there = new HashMap<>();
    truth
        .mailboxes()
        .values()
        .forEach(mailbox ->
            mailbox.messages().values().forEach(m -> there.merge(m.identity(), 1, Integer::sum)));
    List<Violation> lost = new ArrayList<>();
    List<Violation> doubled = new ArrayList<>();
    least.forEach((identity, surely) -> {
      int found = there.getOrDefault(identity, 0);
      int perhaps = most.getOrDefault(identity, 0);
      if (found < surely) {
        lost.add(
            new Violation(
                Promise.NOT_LOST, identity + " is there " + found + " times, not " + surely));
      } else if (found > Math.max(0, perhaps)) {
        doubled.add(
            new Violation(
                Promise.NOT_DOUBLED, identity + " is there " + found + " times, not " + perhaps));
      }
    });
    // what was expunged or copied unseen may be any of them
    if (lost.size() > blindExpunges) {
      lost.forEach(report);
    }
    if (doubled.size() > blindCopies) {
      doubled.forEach(report);
    }
  }
}
