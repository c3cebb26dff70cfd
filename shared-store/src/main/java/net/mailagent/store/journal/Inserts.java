package net.mailagent.store.journal;

import java.util.Optional;
import java.util.function.Supplier;
import net.mailagent.model.StoreUnavailable;
import net.mailagent.model.journal.JournalEntry;
import net.mailagent.store.mongo.DuplicateKey;
import org.jspecify.annotations.Nullable;

/**
 * The one insert that commits, and the settling of every outcome but a clean success by reading the
 * entry at that seq (journal.md 4): my id = mine; another's = lost; none = the same insert again.
 * All reads are majority reads. Any thread.
 */
final class Inserts {
  private final JournalStore store;
  private final JournalSettings settings;

  Inserts(JournalStore store, JournalSettings settings) {
    this.store = store;
    this.settings = settings;
  }

  /** Whose the seq is. */
  enum Seat {
    MINE,
    ANOTHERS
  }

  /**
   * Inserts until it is settled.
   *
   * @param since when the state it was computed on was caught up
   * @param next reads on from that state, and says the id of the entry that came next, if it can
   * @throws StoreUnavailable when it cannot be settled in time, or only when the state has become
   *     too old to be sure: nothing may be claimed
   */
  Seat insert(
      JournalStore.Encoded entry,
      Moment since,
      Supplier<Optional<String>> next,
      Deadline deadline) {
    while (true) {
      requireFresh(since);
      RuntimeException failure = tried(entry);
      if (failure == null) {
        requireFresh(since);
        return Seat.MINE;
      }
      Optional<Seat> seat =
          failure instanceof DuplicateKey ? read(entry, since, next) : Optional.empty();
      if (seat.isEmpty()) {
        seat = settle(entry, failure, since, deadline);
      }
      if (seat.isPresent()) {
        return seat.get();
      }
      deadline.pause();
      deadline.check("the commit");
    }
  }

  /** The seq is taken: most likely by another, whose entry is wanted next anyway. */
  private Optional<Seat> read(
      JournalStore.Encoded entry, Moment since, Supplier<Optional<String>> next) {
    Optional<String> found;
    try {
      found = next.get();
    } catch (StoreUnavailable e) {
      return Optional.empty();
    }
    requireFresh(since);
    return found.map(id -> id.equals(entry.entry().id()) ? Seat.MINE : Seat.ANOTHERS);
  }

  private @Nullable RuntimeException tried(JournalStore.Encoded entry) {
    try {
      store.journal.insert(entry.document());
      return null;
    } catch (RuntimeException e) {
      return e;
    }
  }

  /**
   * Reads whose the seq is, until there is an answer.
   *
   * @return empty when the entry is not there: the same insert may be tried again
   * @throws RuntimeException the failure itself, if it is a fault and the entry is not there
   */
  Optional<Seat> settle(
      JournalStore.Encoded encoded, RuntimeException failure, Moment since, Deadline deadline) {
    JournalEntry entry = encoded.entry();
    while (true) {
      Optional<String> found;
      long mark;
      try {
        found = store.idAt(entry.user(), entry.seq());
        mark = found.isPresent() ? 0 : store.mark(entry.user());
      } catch (StoreUnavailable e) {
        deadline.pause();
        deadline.check("the commit");
        continue;
      }
      requireFresh(since);
      if (found.isPresent()) {
        return Optional.of(found.get().equals(entry.id()) ? Seat.MINE : Seat.ANOTHERS);
      }
      if (mark >= entry.seq()) {
        throw new StoreUnavailable("entry " + entry.seq() + " was trimmed: whose was it?", failure);
      }
      if (failure instanceof DuplicateKey || failure instanceof StoreUnavailable) {
        return Optional.empty();
      }
      throw failure;
    }
  }

  private void requireFresh(Moment since) {
    if (since.olderThan(settings.stateAge())) {
      throw new StoreUnavailable("the commit took too long to be sure of its outcome");
    }
  }
}
