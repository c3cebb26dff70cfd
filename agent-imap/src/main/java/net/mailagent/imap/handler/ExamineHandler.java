package net.mailagent.imap.handler;

import net.mailagent.imap.command.Examine;

/** EXAMINE: opens a mailbox in which nothing can be changed. */
public final class ExamineHandler {
  private ExamineHandler() {}

  public static Completion handle(Session session, Examine command) {
    return Selection.open(session, command.mailbox(), command.condStore(), true);
  }
}
