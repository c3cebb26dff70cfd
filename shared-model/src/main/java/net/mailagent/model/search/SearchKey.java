package net.mailagent.model.search;

import java.time.LocalDate;
import java.util.List;
import net.mailagent.model.ContentId;
import net.mailagent.model.UidSet;

/**
 * A search key with its grouping and negation (RFC 9051 section 6.4.4). Sequence numbers are turned
 * into uids by the session before; strings are Unicode, whatever CHARSET they came in.
 */
public sealed interface SearchKey {
  record All() implements SearchKey {}

  record And(List<SearchKey> keys) implements SearchKey {
    public And {
      keys = List.copyOf(keys);
    }
  }

  record Or(SearchKey left, SearchKey right) implements SearchKey {}

  record Not(SearchKey key) implements SearchKey {}

  record Uids(UidSet uids) implements SearchKey {}

  /** A system flag such as \Seen, or a keyword, is set. */
  record HasFlag(String flag) implements SearchKey {}

  /** Size in octets strictly above. */
  record Larger(long octets) implements SearchKey {}

  /** Size in octets strictly below. */
  record Smaller(long octets) implements SearchKey {}

  /** Which date is compared. */
  enum DateOf {
    /** INTERNALDATE, its date in UTC. */
    INTERNAL,
    /** The Date header field, its date as written there. */
    SENT,
    /** SAVEDATE (RFC 8514), its date in UTC. */
    SAVED
  }

  /** The date is earlier than that day. */
  record Before(DateOf date, LocalDate day) implements SearchKey {}

  /** The date is within that day. */
  record On(DateOf date, LocalDate day) implements SearchKey {}

  /** The date is within that day or later. */
  record Since(DateOf date, LocalDate day) implements SearchKey {}

  /** INTERNALDATE is at most that many seconds ago (RFC 5032). */
  record Younger(long seconds) implements SearchKey {}

  /** INTERNALDATE is at least that many seconds ago (RFC 5032). */
  record Older(long seconds) implements SearchKey {}

  /** MODSEQ is at least that (RFC 7162 section 3.1.5). */
  record ModSeqAtLeast(long modSeq) implements SearchKey {}

  /** EMAILID (RFC 8474). */
  record Content(ContentId id) implements SearchKey {}

  /** THREADID (RFC 8474): 24 hex digits. */
  record InThread(String thread) implements SearchKey {}

  /**
   * A header field holds the text as a substring, decoded, without case. An empty text asks whether
   * the field is there. Names BCC CC FROM SUBJECT TO come here too.
   */
  record Header(String name, String text) implements SearchKey {}

  /** The text of the body holds it as a substring, decoded, without case. */
  record Body(String text) implements SearchKey {}

  /** Header or body hold it as a substring, decoded, without case. */
  record Text(String text) implements SearchKey {}
}
