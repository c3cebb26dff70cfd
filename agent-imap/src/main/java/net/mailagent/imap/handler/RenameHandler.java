package net.mailagent.imap.handler;

import net.mailagent.imap.command.Rename;
import net.mailagent.model.journal.RenameMailbox;

/** RENAME, children included, in one commit; INBOX gives its messages away and stays. */
public final class RenameHandler {
  private RenameHandler() {}

  public static Completion handle(Session session, Rename command) {
    session.commit(
        new RenameMailbox(
            Session.path(command.from()),
            Session.path(command.to()),
            session.limits().maxMailboxes()),
        "rename");
    return Completion.ok("RENAME completed");
  }
}
