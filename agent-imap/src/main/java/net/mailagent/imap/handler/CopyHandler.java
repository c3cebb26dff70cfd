package net.mailagent.imap.handler;

import net.mailagent.imap.command.Copy;
import net.mailagent.imap.response.Code;
import net.mailagent.imap.wire.SyntaxError;
import net.mailagent.model.MailboxId;
import net.mailagent.model.UidSet;
import net.mailagent.model.journal.CopyMessages;

/**
 * COPY and UID COPY: one commit for any number of messages. By number the client means messages it
 * believes are there: all or none of them are copied (RFC 2180 section 4.4).
 */
public final class CopyHandler {
  private CopyHandler() {}

  public static Completion handle(Session session, Copy command) throws SyntaxError {
    UidSet uids = session.view().uidsToChange(command.messages(), command.uid());
    MailboxId target = session.mailbox(command.mailbox()).id();
    CopyMessages.Result copied =
        session
            .commit(
                new CopyMessages(session.view().id(), uids, target, false, !command.uid()), "copy")
            .result();
    return copied.source().isEmpty()
        ? Completion.ok(command.name() + " completed, no messages")
        : Completion.ok(
            Code.copyUid(copied.uidValidity(), copied.source(), copied.destination()),
            command.name() + " completed");
  }
}
