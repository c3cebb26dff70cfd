package net.mailagent.imap.handler;

import net.mailagent.imap.command.Idle;
import net.mailagent.imap.wire.ResponseWriter;

/** IDLE (RFC 2177): the connection goes on in {@link Idling} until the client says DONE. */
public final class IdleHandler {
  private IdleHandler() {}

  public static Completion handle(Session session, Idle command) {
    Idling idling = Idling.begin(session);
    ResponseWriter writer = session.writer();
    writer.text("+ idling\r\n");
    idling.look();
    return Completion.ok("IDLE completed").then(Completion.Next.IDLE);
  }
}
