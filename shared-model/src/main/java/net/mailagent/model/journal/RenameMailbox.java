package net.mailagent.model.journal;

import java.util.List;
import java.util.Optional;
import java.util.Set;
import net.mailagent.model.MailboxId;
import net.mailagent.model.MailboxPath;
import net.mailagent.model.Refusal;
import net.mailagent.model.Refused;

/**
 * RENAME (RFC 9051 section 6.3.6), children included, in one entry. Renaming INBOX moves its
 * messages to a new mailbox and leaves INBOX, and what lies below it, in place. A name that is only
 * a level above others can be renamed too. Subscriptions stay as they are.
 *
 * @param maxMailboxes how many mailboxes a user may have, for superior levels that are made
 */
public record RenameMailbox(MailboxPath from, MailboxPath to, int maxMailboxes)
    implements Edit<Void> {
  @Override
  public Set<MailboxId> needs(UserState state) {
    Optional<MailboxState> inbox = state.mailbox(MailboxPath.INBOX);
    return from.isInbox() && inbox.isPresent() ? Set.of(inbox.get().id()) : Set.of();
  }

  @SuppressWarnings("NullAway") // Void has no other value
  @Override
  public Void decide(Draft draft) {
    UserState state = draft.state();
    Optional<MailboxState> source = state.mailbox(from);
    List<MailboxState> below =
        state.mailboxes().stream().filter(child -> child.path().isBelow(from)).toList();
    if (source.isEmpty() && below.isEmpty()) {
      throw new Refused(new Refusal.NoSuchMailbox(from.value()));
    }
    if (state.mailbox(to).isPresent()) {
      throw new Refused(new Refusal.MailboxExists(to.value()));
    }
    if (to.isBelow(from) && !from.isInbox()) {
      throw new Refused(new Refusal.Cannot("a mailbox cannot be moved below itself"));
    }
    if (from.isInbox() && source.isPresent()) {
      MailboxState inbox = source.get();
      MailboxId created = CreateMailbox.create(draft, to, Set.of(), maxMailboxes);
      new CopyMessages(inbox.id(), inbox.messages().uids(), created, true).decide(draft);
      return null;
    }
    requireLegal(to);
    for (MailboxState child : below) {
      MailboxPath moved = child.path().moved(from, to);
      requireLegal(moved);
      if (state.mailbox(moved).isPresent()) {
        throw new Refused(new Refusal.MailboxExists(moved.value()));
      }
    }
    CreateMailbox.createParents(draft, to, maxMailboxes);
    source.ifPresent(box -> draft.change(new Change.MailboxRenamed(box.id(), from, to)));
    for (MailboxState child : below) {
      draft.change(
          new Change.MailboxRenamed(child.id(), child.path(), child.path().moved(from, to)));
    }
    return null;
  }

  private static void requireLegal(MailboxPath path) {
    path.problem()
        .ifPresent(problem -> {
          throw new Refused(new Refusal.Cannot(problem));
        });
  }
}
