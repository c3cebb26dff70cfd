package net.mailagent.imap.handler;

import java.net.InetAddress;
import net.mailagent.imap.response.Code;
import net.mailagent.runtime.auth.AuthenticationResult;

/** What LOGIN and AUTHENTICATE share. Runs on the connection's runner and blocks. */
final class Logins {
  private Logins() {}

  /** The refusal of a password over a connection that can be listened to. */
  static Completion privacyRequired() {
    return Completion.no(Code.PRIVACYREQUIRED, "STARTTLS first");
  }

  /** Checks a password and logs the session in. */
  static Completion check(Session session, String login, String password) {
    InetAddress client = session.connection().clientAddress();
    return switch (session.ports().authenticator().authenticate(login, password, client)) {
      case AuthenticationResult.Success success -> {
        session.loggedIn(success.account().id());
        yield Completion.ok(Code.capability(Capabilities.of(session)), "Logged in");
      }
      case AuthenticationResult.Failed failed ->
          Completion.no(Code.AUTHENTICATIONFAILED, "Wrong user name or password");
      case AuthenticationResult.TooManyTries tries ->
          Completion.no(
              Code.UNAVAILABLE,
              "Too many wrong passwords, try again in "
                  + Math.max(1, tries.retryAfter().toSeconds())
                  + " seconds");
      case AuthenticationResult.Unavailable unavailable ->
          Completion.no(Code.UNAVAILABLE, "Logins cannot be checked now, try again");
    };
  }
}
