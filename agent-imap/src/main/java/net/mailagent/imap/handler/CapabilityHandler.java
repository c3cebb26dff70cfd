package net.mailagent.imap.handler;

import net.mailagent.imap.command.Capability;
import net.mailagent.imap.response.Response;

/** Answers CAPABILITY. */
public final class CapabilityHandler {
  private CapabilityHandler() {}

  public static Completion handle(Session session, Capability command) {
    session.send(new Response.Capabilities(Capabilities.of(session)));
    return Completion.ok("CAPABILITY completed");
  }
}
