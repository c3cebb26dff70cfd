package net.mailagent.imap.handler;

import java.util.LinkedHashMap;
import java.util.Map;
import net.mailagent.imap.command.Status;
import net.mailagent.imap.command.StatusItem;
import net.mailagent.imap.response.Response;
import net.mailagent.imap.wire.ObjectId;
import net.mailagent.model.journal.MailboxState;

/** STATUS: figures that the state keeps, so no message is looked at. */
public final class StatusHandler {
  private StatusHandler() {}

  public static Completion handle(Session session, Status command) {
    MailboxState mailbox = session.mailbox(command.mailbox());
    Map<String, String> items = new LinkedHashMap<>();
    for (StatusItem item : command.items()) {
      items.put(item.name(), value(mailbox, item));
    }
    session.send(new Response.Figures(mailbox.path().value(), items));
    if (command.items().contains(StatusItem.HIGHESTMODSEQ)) {
      session.enableCondStore();
    }
    return Completion.ok("STATUS completed");
  }

  private static String value(MailboxState mailbox, StatusItem item) {
    return switch (item) {
      case MESSAGES -> text(mailbox.counters().messages());
      case RECENT -> "0";
      case UIDNEXT -> text(mailbox.counters().uidNext());
      case UIDVALIDITY -> text(mailbox.uidValidity());
      case UNSEEN -> text(mailbox.counters().unseen());
      case HIGHESTMODSEQ -> text(mailbox.modSeq());
      case SIZE -> text(mailbox.counters().size());
      case MAILBOXID -> "(" + ObjectId.MAILBOX.of(mailbox.id().hex()) + ")";
    };
  }

  private static String text(long figure) {
    return Long.toString(figure);
  }
}
