package net.mailagent.model.journal;

import java.util.Set;
import net.mailagent.model.MailboxId;
import net.mailagent.model.MailboxPath;
import net.mailagent.model.Refusal;
import net.mailagent.model.Refused;
import net.mailagent.model.SpecialUse;

/**
 * CREATE (RFC 9051 section 6.3.4). Superior levels that are missing are made too, as mailboxes that
 * can be selected: Outlook files mail in parents.
 *
 * @param uses special uses of the new mailbox (RFC 6154)
 * @param maxMailboxes how many mailboxes a user may have
 */
public record CreateMailbox(MailboxPath path, Set<SpecialUse> uses, int maxMailboxes)
    implements Edit<MailboxId> {
  @Override
  public Set<MailboxId> needs(UserState state) {
    return Set.of();
  }

  /** Answers the id of the new mailbox. */
  @Override
  public MailboxId decide(Draft draft) {
    UserState state = draft.state();
    if (state.mailbox(path).isPresent()) {
      throw new Refused(new Refusal.MailboxExists(path.value()));
    }
    for (SpecialUse use : uses) {
      if (state.mailbox(use).isPresent()) {
        throw new Refused(new Refusal.Cannot("another mailbox is " + use.attribute()));
      }
    }
    return create(draft, path, uses, maxMailboxes);
  }

  /** Makes a mailbox and the superior levels it lacks. */
  static MailboxId create(Draft draft, MailboxPath path, Set<SpecialUse> uses, int maxMailboxes) {
    path.problem()
        .ifPresent(problem -> {
          throw new Refused(new Refusal.Cannot(problem));
        });
    createParents(draft, path, maxMailboxes);
    if (draft.state().mailboxes().size() >= maxMailboxes) {
      throw new Refused(
          new Refusal.LimitReached("a user has at most " + maxMailboxes + " mailboxes"));
    }
    // distinct among all mailboxes the user ever had, and never falling (journal.md 14)
    int uidValidity =
        (int) Math.max(draft.at() / 1000, draft.state().root().lastUidValidity() + 1L);
    MailboxId id = MailboxId.random();
    draft.change(new Change.MailboxCreated(id, path, uses, uidValidity));
    return id;
  }

  static void createParents(Draft draft, MailboxPath path, int maxMailboxes) {
    path.parent()
        .filter(parent -> draft.state().mailbox(parent).isEmpty())
        .ifPresent(parent -> create(draft, parent, Set.of(), maxMailboxes));
  }
}
