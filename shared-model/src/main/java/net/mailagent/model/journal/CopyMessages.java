package net.mailagent.model.journal;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import net.mailagent.model.MailboxId;
import net.mailagent.model.Refusal;
import net.mailagent.model.Refused;
import net.mailagent.model.UidSet;

/**
 * COPY (RFC 9051 section 6.4.7) and MOVE (RFC 6851), all or none, in one entry. Flags and internal
 * dates are kept.
 *
 * @param uids which messages
 * @param move whether the sources are expunged in the same entry
 * @param all whether it is refused with MessageGone when one of them is gone; else those that are
 *     gone are passed over
 */
public record CopyMessages(MailboxId from, UidSet uids, MailboxId to, boolean move, boolean all)
    implements Edit<CopyMessages.Result> {
  /** Passes over what is gone. */
  public CopyMessages(MailboxId from, UidSet uids, MailboxId to, boolean move) {
    this(from, uids, to, move, false);
  }

  /**
   * For COPYUID (RFC 4315): the n-th uid of {@code source} became the n-th of {@code destination}.
   *
   * @param uidValidity of the destination
   */
  public record Result(int uidValidity, UidSet source, UidSet destination) {}

  @Override
  public Set<MailboxId> needs(UserState state) {
    return Set.of(from);
  }

  @Override
  public Result decide(Draft draft) {
    UserState state = draft.state();
    MailboxState source =
        state.mailbox(from).orElseThrow(() -> new Refused(new Refusal.NoSuchMailbox(from.hex())));
    MailboxState target =
        state.mailbox(to).orElseThrow(() -> new Refused(new Refusal.NoSuchMailbox(to.hex())));
    List<Placement> rows = source.messages().rows(uids);
    if (all && rows.size() < uids.size()) {
      throw new Refused(new Refusal.MessageGone("some messages are gone"));
    }
    if (rows.isEmpty()) {
      return new Result(target.uidValidity(), UidSet.EMPTY, UidSet.EMPTY);
    }
    long octets = 0;
    int uid = target.counters().uidNext();
    UidSet.Builder copied = new UidSet.Builder();
    List<Placement> added = new ArrayList<>(rows.size());
    for (Placement row : rows) {
      octets += row.size();
      copied.add(row.uid());
      added.add(
          new Placement(uid++, row.content(), row.flags(), 0, row.internalDate(), 0, row.size()));
    }
    if (!move) {
      Quota.require(state, octets);
    }
    Uids.requireRoom(target, rows.size());
    draft.change(new Change.Added(to, added, from, move));
    if (move) {
      draft.change(new Change.Expunged(from, copied.build(), to));
    }
    return new Result(
        target.uidValidity(), copied.build(), UidSet.range(target.counters().uidNext(), uid - 1));
  }
}
