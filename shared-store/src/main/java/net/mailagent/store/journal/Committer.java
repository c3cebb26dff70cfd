package net.mailagent.store.journal;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import net.mailagent.model.MailboxId;
import net.mailagent.model.Origin;
import net.mailagent.model.StoreUnavailable;
import net.mailagent.model.UserId;
import net.mailagent.model.journal.Draft;
import net.mailagent.model.journal.UnknownVersion;
import net.mailagent.model.journal.UserState;
import net.mailagent.store.mongo.DuplicateKey;
import org.jspecify.annotations.Nullable;

/**
 * Commits (journal.md 2 to 5): all that waits for a user becomes one entry, computed against the
 * exact state at n and inserted at n + 1; who loses the race computes anew. A warm state is used as
 * it is: the unique key is the check. Only when nothing is to be written must a read show that the
 * state, and so the answer, was exact. Any thread.
 */
final class Committer {
  private final Journals journals;
  private final JournalStore store;
  private final JournalSettings settings;
  private final StoreClock clock;
  private final Inserts inserts;

  Committer(Journals journals, JournalStore store, JournalSettings settings, StoreClock clock) {
    this.journals = journals;
    this.store = store;
    this.settings = settings;
    this.clock = clock;
    this.inserts = new Inserts(store, settings);
  }

  /** An entry that is ready to be inserted, and the edits that are in it. */
  private record Attempt(
      Lane lane,
      Snapshot base,
      Moment began,
      JournalStore.Encoded encoded,
      UserState after,
      List<Waiting<?>> edits) {}

  <R> Outcome<R> commit(Lane lane, Waiting<R> waiting) {
    commitAll(lane, List.of(waiting));
    return waiting.outcome();
  }

  /** On return each is done, or withdrawn, or its outcome is not known to us. */
  private void commitAll(Lane lane, List<? extends Waiting<?>> mine) {
    mine.forEach(lane::enqueue);
    commitQueued(lane, mine);
  }

  private void commitQueued(Lane lane, List<? extends Waiting<?>> mine) {
    Deadline deadline = new Deadline(settings);
    try {
      while (!allDone(mine)) {
        deadline.lock(lane.turn, "a commit");
        try {
          if (!allDone(mine)) { // or else whose turn it was has taken them along
            // its own time: others' edits must not fail because this one has waited long
            commitGroup(lane, lane.take(null, settings.maxGroup()), new Deadline(settings));
          }
        } finally {
          lane.turn.unlock();
        }
      }
    } catch (StoreUnavailable e) {
      mine.stream().filter(lane::withdraw).forEach(waiting -> waiting.failed(e));
    }
  }

  private static boolean allDone(List<? extends Waiting<?>> waiting) {
    return waiting.stream().allMatch(Waiting::isDone);
  }

  /** Commits these edits, and those that join them on the way. The lane's turn is held. */
  private void commitGroup(Lane lane, List<Waiting<?>> group, Deadline deadline) {
    List<Waiting<?>> open = new ArrayList<>(group);
    int lost = 0;
    try {
      while (!open.isEmpty()) {
        if (lost != 1 && readFirst(lane, deadline)) {
          open.addAll(lane.take(open.get(0), settings.maxGroup() - open.size()));
        }
        Attempt attempt = prepare(lane, open, deadline);
        if (attempt != null) {
          if (insert(attempt, deadline) == Inserts.Seat.MINE) {
            conclude(attempt);
            lost = 0;
          } else if (++lost > 1) { // after the first time the winner's entry was read just now
            deadline.pauseAfterRace(lost);
          }
        }
        open.removeIf(Waiting::isDone);
        if (!open.isEmpty()) {
          open.addAll(lane.take(open.get(0), settings.maxGroup() - open.size()));
        }
      }
    } catch (UnknownVersion e) {
      StoreUnavailable unknown = Journals.unknown(lane, e);
      open.forEach(waiting -> waiting.failed(unknown));
    } catch (RuntimeException e) {
      open.forEach(waiting -> waiting.failed(e));
    } catch (Error e) {
      open.forEach(waiting -> waiting.failed(new StoreUnavailable("a commit broke off", e)));
      throw e;
    }
  }

  /** Inserts it; when another was faster, his entry is known afterwards. */
  private Inserts.Seat insert(Attempt attempt, Deadline deadline) {
    Lane lane = attempt.lane();
    Snapshot base = attempt.base();
    Inserts.Seat seat =
        inserts.insert(
            attempt.encoded(), base.since(), () -> journals.readOn(lane, base, deadline), deadline);
    if (seat == Inserts.Seat.ANOTHERS) {
      lost(lane, base, deadline);
    }
    return seat;
  }

  private void lost(Lane lane, Snapshot base, Deadline deadline) {
    lane.contested();
    Snapshot known = lane.snapshot();
    if (known == null || known.state().seq() <= base.state().seq()) {
      journals.caughtUp(lane, Set.of(), store.now(), deadline);
    }
  }

  /** Reads what other nodes have written, if they do so; says whether it has read. */
  private boolean readFirst(Lane lane, Deadline deadline) {
    Snapshot known = lane.snapshot();
    if (!lane.isContested() || known == null) {
      return false;
    }
    Snapshot now = journals.caughtUp(lane, Set.of(), store.now(), deadline);
    if (now.state().seq() > known.state().seq()) {
      lane.contested();
    } else {
      lane.calm();
    }
    return true;
  }

  /**
   * Asks all edits; if they change nothing they are done.
   *
   * @return the entry to insert, or null when there is none
   */
  private @Nullable Attempt prepare(Lane lane, List<Waiting<?>> open, Deadline deadline) {
    Snapshot base = warm(lane, deadline);
    while (true) {
      deadline.check("the commit");
      Set<MailboxId> missing = Draft.missing(base.state(), needs(open, base.state()));
      if (!missing.isEmpty()) {
        base = journals.caughtUp(lane, missing, base.since(), deadline);
        continue;
      }
      Moment began = store.now();
      Draft draft = new Draft(base.state(), clock.millis());
      List<Waiting<?>> asked = ask(open, draft);
      if (!draft.isEmpty()) {
        JournalStore.Encoded encoded = store.encode(draft.entry(origin(asked)));
        return new Attempt(lane, base, began, encoded, draft.state(), asked);
      }
      Moment exact = base.since();
      if (asked.stream().allMatch(waiting -> exact.notBefore(waiting.asked))) {
        UserState state = base.state();
        asked.forEach(waiting -> waiting.decided(state.seq(), state.seq(), state));
        return null;
      }
      base = journals.caughtUp(lane, Set.of(), store.now(), deadline);
    }
  }

  /** The state to begin with: what is known, unless it is so old that the commit might be late. */
  private Snapshot warm(Lane lane, Deadline deadline) {
    Snapshot known = lane.snapshot();
    return known == null || known.since().olderThan(settings.stateAge().dividedBy(2))
        ? journals.caughtUp(lane, Set.of(), store.now(), deadline)
        : known;
  }

  private static Set<MailboxId> needs(List<Waiting<?>> open, UserState state) {
    Set<MailboxId> needs = new HashSet<>();
    open.forEach(waiting -> needs.addAll(waiting.edit.needs(state)));
    return needs;
  }

  /** Asks each edit; one that needs what the edits before it made necessary is left for later. */
  private static List<Waiting<?>> ask(List<Waiting<?>> open, Draft draft) {
    List<Waiting<?>> asked = new ArrayList<>();
    for (Waiting<?> waiting : open) {
      if (Draft.missing(draft.state(), waiting.edit.needs(draft.state())).isEmpty()) {
        waiting.decide(draft);
        asked.add(waiting);
      }
    }
    return asked;
  }

  /** Of several sessions none is named. */
  private static Origin origin(List<Waiting<?>> asked) {
    Origin first = asked.get(0).origin;
    return asked.stream().allMatch(waiting -> waiting.origin.equals(first))
        ? first
        : new Origin(first.protocol(), "", first.purpose());
  }

  /** The entry is in the journal: everybody hears it. */
  private void conclude(Attempt attempt) {
    Snapshot base = attempt.base();
    Snapshot after =
        new Snapshot(
            attempt.after(),
            attempt.began(),
            base.mark(),
            base.tailBytes() + attempt.encoded().bytes());
    attempt.lane().committed(base, attempt.encoded().entry(), after);
    long seq = after.state().seq();
    attempt.edits().forEach(waiting -> waiting.decided(seq, base.state().seq(), after.state()));
    journals.committed(attempt.lane(), after);
  }

  // ---- many users at once

  <R> List<Outcome<R>> commitEach(Origin origin, List<UserEdit<R>> edits) {
    List<Waiting<R>> all = new ArrayList<>(edits.size());
    Map<UserId, List<Waiting<?>>> byUser = new LinkedHashMap<>();
    for (UserEdit<R> edit : edits) {
      Waiting<R> waiting = new Waiting<>(origin, edit.edit(), store.now(), false);
      all.add(waiting);
      byUser.computeIfAbsent(edit.user(), user -> new ArrayList<>()).add(waiting);
    }
    // everybody who holds several turns took them in this order
    List<UserId> users =
        byUser.keySet().stream().sorted(Comparator.comparing(UserId::hex)).toList();
    for (int from = 0; from < users.size(); from += settings.bulkUsers()) {
      Map<Lane, List<Waiting<?>>> part = new LinkedHashMap<>();
      for (UserId user : users.subList(from, Math.min(users.size(), from + settings.bulkUsers()))) {
        part.put(journals.lane(user), byUser.getOrDefault(user, List.of()));
      }
      if (part.size() == 1) {
        part.forEach(this::commitAll);
      } else {
        commitBulk(part);
      }
    }
    return all.stream().map(Waiting::outcome).toList();
  }

  private void commitBulk(Map<Lane, List<Waiting<?>>> part) {
    Deadline loading = new Deadline(settings);
    inParallel(
        part.keySet(),
        lane -> { // cold users load side by side
          if (!readFirst(lane, loading)) {
            warm(lane, loading);
          }
        });
    Deadline deadline = new Deadline(settings);
    Map<Lane, List<Waiting<?>>> groups = new LinkedHashMap<>(); // whose turn we have
    try {
      List<Attempt> attempts = new ArrayList<>();
      part.forEach((lane, mine) -> {
        mine.forEach(lane::enqueue);
        if (!lane.turn.tryLock()) {
          return; // nobody waits for the one who commits for this user, least of all with a turn
        }
        groups.put(lane, List.of());
        if (!allDone(mine)) { // all that waits for this user goes along
          List<Waiting<?>> group = lane.take(undone(mine).get(0), settings.maxGroup());
          groups.put(lane, group);
          prepared(lane, group, deadline).ifPresent(attempts::add);
        }
      });
      List<Runnable> unsettled = insert(attempts, deadline);
      List.copyOf(groups.keySet()).stream()
          .filter(lane -> allDone(groups.getOrDefault(lane, List.of())))
          .forEach(lane -> release(lane, groups));
      inParallel(unsettled, Runnable::run);
      // those that lost a race, or did not fit into one entry, go on each by itself
      inParallel(
          groups.entrySet(),
          e -> commitGroup(e.getKey(), undone(e.getValue()), new Deadline(settings)));
    } finally {
      List.copyOf(groups.keySet()).forEach(lane -> release(lane, groups));
    }
    // and those whose turn it was not, or for which there was no room beside what waited longer
    inParallel(part.entrySet(), e -> commitQueued(e.getKey(), undone(e.getValue())));
  }

  private static List<Waiting<?>> undone(List<Waiting<?>> waiting) {
    return waiting.stream().filter(one -> !one.isDone()).<Waiting<?>>map(one -> one).toList();
  }

  private static void release(Lane lane, Map<Lane, List<Waiting<?>>> groups) {
    List<Waiting<?>> group = groups.remove(lane);
    if (group != null) { // none is left undone but by a fault of this program
      group.forEach(waiting -> waiting.failed(new StoreUnavailable("a commit broke off")));
      lane.turn.unlock();
    }
  }

  private Optional<Attempt> prepared(Lane lane, List<Waiting<?>> group, Deadline deadline) {
    try {
      return Optional.ofNullable(prepare(lane, group, deadline));
    } catch (RuntimeException e) {
      group.forEach(waiting -> waiting.failed(e));
      return Optional.empty();
    }
  }

  /**
   * Inserts the entries of all users in one message.
   *
   * @return what is still to be done for those that are not clearly in
   */
  private List<Runnable> insert(List<Attempt> attempts, Deadline deadline) {
    Map<Integer, Integer> failed = Map.of();
    RuntimeException failure = null;
    if (!attempts.isEmpty()) {
      try {
        failed =
            store.journal.insertEach(attempts.stream().map(a -> a.encoded().document()).toList());
      } catch (RuntimeException e) {
        failure = e;
      }
    }
    List<Runnable> unsettled = new ArrayList<>();
    for (int i = 0; i < attempts.size(); i++) {
      Attempt attempt = attempts.get(i);
      boolean fresh = !attempt.base().since().olderThan(settings.stateAge());
      if (failure == null && !failed.containsKey(i) && fresh) {
        conclude(attempt);
      } else {
        RuntimeException why = failure != null ? failure : meaning(failed.get(i));
        unsettled.add(() -> settle(attempt, why, deadline));
      }
    }
    return unsettled;
  }

  private static RuntimeException meaning(@Nullable Integer code) {
    return code != null && code == 11000
        ? new DuplicateKey("of an entry")
        : new StoreUnavailable("an insert failed with code " + code);
  }

  private void settle(Attempt attempt, RuntimeException failure, Deadline deadline) {
    try {
      boolean mine =
          inserts
              .settle(attempt.encoded(), failure, attempt.base().since(), deadline)
              .orElseGet(() -> insert(attempt, deadline))
              .equals(Inserts.Seat.MINE);
      if (mine) {
        conclude(attempt);
      } else {
        lost(attempt.lane(), attempt.base(), deadline);
      }
    } catch (UnknownVersion e) {
      StoreUnavailable unknown = Journals.unknown(attempt.lane(), e);
      attempt.edits().forEach(waiting -> waiting.failed(unknown));
    } catch (RuntimeException e) {
      attempt.edits().forEach(waiting -> waiting.failed(e));
    }
  }

  private static <T> void inParallel(Collection<T> all, java.util.function.Consumer<T> work) {
    if (all.size() == 1) {
      quietly(all.iterator().next(), work);
    } else if (!all.isEmpty()) {
      try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
        all.forEach(one -> threads.execute(() -> quietly(one, work)));
      }
    }
  }

  /** What fails here fails again, and is reported, where it is waited for. */
  private static <T> void quietly(T one, java.util.function.Consumer<T> work) {
    try {
      work.accept(one);
    } catch (StoreUnavailable e) {
      // said above
    }
  }
}
