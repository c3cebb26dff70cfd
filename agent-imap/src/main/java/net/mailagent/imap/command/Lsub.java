package net.mailagent.imap.command;

import net.mailagent.imap.wire.Parser;
import net.mailagent.imap.wire.SyntaxError;

/** LSUB (RFC 3501 section 6.3.9). */
public record Lsub(String reference, String pattern) implements Command {
  static Lsub parse(Parser p) throws SyntaxError {
    p.space();
    String reference = p.mailbox();
    p.space();
    String pattern = p.listMailbox();
    p.end();
    return new Lsub(reference, pattern);
  }

  @Override
  public String name() {
    return "LSUB";
  }
}
