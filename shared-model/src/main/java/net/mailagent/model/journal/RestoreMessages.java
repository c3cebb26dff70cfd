package net.mailagent.model.journal;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import net.mailagent.model.Flags;
import net.mailagent.model.MailboxId;
import net.mailagent.model.MailboxPath;
import net.mailagent.model.Refusal;
import net.mailagent.model.Refused;
import net.mailagent.model.UidSet;
import org.jspecify.annotations.Nullable;

/**
 * Brings expunged messages back: they get new uids, keep their flags but \Deleted, and count
 * against the quota again. Each can be restored once, from a mailbox that was deleted, too.
 *
 * @param from the mailbox they were in
 * @param uids which they had; those that are not kept any longer are passed over
 * @param to where to, or null for INBOX
 * @param restorable how long after it was expunged a message may be restored, in milliseconds: a
 *     day less than expunged messages are kept, so that none comes back whose content is being
 *     deleted
 */
public record RestoreMessages(MailboxId from, UidSet uids, @Nullable MailboxId to, long restorable)
    implements Edit<RestoreMessages.Result> {
  /**
   * The n-th uid of {@code source} became the n-th of {@code destination}.
   *
   * @param uidValidity of the destination
   * @param missing those that were asked for and cannot be restored
   */
  public record Result(
      MailboxId mailbox, int uidValidity, UidSet source, UidSet destination, UidSet missing) {}

  @Override
  public Set<MailboxId> needs(UserState state) {
    return Set.of(from);
  }

  /**
   * Decides.
   *
   * @throws Refused NoSuchMailbox, OverQuota, or MessageGone if none of them can be restored
   */
  @Override
  public Result decide(Draft draft) {
    UserState state = draft.state();
    MailboxState source =
        state
            .mailboxOrTombstone(from)
            .orElseThrow(() -> new Refused(new Refusal.NoSuchMailbox(from.hex())));
    Optional<MailboxState> found =
        to == null ? state.mailbox(MailboxPath.INBOX) : state.mailbox(to);
    MailboxState target =
        found.orElseThrow(
            () -> new Refused(new Refusal.NoSuchMailbox(to == null ? "INBOX" : to.hex())));
    long octets = 0;
    int uid = target.counters().uidNext();
    UidSet.Builder restored = new UidSet.Builder();
    List<Placement> rows = new ArrayList<>();
    for (ExpungedRow gone : source.expunged().stream().sorted(ExpungedRow.BY_UID).toList()) {
      Placement row = gone.row();
      if (uids.contains(row.uid()) && gone.when() >= draft.at() - restorable) {
        octets += row.size();
        restored.add(row.uid());
        Flags flags = row.flags().minus(Flags.of("\\Deleted"));
        rows.add(new Placement(uid++, row.content(), flags, 0, row.internalDate(), 0, row.size()));
      }
    }
    UidSet back = restored.build();
    if (rows.isEmpty() && !uids.isEmpty()) {
      throw new Refused(new Refusal.MessageGone("the messages cannot be restored any longer"));
    }
    if (!rows.isEmpty()) {
      Quota.require(state, octets);
      Uids.requireRoom(target, rows.size());
      draft.change(new Change.Added(target.id(), rows, null, false));
      ForgetExpunged.forget(draft, draft.state().mailboxOrTombstone(from).orElseThrow(), back);
    }
    return new Result(
        target.id(),
        target.uidValidity(),
        back,
        UidSet.range(target.counters().uidNext(), uid - 1),
        uids.minus(back));
  }
}
