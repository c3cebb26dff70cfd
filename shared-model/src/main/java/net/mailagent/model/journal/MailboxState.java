package net.mailagent.model.journal;

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
 * @param deleted a tombstone: kept so that no old entry brings the mailbox back
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
    boolean deleted,
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

  /** This mailbox with its placements, or without them when null. */
  public MailboxState withPlacements(@Nullable Placements other) {
    return new MailboxState(id, path, uses, uidValidity, created, modSeq, counters, deleted, other);
  }

  MailboxState renamed(MailboxPath to, long seq) {
    return new MailboxState(id, to, uses, uidValidity, created, seq, counters, deleted, placements);
  }

  MailboxState touched(long seq, @Nullable Placements now) {
    return new MailboxState(id, path, uses, uidValidity, created, seq, counters, deleted, now);
  }

  MailboxState counted(Counters exact) {
    return new MailboxState(
        id, path, uses, uidValidity, created, modSeq, exact, deleted, placements);
  }

  MailboxState tombstone(long seq) {
    return new MailboxState(
        id, path, Set.of(), uidValidity, created, seq, Counters.EMPTY, true, Placements.EMPTY);
  }
}
