package net.mailagent.model.journal;

import java.util.Optional;
import java.util.Set;
import net.mailagent.model.MailboxId;
import net.mailagent.model.UidSet;

/**
 * An entry that changes nothing. Once it is in, all entries before it have reached a majority and
 * can be read, and whatever was computed against an earlier state and is still on its way has lost
 * its place. Who then finds something nowhere placed may rely on it.
 */
public record Fence() implements Edit<Boolean> {
  @Override
  public Set<MailboxId> needs(UserState state) {
    return Set.of();
  }

  /**
   * Answers whether there is a fence; a user without any mailbox has nothing to fence off. It does
   * not name a tombstone: nodes that load the user later may know nothing of that any more.
   */
  @Override
  public Boolean decide(Draft draft) {
    Optional<MailboxState> any = draft.state().mailboxes().stream().findAny();
    any.ifPresent(mailbox ->
        draft.change(new Change.Forgotten(mailbox.id(), UidSet.EMPTY, mailbox.oldestExpunged())));
    return any.isPresent();
  }
}
