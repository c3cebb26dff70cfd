package net.mailagent.imap.handler;

import java.nio.ByteBuffer;
import java.util.List;
import net.mailagent.imap.command.Append;
import net.mailagent.imap.response.Code;
import net.mailagent.imap.wire.Parser;
import net.mailagent.imap.wire.SyntaxError;
import net.mailagent.model.MailboxId;
import net.mailagent.model.Refusal;
import net.mailagent.model.Refused;
import net.mailagent.model.port.Messages;

/**
 * APPEND: streams the message into the store as it arrives. What can be refused is refused before
 * the client is asked for it; what it sends without being asked is dropped unseen.
 */
public final class AppendHandler {
  private AppendHandler() {}

  public static Completion handle(Session session, Append command, Parser parser)
      throws SyntaxError {
    MailboxId mailbox = session.mailbox(command.mailbox()).id();
    Append.Message message = command.message();
    long limit = session.limits().appendLimit();
    if (message.literal().size() > limit) {
      throw new Refused(new Refusal.TooBig(limit));
    }
    if (message.literal().size() == 0) {
      throw new Refused(new Refusal.Cannot("a message cannot be empty"));
    }
    message.flags().requireBounded();
    Messages messages = session.ports().messages();
    Messages.Placed placed;
    try (Messages.Intake intake = messages.receive(limit)) {
      parser.acceptLiteral();
      for (ByteBuffer octets = parser.read(); octets != null; octets = parser.read()) {
        intake.write(octets);
      }
      parser.end();
      long date = message.internalDate().orElseGet(() -> System.currentTimeMillis() / 1000);
      placed =
          messages.append(
              session.user(),
              mailbox,
              List.of(new Messages.Appended(intake.finish(), message.flags(), date)),
              session.origin("append"));
    }
    session.forgetState();
    return Completion.ok(Code.appendUid(placed.uidValidity(), placed.uids()), "APPEND completed");
  }
}
