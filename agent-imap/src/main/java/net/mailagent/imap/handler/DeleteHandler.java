package net.mailagent.imap.handler;

import net.mailagent.imap.command.Delete;
import net.mailagent.model.MailboxId;
import net.mailagent.model.journal.DeleteMailbox;

/** DELETE: mailboxes below it stay. A session that deletes what it has selected leaves it. */
public final class DeleteHandler {
  private DeleteHandler() {}

  public static Completion handle(Session session, Delete command) {
    MailboxId gone =
        session.commit(new DeleteMailbox(Session.path(command.mailbox())), "delete").result();
    if (session.selected().map(view -> view.id().equals(gone)).orElse(false)) {
      Selection.leave(session);
    }
    return Completion.ok("DELETE completed");
  }
}
