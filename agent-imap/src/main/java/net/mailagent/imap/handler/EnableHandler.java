package net.mailagent.imap.handler;

import java.util.List;
import net.mailagent.imap.command.Enable;
import net.mailagent.imap.response.Response;

/** ENABLE (RFC 5161): CONDSTORE is what can be enabled; other names are ignored. */
public final class EnableHandler {
  private EnableHandler() {}

  public static Completion handle(Session session, Enable command) {
    boolean condStore = command.capabilities().contains("CONDSTORE");
    session.send(new Response.Enabled(condStore ? List.of("CONDSTORE") : List.of()));
    if (condStore) {
      session.enableCondStore();
    }
    return Completion.ok("ENABLE completed");
  }
}
