package net.mailagent.imap.handler;

import java.util.Map;
import net.mailagent.imap.command.Id;
import net.mailagent.imap.response.Response;

/** ID (RFC 2971): says who we are. What the client says changes nothing. */
public final class IdHandler {
  private IdHandler() {}

  public static Completion handle(Session session, Id command) {
    session.send(new Response.Identity(Map.of("name", "mail-agent")));
    return Completion.ok("ID completed");
  }
}
