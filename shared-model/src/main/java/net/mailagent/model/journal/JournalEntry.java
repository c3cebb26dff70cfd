package net.mailagent.model.journal;

import java.util.List;
import java.util.Map;
import net.mailagent.model.MailboxId;
import net.mailagent.model.Origin;
import net.mailagent.model.UserId;

/**
 * One entry of a user's journal: committed by one insert under the unique key (user, seq), never
 * changed afterwards.
 *
 * @param user whose journal
 * @param seq dense from 1; the MODSEQ of everything it touches
 * @param id random, by which the writer knows its own entry again when the outcome was unclear
 * @param at the writer's clock corrected by the store's, in milliseconds since 1970
 * @param origin where it came from
 * @param changes in the order in which they apply
 * @param counters the resulting figures of every mailbox touched that still exists
 * @param quotaUsed the resulting sum of all placements' sizes in octets
 */
public record JournalEntry(
    UserId user,
    long seq,
    String id,
    long at,
    Origin origin,
    List<Change> changes,
    Map<MailboxId, Counters> counters,
    long quotaUsed) {
  /** The version of entries that this code writes and the highest that it understands. */
  public static final int VERSION = 1;

  /** Whether states from before it may be wrong and are to be loaded again. */
  public boolean startsAnew() {
    return changes.stream().anyMatch(change -> change instanceof Change.Repaired);
  }

  public JournalEntry {
    changes = List.copyOf(changes);
    counters = Map.copyOf(counters);
  }
}
