package net.mailagent.imap.handler;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import net.mailagent.imap.command.Lsub;
import net.mailagent.imap.response.Response;
import net.mailagent.model.MailboxPath;
import net.mailagent.model.journal.UserState;

/**
 * LSUB (RFC 3501 section 6.3.9). A level that is not subscribed but has subscribed names below it,
 * which the pattern does not reach, is shown as \Noselect; so is a name that does not exist.
 */
public final class LsubHandler {
  private LsubHandler() {}

  public static Completion handle(Session session, Lsub command) {
    if (command.pattern().isEmpty()) {
      session.send(new Response.Root("LSUB"));
      return Completion.ok("LSUB completed");
    }
    Pattern pattern = ListHandler.pattern(session, command.reference(), command.pattern());
    UserState state = session.state();
    Set<MailboxPath> subscribed = state.root().subscriptions();
    Map<MailboxPath, Boolean> selectable = new TreeMap<>();
    for (MailboxPath path : subscribed) {
      if (pattern.matches(path)) {
        selectable.put(path, state.mailbox(path).isPresent());
        continue;
      }
      Optional<MailboxPath> parent = path.parent();
      while (parent.isPresent()) {
        if (!subscribed.contains(parent.get()) && pattern.matches(parent.get())) {
          selectable.put(parent.get(), false);
        }
        parent = parent.get().parent();
      }
    }
    selectable.forEach((path, exists) ->
        session.send(
            new Response.Listed("LSUB", exists ? List.of() : List.of("\\Noselect"), path.value())));
    return Completion.ok("LSUB completed");
  }
}
