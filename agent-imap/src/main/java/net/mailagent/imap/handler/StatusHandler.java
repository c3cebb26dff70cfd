package net.mailagent.imap.handler;

import java.util.LinkedHashMap;
import java.util.Map;
import net.mailagent.imap.command.Status;
import net.mailagent.imap.command.StatusItem;
import net.mailagent.imap.response.Response;
import net.mailagent.model.journal.MailboxState;

/** STATUS: figures that the state keeps, so no message is looked at. */
public final class StatusHandler {
  private StatusHandler() {}

  public static Completion handle(Session session, Status command) {
    MailboxState mailbox = session.mailbox(command.mailbox());
    Map<String, Long> items = new LinkedHashMap<>();
    for (StatusItem item : command.items()) {
      items.put(item.name(), figure(mailbox, item));
    }
    session.send(new Response.Figures(mailbox.path().value(), items));
    if (command.items().contains(StatusItem.HIGHESTMODSEQ)) {
      session.enableCondStore();
    }
    return Completion.ok("STATUS completed");
  }

  private static long figure(MailboxState mailbox, StatusItem item) {
    return switch (item) {
      case MESSAGES -> mailbox.counters().messages();
      case RECENT -> 0;
      case UIDNEXT -> mailbox.counters().uidNext();
      case UIDVALIDITY -> mailbox.uidValidity();
      case UNSEEN -> mailbox.counters().unseen();
      case HIGHESTMODSEQ -> mailbox.modSeq();
      case SIZE -> mailbox.counters().size();
    };
  }
}
