package net.mailagent.imap.view;

import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import net.mailagent.imap.response.Response;
import net.mailagent.model.Flags;
import net.mailagent.model.journal.PlacementSegment;
import net.mailagent.model.journal.Placements;

/**
 * The keywords a session was told of: FLAGS must name one before a message shows it. One thread.
 */
final class Keywords {
  private static final String SYSTEM = String.join(" ", Flags.systemNames());

  private final Map<String, String> told = new TreeMap<>(); // lower case -> as first seen

  Keywords(Placements messages) {
    learn(messages, -1);
  }

  /** What FLAGS names: the system flags and the keywords. */
  String applicable() {
    return told.isEmpty() ? SYSTEM : SYSTEM + " " + String.join(" ", told.values());
  }

  /** Looks at what changed after that seq; the FLAGS response to send if a keyword is new. */
  Optional<Response> learn(Placements messages, long since) {
    int before = told.size();
    for (PlacementSegment segment : messages.segments()) {
      if (segment.seq() > since) {
        segment.rowsWhere(this::learn); // asked once for each distinct set of flags
      }
    }
    return told.size() == before
        ? Optional.empty()
        : Optional.of(new Response.Applicable(applicable()));
  }

  private boolean learn(Flags flags) {
    for (String keyword : flags.keywords()) {
      told.putIfAbsent(keyword.toLowerCase(Locale.ROOT), keyword);
    }
    return false;
  }
}
