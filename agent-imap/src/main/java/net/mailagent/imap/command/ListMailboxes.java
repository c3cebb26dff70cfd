package net.mailagent.imap.command;

import net.mailagent.imap.wire.Parser;
import net.mailagent.imap.wire.SyntaxError;

/** LIST (RFC 3501 section 6.3.8). */
public record ListMailboxes(String reference, String pattern) implements Command {
  static ListMailboxes parse(Parser p) throws SyntaxError {
    p.space();
    String reference = p.mailbox();
    p.space();
    String pattern = p.listMailbox();
    p.end();
    return new ListMailboxes(reference, pattern);
  }

  @Override
  public String name() {
    return "LIST";
  }
}
