package net.mailagent.imap.handler;

import net.mailagent.imap.command.Check;

/** CHECK: every change was committed before it was answered, so nothing is to be done. */
public final class CheckHandler {
  private CheckHandler() {}

  public static Completion handle(Session session, Check command) {
    return Completion.ok("CHECK completed");
  }
}
