package net.mailagent.model.journal;

import java.util.List;
import java.util.Set;
import net.mailagent.model.FlagOperation;
import net.mailagent.model.Flags;
import net.mailagent.model.MailboxId;
import net.mailagent.model.MailboxPath;
import net.mailagent.model.SpecialUse;
import net.mailagent.model.UidSet;
import org.jspecify.annotations.Nullable;

/**
 * One change within a journal entry. What it does to a state is said in {@link StateBuilder} only.
 */
public sealed interface Change {
  /** A new, empty mailbox; it is subscribed by a change of its own. */
  record MailboxCreated(MailboxId mailbox, MailboxPath path, Set<SpecialUse> uses, int uidValidity)
      implements Change {
    public MailboxCreated {
      uses = Set.copyOf(uses);
    }
  }

  /** A mailbox has another name; one such change for each of its children too. */
  record MailboxRenamed(MailboxId mailbox, MailboxPath from, MailboxPath to) implements Change {}

  /** A mailbox is gone, and all its placements are expunged with it. */
  record MailboxDeleted(MailboxId mailbox, MailboxPath path) implements Change {}

  /** A name was put on or taken off the list of subscriptions; it need not exist. */
  record Subscribed(MailboxPath path, boolean subscribed) implements Change {}

  /**
   * Messages were placed in a mailbox, uids ascending and at least its uidnext.
   *
   * @param from where they were copied or moved from; null for a new message
   * @param moved whether the sources are expunged in the same entry
   */
  record Added(MailboxId mailbox, List<Placement> messages, @Nullable MailboxId from, boolean moved)
      implements Change {
    public Added {
      messages = List.copyOf(messages);
    }
  }

  /** An operation on the flags of those messages, each of which it really changes. */
  record FlagsChanged(MailboxId mailbox, UidSet uids, FlagOperation operation, Flags flags)
      implements Change {}

  /**
   * Those messages left the mailbox.
   *
   * @param movedTo where they were moved in the same entry, or null
   */
  record Expunged(MailboxId mailbox, UidSet uids, @Nullable MailboxId movedTo) implements Change {}

  /**
   * Expunged messages whose retention is over, or that were restored, are not kept any longer.
   *
   * @param uids which; in a mailbox that was deleted also of messages that were there then
   * @param oldestLeft when the oldest of those that are left was expunged, in milliseconds since
   *     1970; 0 if none is left
   */
  record Forgotten(MailboxId mailbox, UidSet uids, long oldestLeft) implements Change {}

  /**
   * The figures of a mailbox were counted anew from its placements, after checkpoints were
   * repaired: whoever has a state from before loads it again.
   */
  record Repaired(MailboxId mailbox) implements Change {}

  /** The user's quota is now that many octets; 0 means no limit. */
  record QuotaChanged(long limit) implements Change {}

  /**
   * A delivery with this deduplication key was made by this entry.
   *
   * @param index running number of the key among all keys of the user, from 0
   */
  record Delivered(String key, long index) implements Change {}

  /** The user is deleted: the journal ends here and refuses later entries. */
  record Closed() implements Change {}
}
