package net.mailagent.imap.handler;

import java.util.Set;
import net.mailagent.imap.command.Create;
import net.mailagent.imap.response.Code;
import net.mailagent.model.MailboxId;
import net.mailagent.model.journal.CreateMailbox;

/** CREATE: the mailbox and the superior levels it lacks. */
public final class CreateHandler {
  private CreateHandler() {}

  public static Completion handle(Session session, Create command) {
    MailboxId created =
        session
            .commit(
                new CreateMailbox(
                    Session.path(command.mailbox()), Set.of(), session.limits().maxMailboxes()),
                "create")
            .result();
    return Completion.ok(Code.mailboxId(created), "CREATE completed");
  }
}
