package net.mailagent.imap.command;

import net.mailagent.imap.wire.Parser;
import net.mailagent.imap.wire.SyntaxError;

/** SUBSCRIBE (RFC 3501 section 6.3.6). */
public record Subscribe(String mailbox) implements Command {
  static Subscribe parse(Parser p) throws SyntaxError {
    p.space();
    Subscribe command = new Subscribe(p.mailbox());
    p.end();
    return command;
  }

  @Override
  public String name() {
    return "SUBSCRIBE";
  }
}
