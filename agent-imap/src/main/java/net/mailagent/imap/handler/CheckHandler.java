package net.mailagent.imap.handler;

import net.mailagent.imap.command.Check;

/** CHECK: every change was committed before it was answered, so it does what NOOP does. */
public final class CheckHandler {
  private CheckHandler() {}

  public static Completion handle(Session session, Check command) {
    session.catchUp(true);
    return Completion.ok("CHECK completed");
  }
}
