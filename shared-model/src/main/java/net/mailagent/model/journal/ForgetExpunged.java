package net.mailagent.model.journal;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import net.mailagent.model.MailboxId;
import net.mailagent.model.UidSet;

/**
 * Lets go of expunged messages whose retention is over. Their contents must have been deleted
 * before, so far as nothing else refers to them: who dies in between finds these rows again.
 *
 * @param uids the messages of each mailbox; those that are not expunged are passed over. A mailbox
 *     may come with none, to have it say again which is its oldest
 */
public record ForgetExpunged(Map<MailboxId, UidSet> uids) implements Edit<Integer> {
  public ForgetExpunged {
    uids = Map.copyOf(uids);
  }

  @Override
  public Set<MailboxId> needs(UserState state) {
    return uids.keySet();
  }

  /** Answers how many messages were forgotten. */
  @Override
  public Integer decide(Draft draft) {
    int forgotten = 0;
    for (Map.Entry<MailboxId, UidSet> e : uids.entrySet()) {
      Optional<MailboxState> mailbox = draft.state().mailboxOrTombstone(e.getKey());
      if (mailbox.isPresent()) {
        forgotten += forget(draft, mailbox.get(), e.getValue());
      }
    }
    return forgotten;
  }

  /** Forgets those of the uids that are expunged, and says which is the oldest of the others. */
  static int forget(Draft draft, MailboxState mailbox, UidSet uids) {
    List<ExpungedRow> rows = mailbox.expunged();
    UidSet.Builder gone = new UidSet.Builder();
    long oldest = 0;
    for (ExpungedRow row : rows.stream().sorted(ExpungedRow.BY_UID).toList()) {
      if (uids.contains(row.row().uid())) {
        gone.add(row.row().uid());
      } else {
        oldest = oldest == 0 ? row.when() : Math.min(oldest, row.when());
      }
    }
    UidSet forgotten = gone.build();
    if (!forgotten.isEmpty() || oldest != mailbox.oldestExpunged()) {
      draft.change(new Change.Forgotten(mailbox.id(), forgotten, oldest));
    }
    return forgotten.size();
  }
}
