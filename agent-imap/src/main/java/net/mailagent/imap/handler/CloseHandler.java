package net.mailagent.imap.handler;

import java.util.Optional;
import net.mailagent.imap.command.Close;
import net.mailagent.model.journal.ExpungeMessages;

/**
 * CLOSE: expunges without telling, unless the mailbox was opened by EXAMINE, and leaves it. Of a
 * mailbox that was deleted nothing is left to expunge.
 */
public final class CloseHandler {
  private CloseHandler() {}

  public static Completion handle(Session session, Close command) {
    if (!session.view().readOnly()) {
      try {
        session.commit(new ExpungeMessages(session.view().id(), Optional.empty()), "close");
      } catch (MailboxGone e) {
        // left all the same (RFC 3501 section 6.4.2)
      }
    }
    session.unselect();
    return Completion.ok("CLOSE completed");
  }
}
