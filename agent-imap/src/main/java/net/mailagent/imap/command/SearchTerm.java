package net.mailagent.imap.command;

import java.util.List;
import net.mailagent.imap.wire.SequenceSet;
import net.mailagent.model.search.SearchKey;

/**
 * A search key as the client wrote it: like {@link SearchKey}, but with sets of sequence numbers
 * and uids whose meaning only the session knows.
 */
public sealed interface SearchTerm {
  /** A key that means the same in every session. */
  record Key(SearchKey key) implements SearchTerm {}

  /** Messages by number or uid. */
  record Messages(SequenceSet set, boolean uid) implements SearchTerm {}

  record And(List<SearchTerm> terms) implements SearchTerm {
    public And {
      terms = List.copyOf(terms);
    }
  }

  record Or(SearchTerm left, SearchTerm right) implements SearchTerm {}

  record Not(SearchTerm term) implements SearchTerm {}
}
