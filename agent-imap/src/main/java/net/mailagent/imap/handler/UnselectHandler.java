package net.mailagent.imap.handler;

import net.mailagent.imap.command.Unselect;

/** UNSELECT (RFC 3691): leaves the mailbox as it is. */
public final class UnselectHandler {
  private UnselectHandler() {}

  public static Completion handle(Session session, Unselect command) {
    session.unselect();
    return Completion.ok("UNSELECT completed");
  }
}
