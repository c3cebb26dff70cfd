package net.mailagent.imap.handler;

import net.mailagent.imap.response.Code;
import net.mailagent.imap.response.Condition;
import net.mailagent.imap.response.Response;
import net.mailagent.imap.view.SelectedMailbox;
import net.mailagent.model.journal.MailboxState;

/** What SELECT and EXAMINE share, and how a mailbox is left. */
final class Selection {
  private Selection() {}

  static Completion open(Session session, String name, boolean condStore, boolean readOnly) {
    leave(session); // a SELECT that fails leaves nothing selected (RFC 3501 section 6.3.1)
    if (condStore) {
      session.enableCondStore();
    }
    MailboxState now = session.loadedMailbox(name);
    session.select(SelectedMailbox.open(now, session.state().seq(), readOnly, session::send));
    return readOnly
        ? Completion.ok(Code.READ_ONLY, "EXAMINE completed")
        : Completion.ok(Code.READ_WRITE, "SELECT completed");
  }

  /** Leaves the selected mailbox, if there is one, and says so (RFC 7162 section 3.2.11). */
  static void leave(Session session) {
    if (session.selected().isPresent()) {
      session.unselect();
      session.send(Response.told(Condition.OK, Code.CLOSED, "Previous mailbox closed"));
    }
  }
}
