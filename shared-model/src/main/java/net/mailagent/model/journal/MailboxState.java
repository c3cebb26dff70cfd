package net.mailagent.model.journal;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import net.mailagent.model.MailboxId;
import net.mailagent.model.MailboxPath;
import net.mailagent.model.SpecialUse;
import org.jspecify.annotations.Nullable;

/**
 * One mailbox at one moment; immutable.
 *
 * @param id never used again
 * @param path its name
 * @param uses its special uses
 * @param uidValidity in 1..2^31-1, distinct among all mailboxes the user ever had
 * @param created seq of the entry that made it
 * @param modSeq HIGHESTMODSEQ: seq of the last entry that touched it (RFC 7162)
 * @param counters its exact figures
 * @param deletedAt 0, or when it was deleted, in milliseconds since 1970: then it is a tombstone,
 *     kept so that no old entry brings the mailbox back, and all its placements count as expunged
 *     at that time
 * @param oldestExpunged when the oldest of its expunged messages that are still kept was expunged,
 *     in milliseconds since 1970; 0 if there is none
 * @param placements its messages, or null when they are not loaded
 */
public record MailboxState(
    MailboxId id,
    MailboxPath path,
    Set<SpecialUse> uses,
    int uidValidity,
    long created,
    long modSeq,
    Counters counters,
    long deletedAt,
    long oldestExpunged,
    @Nullable Placements placements) {
  public MailboxState {
    uses = Set.copyOf(uses);
  }

  /**
   * The messages.
   *
   * @throws IllegalStateException when they were not asked for and are not loaded
   */
  public Placements messages() {
    Placements loaded = placements;
    if (loaded == null) {
      throw new IllegalStateException("the placements of mailbox " + id + " are not loaded");
    }
    return loaded;
  }

  public boolean isLoaded() {
    return placements != null;
  }

  /** Whether it is a tombstone. */
  public boolean deleted() {
    return deletedAt > 0;
  }

  /** Whether it is a tombstone of which nothing is kept any more. */
  public boolean forgotten() {
    return deleted() && oldestExpunged == 0;
  }

  /**
   * All its expunged messages that are kept, segment by segment; of a tombstone all that were there
   * when it was deleted, too.
   *
   * @throws IllegalStateException when the placements are not loaded
   */
  public List<ExpungedRow> expunged() {
    List<ExpungedRow> all = new ArrayList<>();
    for (PlacementSegment segment : messages().segments()) {
      for (int i = 0; i < segment.expungedSize(); i++) {
        all.add(segment.expungedRow(i));
      }
      for (int i = 0; deleted() && i < segment.size(); i++) {
        all.add(new ExpungedRow(segment.row(i), deletedAt, modSeq));
      }
    }
    return all;
  }

  /** This mailbox with its placements, or without them when null. */
  public MailboxState withPlacements(@Nullable Placements other) {
    return new MailboxState(
        id, path, uses, uidValidity, created, modSeq, counters, deletedAt, oldestExpunged, other);
  }

  MailboxState renamed(MailboxPath to, long seq) {
    return new MailboxState(
        id, to, uses, uidValidity, created, seq, counters, deletedAt, oldestExpunged, placements);
  }

  MailboxState touched(long seq, @Nullable Placements now, long oldest) {
    return new MailboxState(
        id, path, uses, uidValidity, created, seq, counters, deletedAt, oldest, now);
  }

  MailboxState counted(Counters exact) {
    return new MailboxState(
        id, path, uses, uidValidity, created, modSeq, exact, deletedAt, oldestExpunged, placements);
  }

  /** Whoever forgets its messages must look at it even if it had none: so all readers agree. */
  MailboxState tombstone(long seq, long at) {
    return new MailboxState(
        id, path, Set.of(), uidValidity, created, seq, Counters.EMPTY, at, older(at), placements);
  }

  /** The time of the oldest expunged message when one was expunged at that time. */
  long older(long at) {
    return oldestExpunged == 0 ? at : Math.min(oldestExpunged, at);
  }
}
