package net.mailagent.imap.handler;

import net.mailagent.imap.command.Logout;
import net.mailagent.imap.response.Condition;
import net.mailagent.imap.response.Response;

/** LOGOUT: says good-bye, answers and hangs up. */
public final class LogoutHandler {
  private LogoutHandler() {}

  public static Completion handle(Session session, Logout command) {
    session.unselect();
    session.send(Response.told(Condition.BYE, "Logging out"));
    return Completion.ok("LOGOUT completed").then(Completion.Next.CLOSE);
  }
}
