package net.mailagent.imap.command;

import net.mailagent.imap.wire.Parser;
import net.mailagent.imap.wire.SyntaxError;

/**
 * EXAMINE (RFC 3501 section 6.3.2).
 *
 * @param condStore whether the CONDSTORE parameter was given (RFC 7162 section 3.1.8)
 */
public record Examine(String mailbox, boolean condStore) implements Command {
  static Examine parse(Parser p) throws SyntaxError {
    p.space();
    String mailbox = p.mailbox();
    boolean condStore = SelectParameters.parse(p);
    p.end();
    return new Examine(mailbox, condStore);
  }

  @Override
  public String name() {
    return "EXAMINE";
  }
}
