package net.mailagent.store.journal;

import net.mailagent.model.Origin;
import net.mailagent.model.Refusal;
import net.mailagent.model.Refused;
import net.mailagent.model.StoreUnavailable;
import net.mailagent.model.journal.Draft;
import net.mailagent.model.journal.Edit;
import net.mailagent.model.journal.UserState;
import net.mailagent.model.port.Mailboxes;
import org.jspecify.annotations.Nullable;

/**
 * An edit that waits for its turn in a {@link Lane}. It is worked on by one thread at a time, the
 * one that holds the lane's turn; the one that made it reads the outcome.
 */
final class Waiting<R> {
  final Origin origin;
  final Edit<R> edit;
  final Moment asked;
  final boolean opening;

  private @Nullable R result;
  private @Nullable RuntimeException failure;
  private boolean changed;
  private volatile @Nullable Outcome<R> outcome;

  /**
   * @param asked when it was asked for
   * @param opening whether it may begin a journal; all others are refused if there is none
   */
  Waiting(Origin origin, Edit<R> edit, Moment asked, boolean opening) {
    this.asked = asked;
    this.origin = origin;
    this.edit = edit;
    this.opening = opening;
  }

  /** Whether both may go into one entry. */
  boolean joins(Waiting<?> other) {
    return origin.protocol().equals(other.origin.protocol())
        && origin.purpose().equals(other.origin.purpose());
  }

  /** Asks the edit; its answer stands only when the state turns out to be exact. */
  void decide(Draft draft) {
    result = null;
    failure = null;
    UserState before = draft.state();
    try {
      if (before.seq() == 0 && !opening) {
        throw new Refused(new Refusal.NoSuchUser(before.user().hex()));
      }
      result = draft.apply(edit);
    } catch (RuntimeException e) {
      failure = e;
    }
    changed = failure == null && draft.state() != before;
  }

  /** The decision stands. */
  @SuppressWarnings("NullAway") // the answer of an edit is what it is, null for Void
  void decided(long entrySeq, long baseSeq, UserState state) {
    outcome =
        switch (failure) {
          case null ->
              new Outcome.Done<>(
                  new Mailboxes.Committed<>(result, changed ? entrySeq : baseSeq, state));
          case Refused refused -> new Outcome.NotDone<>(refused.refusal());
          case RuntimeException e -> new Outcome.Unknown<>(e);
        };
  }

  void failed(RuntimeException e) {
    if (outcome == null) {
      outcome = new Outcome.Unknown<>(e);
    }
  }

  boolean isDone() {
    return outcome != null;
  }

  Outcome<R> outcome() {
    Outcome<R> known = outcome;
    return known != null
        ? known
        : new Outcome.Unknown<>(new StoreUnavailable("the commit was not settled in time"));
  }
}
