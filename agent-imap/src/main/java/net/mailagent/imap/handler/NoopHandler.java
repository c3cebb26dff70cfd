package net.mailagent.imap.handler;

import net.mailagent.imap.command.Noop;

/** NOOP: what it is for, telling changes, is done behind every command. */
public final class NoopHandler {
  private NoopHandler() {}

  public static Completion handle(Session session, Noop command) {
    return Completion.ok("NOOP completed");
  }
}
