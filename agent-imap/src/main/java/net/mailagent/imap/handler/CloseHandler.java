package net.mailagent.imap.handler;

import java.util.Optional;
import net.mailagent.imap.command.Close;
import net.mailagent.model.journal.ExpungeMessages;

/** CLOSE: expunges without telling, unless the mailbox was opened by EXAMINE, and leaves it. */
public final class CloseHandler {
  private CloseHandler() {}

  public static Completion handle(Session session, Close command) {
    if (!session.view().readOnly()) {
      session.commit(new ExpungeMessages(session.view().id(), Optional.empty()), "close");
    }
    session.unselect();
    return Completion.ok("CLOSE completed");
  }
}
