package net.mailagent.imap.handler;

import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import net.mailagent.imap.command.Search;
import net.mailagent.imap.command.SearchTerm;
import net.mailagent.imap.response.Code;
import net.mailagent.imap.response.Response;
import net.mailagent.imap.view.SelectedMailbox;
import net.mailagent.imap.wire.SyntaxError;
import net.mailagent.model.UidSet;
import net.mailagent.model.journal.PlacementSegment;
import net.mailagent.model.journal.Placements;
import net.mailagent.model.search.SearchKey;

/** SEARCH and UID SEARCH: catches up first, then asks the store about what the client knows of. */
public final class SearchHandler {
  private SearchHandler() {}

  public static Completion handle(Session session, Search command) throws SyntaxError {
    if (command.unknownCharset().isPresent()) {
      return Completion.no(
          Code.badCharset(List.of("US-ASCII", "UTF-8", "ISO-8859-1")), "Unknown charset");
    }
    if (command.modSeq()) {
      session.enableCondStore();
    }
    session.catchUpNumbers(command.uid());
    SelectedMailbox view = session.view();
    SearchKey key = resolve(view, command.term());
    UidSet found =
        session
            .ports()
            .search()
            .search(session.user(), session.selectedState(), key)
            .intersect(view.told());
    session.send(
        new Response.Found(
            view.numbers(found, command.uid()),
            command.modSeq() && !found.isEmpty()
                ? OptionalLong.of(highest(session.selectedState().messages(), found))
                : OptionalLong.empty()));
    return Completion.ok(command.name() + " completed");
  }

  private static SearchKey resolve(SelectedMailbox view, SearchTerm term) throws SyntaxError {
    return switch (term) {
      case SearchTerm.Key leaf -> leaf.key();
      case SearchTerm.Messages m -> new SearchKey.Uids(view.uids(m.set(), m.uid()));
      case SearchTerm.Not not -> new SearchKey.Not(resolve(view, not.term()));
      case SearchTerm.Or or ->
          new SearchKey.Or(resolve(view, or.left()), resolve(view, or.right()));
      case SearchTerm.And and -> {
        List<SearchKey> keys = new ArrayList<>(and.terms().size());
        for (SearchTerm each : and.terms()) {
          keys.add(resolve(view, each));
        }
        yield new SearchKey.And(keys);
      }
    };
  }

  private static long highest(Placements messages, UidSet found) {
    long highest = 0;
    for (PlacementSegment segment : messages.segments()) {
      for (int i = 0; i < segment.size(); i++) {
        if (segment.modSeq(i) > highest && found.contains(segment.uid(i))) {
          highest = segment.modSeq(i);
        }
      }
    }
    return highest;
  }
}
