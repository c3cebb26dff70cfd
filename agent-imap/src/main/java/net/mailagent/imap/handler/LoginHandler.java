package net.mailagent.imap.handler;

import net.mailagent.imap.command.Login;

/** LOGIN: with TLS, or from this machine. */
public final class LoginHandler {
  private LoginHandler() {}

  public static Completion handle(Session session, Login command) {
    return session.mayLogIn()
        ? Logins.check(session, command.login(), command.password())
        : Logins.privacyRequired();
  }
}
