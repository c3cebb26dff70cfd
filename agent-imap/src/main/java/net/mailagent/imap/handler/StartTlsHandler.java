package net.mailagent.imap.handler;

import net.mailagent.imap.command.StartTls;

/** STARTTLS: the handshake begins behind the answer; input sent before it is dropped. */
public final class StartTlsHandler {
  private StartTlsHandler() {}

  public static Completion handle(Session session, StartTls command) {
    return session.connection().isTls()
        ? Completion.bad("TLS is active already")
        : Completion.ok("Begin TLS now").then(Completion.Next.START_TLS);
  }
}
