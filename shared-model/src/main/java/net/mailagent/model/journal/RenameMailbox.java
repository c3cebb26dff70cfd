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
 * messages to a new mailbox and leaves INBOX, and what lies below it, in place. Subscriptions stay
 * as they are.
 *
 * @param maxMailboxes how many mailboxes a user may have, for superior levels that are made
 */
public record RenameMailbox(MailboxPath from, MailboxPath to, int maxMailboxes)
    implements Edit<MailboxId> {
  @Override
  public Set<MailboxId> needs(UserState state) {
    Optional<MailboxState> inbox = state.mailbox(MailboxPath.INBOX);
    return from.isInbox() && inbox.isPresent() ? Set.of(inbox.get().id()) : Set.of();
  }

  /** Answers the id of the mailbox that has the new name. */
  @Override
  public MailboxId decide(Draft draft) {
    UserState state = draft.state();
    MailboxState source =
        state.mailbox(from).orElseThrow(() -> new Refused(new Refusal.NoSuchMailbox(from.value())));
    if (state.mailbox(to).isPresent()) {
      throw new Refused(new Refusal.MailboxExists(to.value()));
    }
    if (to.isBelow(from) && !from.isInbox()) {
      throw new Refused(new Refusal.Cannot("a mailbox cannot be moved below itself"));
    }
    if (from.isInbox()) {
      MailboxId created = CreateMailbox.create(draft, to, Set.of(), maxMailboxes);
      new CopyMessages(source.id(), source.messages().uids(), created, true).decide(draft);
      return created;
    }
    List<MailboxState> below =
        state.mailboxes().stream().filter(child -> child.path().isBelow(from)).toList();
    requireLegal(to);
    for (MailboxState child : below) {
      MailboxPath moved = child.path().moved(from, to);
      requireLegal(moved);
      if (state.mailbox(moved).isPresent()) {
        throw new Refused(new Refusal.MailboxExists(moved.value()));
      }
    }
    CreateMailbox.createParents(draft, to, maxMailboxes);
    draft.change(new Change.MailboxRenamed(source.id(), from, to));
    for (MailboxState child : below) {
      draft.change(
          new Change.MailboxRenamed(child.id(), child.path(), child.path().moved(from, to)));
    }
    return source.id();
  }

  private static void requireLegal(MailboxPath path) {
    path.problem()
        .ifPresent(problem -> {
          throw new Refused(new Refusal.Cannot(problem));
        });
  }
}
