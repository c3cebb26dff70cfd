package net.mailagent.imap.handler;

import net.mailagent.imap.command.Move;
import net.mailagent.imap.response.Code;
import net.mailagent.imap.response.Condition;
import net.mailagent.imap.response.Response;
import net.mailagent.imap.wire.SyntaxError;
import net.mailagent.model.MailboxId;
import net.mailagent.model.UidSet;
import net.mailagent.model.journal.CopyMessages;

/**
 * MOVE and UID MOVE (RFC 6851): one commit for any number of messages. COPYUID goes first, in an
 * untagged OK; the catch-up behind it tells EXPUNGE. By number all or none are moved, as in COPY.
 */
public final class MoveHandler {
  private MoveHandler() {}

  public static Completion handle(Session session, Move command) throws SyntaxError {
    if (session.view().readOnly()) {
      return ReadOnly.refusal();
    }
    UidSet uids = session.view().uidsToChange(command.messages(), command.uid());
    MailboxId target = session.mailbox(command.mailbox()).id();
    CopyMessages.Result moved =
        session
            .commit(
                new CopyMessages(session.view().id(), uids, target, true, !command.uid()), "move")
            .result();
    if (!moved.source().isEmpty()) {
      session.send(
          Response.told(
              Condition.OK,
              Code.copyUid(moved.uidValidity(), moved.source(), moved.destination()),
              "Moved"));
    }
    return Completion.ok(command.name() + " completed");
  }
}
