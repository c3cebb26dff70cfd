package net.mailagent.imap.handler;

import net.mailagent.imap.command.Noop;

/** NOOP: tells changes, as is done behind every command; here it is the command that fails. */
public final class NoopHandler {
  private NoopHandler() {}

  public static Completion handle(Session session, Noop command) {
    session.catchUp(true);
    return Completion.ok("NOOP completed");
  }
}
