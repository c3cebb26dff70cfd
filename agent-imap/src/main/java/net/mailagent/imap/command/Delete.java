package net.mailagent.imap.command;

import net.mailagent.imap.wire.Parser;
import net.mailagent.imap.wire.SyntaxError;

/** DELETE (RFC 3501 section 6.3.4). */
public record Delete(String mailbox) implements Command {
  static Delete parse(Parser p) throws SyntaxError {
    p.space();
    Delete command = new Delete(p.mailbox());
    p.end();
    return command;
  }

  @Override
  public String name() {
    return "DELETE";
  }
}
