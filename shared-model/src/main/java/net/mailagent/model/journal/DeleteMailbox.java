package net.mailagent.model.journal;

import java.util.Set;
import net.mailagent.model.MailboxId;
import net.mailagent.model.MailboxPath;
import net.mailagent.model.Refusal;
import net.mailagent.model.Refused;

/**
 * DELETE (RFC 9051 section 6.3.5): the mailbox and its messages go; mailboxes below it stay, and
 * its name is then listed as \NonExistent or \Noselect. INBOX cannot be deleted.
 */
public record DeleteMailbox(MailboxPath path) implements Edit<MailboxId> {
  @Override
  public Set<MailboxId> needs(UserState state) {
    return Set.of();
  }

  /** Answers the id of the mailbox that is gone. */
  @Override
  public MailboxId decide(Draft draft) {
    if (path.isInbox()) {
      throw new Refused(new Refusal.Cannot("INBOX cannot be deleted"));
    }
    MailboxState mailbox =
        draft
            .state()
            .mailbox(path)
            .orElseThrow(() -> new Refused(new Refusal.NoSuchMailbox(path.value())));
    draft.change(new Change.MailboxDeleted(mailbox.id(), path));
    return mailbox.id();
  }
}
