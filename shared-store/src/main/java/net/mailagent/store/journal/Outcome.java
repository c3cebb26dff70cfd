package net.mailagent.store.journal;

import net.mailagent.model.Refusal;
import net.mailagent.model.port.Mailboxes;

/**
 * What became of one edit of a commit for many users.
 *
 * @param <R> what the edit answers
 */
public sealed interface Outcome<R> {
  /** It is in the journal, once, or changed nothing. */
  record Done<R>(Mailboxes.Committed<R> committed) implements Outcome<R> {}

  /** It was refused and changed nothing. */
  record NotDone<R>(Refusal refusal) implements Outcome<R> {}

  /**
   * It could not be settled, or failed: nothing may be claimed.
   *
   * @param failure StoreUnavailable, or what else the edit threw
   */
  record Unknown<R>(RuntimeException failure) implements Outcome<R> {}
}
