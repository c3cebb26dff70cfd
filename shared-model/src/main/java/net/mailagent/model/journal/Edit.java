package net.mailagent.model.journal;

import java.util.Set;
import net.mailagent.model.MailboxId;

/**
 * What somebody wants changed, as a pure rule: given the exact state it says which changes follow.
 * It is asked again whenever another node was faster, so it must not depend on anything it saw
 * before. Several edits that wait on one node become one entry.
 *
 * @param <R> what its caller wants to know
 */
public interface Edit<R> {
  /**
   * The mailboxes whose placements it needs to see to decide on that state; those that do not exist
   * are ignored; those that were deleted are known by their expunged messages.
   */
  Set<MailboxId> needs(UserState state);

  /**
   * Decides by {@link Draft#state()} and calls {@link Draft#change} for each change, if any.
   *
   * @throws net.mailagent.model.Refused to change nothing at all
   */
  R decide(Draft draft);
}
