package net.mailagent.store.check;

import java.util.Optional;
import net.mailagent.model.UserId;

/**
 * Something that is not as it should be.
 *
 * @param user whose; empty for what belongs to nobody or to all
 * @param text what is wrong, for a person
 * @param repair what was done about it
 */
public record Finding(Kind kind, Optional<UserId> user, String text, Repair repair) {
  /** What it is about. */
  public enum Kind {
    /** Entries are missing or cannot be read. */
    JOURNAL,
    /** Checkpoints are not the fold of the history, or do not fit the checksums of the entries. */
    CHECKPOINT,
    /** Counters of a mailbox or the quota are not the sum of its placements. */
    COUNTERS,
    /** What a node has in memory is not what a cold load gives. */
    MEMORY,
    /** A content that is placed is missing or has another size. */
    CONTENT,
    /** A blob is missing or its octets are not those of its name. */
    BLOB,
    /** Something that nobody refers to and no sweep would find. */
    ORPHAN
  }

  /** What was done. */
  public enum Repair {
    /** It was not asked for. */
    NONE,
    DONE,
    /** Nothing certain is left to repair it from. */
    IMPOSSIBLE,
    /** It is repaired when the same octets come in again. */
    WAITING
  }

  @Override
  public String toString() {
    String whose = user.map(id -> " of user " + id).orElse("");
    String done =
        switch (repair) {
          case NONE -> "";
          case DONE -> " [repaired]";
          case IMPOSSIBLE -> " [cannot be repaired]";
          case WAITING -> " [repaired when the same octets come in again]";
        };
    return kind.name().toLowerCase(java.util.Locale.ROOT) + whose + ": " + text + done;
  }
}
