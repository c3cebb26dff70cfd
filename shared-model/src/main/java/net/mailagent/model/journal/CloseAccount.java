package net.mailagent.model.journal;

import java.util.Set;
import net.mailagent.model.MailboxId;

/** Ends a user's journal (journal.md 18): from then on it refuses every change. */
public record CloseAccount() implements Edit<Void> {
  @Override
  public Set<MailboxId> needs(UserState state) {
    return Set.of();
  }

  @SuppressWarnings("NullAway") // Void has no other value
  @Override
  public Void decide(Draft draft) {
    draft.change(new Change.Closed());
    return null;
  }
}
