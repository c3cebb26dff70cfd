package net.mailagent.model.journal;

import java.util.List;
import java.util.OptionalLong;
import java.util.Set;
import net.mailagent.model.FlagOperation;
import net.mailagent.model.Flags;
import net.mailagent.model.MailboxId;
import net.mailagent.model.Refusal;
import net.mailagent.model.Refused;
import net.mailagent.model.UidSet;

/**
 * STORE (RFC 9051 section 6.4.6) with its conditional form (RFC 7162 section 3.1.3). Messages whose
 * flags stay the same are not touched and keep their MODSEQ.
 *
 * @param uids which messages; those that are gone are passed over
 * @param unchangedSince only messages whose MODSEQ is at most this
 */
public record StoreFlags(
    MailboxId mailbox,
    UidSet uids,
    FlagOperation operation,
    Flags flags,
    OptionalLong unchangedSince)
    implements Edit<StoreFlags.Result> {
  /**
   * @param changed messages whose flags are others now
   * @param modified messages left alone since their MODSEQ is above {@code unchangedSince}
   * @param missing messages that were asked for and are gone
   */
  public record Result(UidSet changed, UidSet modified, UidSet missing) {}

  @Override
  public Set<MailboxId> needs(UserState state) {
    return Set.of(mailbox);
  }

  @Override
  public Result decide(Draft draft) {
    MailboxState box =
        draft
            .state()
            .mailbox(mailbox)
            .orElseThrow(() -> new Refused(new Refusal.NoSuchMailbox(mailbox.hex())));
    List<Placement> rows = box.messages().rows(uids);
    UidSet.Builder changed = new UidSet.Builder();
    UidSet.Builder modified = new UidSet.Builder();
    UidSet.Builder found = new UidSet.Builder();
    for (Placement row : rows) {
      found.add(row.uid());
      if (unchangedSince.isPresent() && row.modSeq() > unchangedSince.getAsLong()) {
        modified.add(row.uid());
        continue;
      }
      Flags after = operation.apply(row.flags(), flags);
      if (!after.equals(row.flags())) {
        if (after.keywords().size() > row.flags().keywords().size()) {
          after.requireBounded(); // one that has too many may be marked, and lose some
        }
        changed.add(row.uid());
      }
    }
    UidSet touched = changed.build();
    if (!touched.isEmpty()) {
      draft.change(new Change.FlagsChanged(mailbox, touched, operation, flags));
    }
    return new Result(touched, modified.build(), uids.minus(found.build()));
  }
}
