package net.mailagent.imap.handler;

import net.mailagent.imap.command.Subscribe;

/** SUBSCRIBE: the mailbox need not exist. */
public final class SubscribeHandler {
  private SubscribeHandler() {}

  public static Completion handle(Session session, Subscribe command) {
    session.commit(
        new net.mailagent.model.journal.Subscribe(
            Session.path(command.mailbox()), true, session.limits().maxSubscriptions()),
        "subscribe");
    return Completion.ok("SUBSCRIBE completed");
  }
}
