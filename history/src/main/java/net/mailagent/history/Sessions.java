package net.mailagent.history;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/** Replays what each IMAP session was told, line by line. */
final class Sessions {
  private Sessions() {}

  /** What the sessions knew after each catch-up, where they knew all of it. */
  static List<Event.View> replay(List<Event> events, Consumer<Violation> report) {
    Map<String, Session> sessions = new LinkedHashMap<>();
    List<Event.View> views = new ArrayList<>();
    for (Event event : events) {
      String client = event.span().client();
      switch (event) {
        case Event.Selected selected -> sessions.put(client, new Session(selected, report));
        case Event.Exists e -> open(sessions, client).exists(e);
        case Event.Expunged e -> open(sessions, client).expunged(e);
        case Event.Vanished e -> open(sessions, client).vanished(e);
        case Event.Fetched e -> open(sessions, client).fetched(e);
        case Event.CaughtUp e -> open(sessions, client).caughtUp(e).ifPresent(views::add);
        case Event.View e -> {}
        case Event.Resync e -> {}
        case Event.Followed e -> {}
        case Event.Delivery e -> {}
        case Event.Append e -> {}
        case Event.Copy e -> {}
        case Event.Removal e -> {}
        case Event.Store e -> {}
      }
    }
    return views;
  }

  private static Session open(Map<String, Session> sessions, String client) {
    Session session = sessions.get(client);
    if (session == null) {
      throw new IllegalArgumentException("the session " + client + " has no mailbox open");
    }
    return session;
  }
}
