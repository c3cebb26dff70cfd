package net.mailagent.imap.handler;

import net.mailagent.imap.command.Select;

/** SELECT: opens a mailbox. */
public final class SelectHandler {
  private SelectHandler() {}

  public static Completion handle(Session session, Select command) {
    return Selection.open(session, command.mailbox(), command.condStore(), false);
  }
}
