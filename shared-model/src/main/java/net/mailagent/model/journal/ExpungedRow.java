package net.mailagent.model.journal;

import java.util.Comparator;

/**
 * A message that left its mailbox and is kept for a while: sessions that were not told yet can
 * still read it, and it can be restored.
 *
 * @param row as it was last; its uid is never given to another message
 * @param when the time of the entry that expunged it, in milliseconds since 1970
 * @param seq of that entry, or, in a mailbox that was deleted as a whole, of a later one
 */
public record ExpungedRow(Placement row, long when, long seq) {
  static final Comparator<ExpungedRow> BY_UID = Comparator.comparingInt(gone -> gone.row().uid());
}
