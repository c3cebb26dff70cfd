package net.mailagent.model.journal;

import java.util.Optional;
import java.util.Set;
import net.mailagent.model.Flags;
import net.mailagent.model.MailboxId;
import net.mailagent.model.Refusal;
import net.mailagent.model.Refused;
import net.mailagent.model.UidSet;

/**
 * EXPUNGE, CLOSE and UID EXPUNGE (RFC 4315): removes messages that have \Deleted.
 *
 * @param among only messages of this set, or empty for all
 */
public record ExpungeMessages(MailboxId mailbox, Optional<UidSet> among) implements Edit<UidSet> {
  @Override
  public Set<MailboxId> needs(UserState state) {
    return Set.of(mailbox);
  }

  /** Answers the uids that were removed. */
  @Override
  public UidSet decide(Draft draft) {
    MailboxState box =
        draft
            .state()
            .mailbox(mailbox)
            .orElseThrow(() -> new Refused(new Refusal.NoSuchMailbox(mailbox.hex())));
    UidSet.Builder gone = new UidSet.Builder();
    for (PlacementSegment segment : box.messages().segments()) {
      boolean[] deleted = segment.rowsWhere(Flags::deleted);
      for (int i = 0; i < deleted.length; i++) {
        if (deleted[i] && (among.isEmpty() || among.get().contains(segment.uid(i)))) {
          gone.add(segment.uid(i));
        }
      }
    }
    UidSet uids = gone.build();
    if (!uids.isEmpty()) {
      draft.change(new Change.Expunged(mailbox, uids, null));
    }
    return uids;
  }
}
