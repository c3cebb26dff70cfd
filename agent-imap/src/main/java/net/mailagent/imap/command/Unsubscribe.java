package net.mailagent.imap.command;

import net.mailagent.imap.wire.Parser;
import net.mailagent.imap.wire.SyntaxError;

/** UNSUBSCRIBE (RFC 3501 section 6.3.7). */
public record Unsubscribe(String mailbox) implements Command {
  static Unsubscribe parse(Parser p) throws SyntaxError {
    p.space();
    Unsubscribe command = new Unsubscribe(p.mailbox());
    p.end();
    return command;
  }

  @Override
  public String name() {
    return "UNSUBSCRIBE";
  }
}
