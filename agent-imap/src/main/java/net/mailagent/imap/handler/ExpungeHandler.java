package net.mailagent.imap.handler;

import java.util.Optional;
import net.mailagent.imap.command.Expunge;
import net.mailagent.imap.view.SelectedMailbox;
import net.mailagent.imap.wire.SyntaxError;
import net.mailagent.model.UidSet;
import net.mailagent.model.journal.ExpungeMessages;

/** EXPUNGE and UID EXPUNGE: one commit; what is gone is told by the catch-up behind it. */
public final class ExpungeHandler {
  private ExpungeHandler() {}

  public static Completion handle(Session session, Expunge command) throws SyntaxError {
    SelectedMailbox view = session.view();
    if (view.readOnly()) {
      return ReadOnly.refusal();
    }
    Optional<UidSet> among =
        command.among().isPresent()
            ? Optional.of(view.uidsToChange(command.among().get(), true))
            : Optional.empty();
    session.commit(new ExpungeMessages(view.id(), among), "expunge");
    return Completion.ok(command.name() + " completed");
  }
}
