package net.mailagent.model.journal;

import net.mailagent.model.ContentId;

/**
 * The exact figures of a mailbox; carried in every entry that touches it, so that a state without
 * placements stays exact.
 *
 * @param uidNext the uid the next message gets
 * @param messages how many
 * @param unseen how many without \Seen
 * @param deleted how many with \Deleted
 * @param size sum of their sizes in octets
 * @param checksum sum, modulo 2^64, of a hash of each placement (uid, content, flags, internal
 *     date, size): placements that are not those the entries made do not fit it
 */
public record Counters(
    int uidNext, int messages, int unseen, int deleted, long size, long checksum) {
  static final Counters EMPTY = new Counters(1, 0, 0, 0, 0, 0);

  /**
   * The figures of these placements.
   *
   * @param uidNext at least this
   */
  public static Counters of(Placements placements, int uidNext) {
    Counters counters = new Counters(uidNext, 0, 0, 0, 0, 0);
    for (PlacementSegment segment : placements.segments()) {
      for (int i = 0; i < segment.size(); i++) {
        counters = counters.plus(segment.row(i));
      }
      for (int i = 0; i < segment.expungedSize(); i++) {
        counters = counters.above(segment.expungedUid(i));
      }
    }
    return counters;
  }

  private Counters above(int uid) {
    return uid < uidNext ? this : new Counters(uid + 1, messages, unseen, deleted, size, checksum);
  }

  Counters plus(Placement added) {
    return new Counters(
        Math.max(uidNext, added.uid() + 1),
        messages + 1,
        unseen + (added.flags().seen() ? 0 : 1),
        deleted + (added.flags().deleted() ? 1 : 0),
        size + added.size(),
        checksum + hash(added));
  }

  Counters minus(Placement expunged) {
    return new Counters(
        uidNext,
        messages - 1,
        unseen - (expunged.flags().seen() ? 0 : 1),
        deleted - (expunged.flags().deleted() ? 1 : 0),
        size - expunged.size(),
        checksum - hash(expunged));
  }

  /** What does not change while the message stays as it is; part of the format of entries. */
  private static long hash(Placement row) {
    byte[] content = new byte[ContentId.BYTES];
    row.content().write(content, 0);
    long hash = mixed(row.uid());
    for (int i = 0; i < content.length; i += 4) {
      int four = 0;
      for (int k = i; k < i + 4; k++) {
        four = four << 8 | (content[k] & 0xff);
      }
      hash = mixed(hash ^ four);
    }
    hash = mixed(hash ^ row.flags().hashCode());
    hash = mixed(hash ^ row.internalDate());
    return mixed(hash ^ row.size());
  }

  /** Spreads every bit over all (the finaliser of SplitMix64). */
  private static long mixed(long value) {
    long z = value + 0x9e3779b97f4a7c15L;
    z = (z ^ (z >>> 30)) * 0xbf58476d1ce4e5b9L;
    z = (z ^ (z >>> 27)) * 0x94d049bb133111ebL;
    return z ^ (z >>> 31);
  }
}
