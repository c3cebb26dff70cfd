package net.mailagent.imap.handler;

import net.mailagent.imap.command.Namespace;
import net.mailagent.imap.response.Response;

/** NAMESPACE (RFC 2342): one personal namespace without a prefix. */
public final class NamespaceHandler {
  private NamespaceHandler() {}

  public static Completion handle(Session session, Namespace command) {
    session.send(new Response.Namespaces());
    return Completion.ok("NAMESPACE completed");
  }
}
