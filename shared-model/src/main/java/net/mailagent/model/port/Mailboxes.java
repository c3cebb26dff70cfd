package net.mailagent.model.port;

import java.util.Set;
import net.mailagent.model.MailboxId;
import net.mailagent.model.Origin;
import net.mailagent.model.UserId;
import net.mailagent.model.journal.Edit;
import net.mailagent.model.journal.UserState;

/** The mail of users as their journals make it: the one way to see it and to change it. */
public interface Mailboxes {
  /**
   * What a committed edit answered.
   *
   * @param result of the edit
   * @param seq of the entry that holds its changes, or of the state it was decided on when it
   *     changed nothing
   * @param state at or after that entry, with the placements the edit needed
   */
  record Committed<R>(R result, long seq, UserState state) {}

  /**
   * The user's state, caught up: it holds everything that was acknowledged by any node before the
   * call. Only counters and names; placements may be missing.
   *
   * @throws net.mailagent.model.Refused NoSuchUser
   */
  UserState current(UserId user);

  /** As {@link #current(UserId)}, with the placements of those mailboxes that exist. */
  UserState current(UserId user, Set<MailboxId> loaded);

  /**
   * For those who were woken ({@link Changes#subscribe}): a state that holds what they were woken
   * for, and perhaps not what was acknowledged since, of which they will hear. Not read again when
   * this node knows it already. Who answers a client's command asks {@link #current}.
   *
   * @throws net.mailagent.model.Refused NoSuchUser
   */
  default UserState latest(UserId user, Set<MailboxId> loaded) {
    return current(user, loaded);
  }

  /**
   * Commits what the edit decides. On return it is in the journal, acknowledged by a majority,
   * once, and visible on every node. An edit that changes nothing writes nothing.
   *
   * @throws net.mailagent.model.Refused as the edit does
   * @throws net.mailagent.model.StoreUnavailable when the outcome could not be settled
   */
  <R> Committed<R> commit(UserId user, Origin origin, Edit<R> edit);
}
