package net.mailagent.model.journal;

/**
 * The exact figures of a mailbox; carried in every entry that touches it, so that a state without
 * placements stays exact.
 *
 * @param uidNext the uid the next message gets
 * @param messages how many
 * @param unseen how many without \Seen
 * @param deleted how many with \Deleted
 * @param size sum of their sizes in octets
 */
public record Counters(int uidNext, int messages, int unseen, int deleted, long size) {
  static final Counters EMPTY = new Counters(1, 0, 0, 0, 0);

  Counters plus(Placement added) {
    return new Counters(
        Math.max(uidNext, added.uid() + 1),
        messages + 1,
        unseen + (added.flags().seen() ? 0 : 1),
        deleted + (added.flags().deleted() ? 1 : 0),
        size + added.size());
  }

  Counters minus(Placement expunged) {
    return new Counters(
        uidNext,
        messages - 1,
        unseen - (expunged.flags().seen() ? 0 : 1),
        deleted - (expunged.flags().deleted() ? 1 : 0),
        size - expunged.size());
  }
}
