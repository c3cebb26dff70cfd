package net.mailagent.model.port;

import net.mailagent.model.UidSet;
import net.mailagent.model.UserId;
import net.mailagent.model.journal.MailboxState;
import net.mailagent.model.search.SearchKey;

/** SEARCH (RFC 9051 section 6.4.4). */
public interface Search {
  /**
   * The messages of that mailbox, as it stands in {@code mailbox} (placements loaded), that fit.
   * Flags, uids, dates and sizes are decided from the placements, headers and text by queries of
   * the store; what no query can decide is verified on the candidates only.
   */
  UidSet search(UserId user, MailboxState mailbox, SearchKey key);
}
