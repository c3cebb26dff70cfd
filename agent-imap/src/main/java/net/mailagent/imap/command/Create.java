package net.mailagent.imap.command;

import net.mailagent.imap.wire.Parser;
import net.mailagent.imap.wire.SyntaxError;

/** CREATE (RFC 3501 section 6.3.3). */
public record Create(String mailbox) implements Command {
  static Create parse(Parser p) throws SyntaxError {
    p.space();
    Create command = new Create(p.mailbox());
    p.end();
    return command;
  }

  @Override
  public String name() {
    return "CREATE";
  }
}
