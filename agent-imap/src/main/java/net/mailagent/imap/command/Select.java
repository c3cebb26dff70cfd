package net.mailagent.imap.command;

import net.mailagent.imap.wire.Parser;
import net.mailagent.imap.wire.SyntaxError;

/**
 * SELECT (RFC 3501 section 6.3.1).
 *
 * @param condStore whether the CONDSTORE parameter was given (RFC 7162 section 3.1.8)
 */
public record Select(String mailbox, boolean condStore) implements Command {
  static Select parse(Parser p) throws SyntaxError {
    p.space();
    String mailbox = p.mailbox();
    boolean condStore = SelectParameters.parse(p);
    p.end();
    return new Select(mailbox, condStore);
  }

  @Override
  public String name() {
    return "SELECT";
  }
}
