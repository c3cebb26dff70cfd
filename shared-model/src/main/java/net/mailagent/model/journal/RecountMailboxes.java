package net.mailagent.model.journal;

import java.util.HashSet;
import java.util.Set;
import net.mailagent.model.MailboxId;

/**
 * Counts the figures of all mailboxes, and the quota used, anew from the placements, and has every
 * node load the user again: after checkpoints were repaired.
 */
public record RecountMailboxes() implements Edit<Void> {
  @Override
  public Set<MailboxId> needs(UserState state) {
    Set<MailboxId> all = new HashSet<>();
    state.mailboxes().forEach(mailbox -> all.add(mailbox.id()));
    return all;
  }

  @SuppressWarnings("NullAway") // Void has no other value
  @Override
  public Void decide(Draft draft) {
    for (MailboxState mailbox : draft.state().mailboxes()) {
      draft.change(new Change.Repaired(mailbox.id()));
    }
    return null;
  }
}
