package net.mailagent.model.journal;

import java.util.Map;
import java.util.Set;
import net.mailagent.model.MailboxId;
import net.mailagent.model.MailboxPath;
import net.mailagent.model.Refusal;
import net.mailagent.model.Refused;
import net.mailagent.model.SpecialUse;

/**
 * The first entry of a journal: INBOX, the special-use mailboxes, their subscriptions, the quota.
 *
 * @param quota in octets; 0 means no limit
 */
public record OpenAccount(Map<SpecialUse, MailboxPath> mailboxes, long quota)
    implements Edit<Void> {
  public OpenAccount {
    mailboxes = Map.copyOf(mailboxes);
  }

  @Override
  public Set<MailboxId> needs(UserState state) {
    return Set.of();
  }

  @SuppressWarnings("NullAway") // Void has no other value
  @Override
  public Void decide(Draft draft) {
    if (draft.state().seq() != 0) {
      throw new Refused(new Refusal.UserExists(draft.state().user().hex()));
    }
    add(draft, MailboxPath.INBOX, Set.of());
    mailboxes.entrySet().stream()
        .sorted(Map.Entry.comparingByKey())
        .forEach(e -> add(draft, e.getValue(), Set.of(e.getKey())));
    if (quota > 0) {
      draft.change(new Change.QuotaChanged(quota));
    }
    return null;
  }

  private void add(Draft draft, MailboxPath path, Set<SpecialUse> uses) {
    if (draft.state().mailbox(path).isPresent()) {
      throw new Refused(new Refusal.MailboxExists(path.value()));
    }
    CreateMailbox.create(draft, path, uses, Integer.MAX_VALUE);
    draft.change(new Change.Subscribed(path, true));
  }
}
