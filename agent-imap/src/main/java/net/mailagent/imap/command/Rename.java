package net.mailagent.imap.command;

import net.mailagent.imap.wire.Parser;
import net.mailagent.imap.wire.SyntaxError;

/** RENAME (RFC 3501 section 6.3.5). */
public record Rename(String from, String to) implements Command {
  static Rename parse(Parser p) throws SyntaxError {
    p.space();
    String from = p.mailbox();
    p.space();
    String to = p.mailbox();
    p.end();
    return new Rename(from, to);
  }

  @Override
  public String name() {
    return "RENAME";
  }
}
