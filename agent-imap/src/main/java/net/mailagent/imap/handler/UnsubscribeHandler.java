package net.mailagent.imap.handler;

import net.mailagent.imap.command.Unsubscribe;

/** UNSUBSCRIBE: the mailbox need not exist. */
public final class UnsubscribeHandler {
  private UnsubscribeHandler() {}

  public static Completion handle(Session session, Unsubscribe command) {
    session.commit(
        new net.mailagent.model.journal.Subscribe(
            Session.path(command.mailbox()), false, session.limits().maxSubscriptions()),
        "unsubscribe");
    return Completion.ok("UNSUBSCRIBE completed");
  }
}
