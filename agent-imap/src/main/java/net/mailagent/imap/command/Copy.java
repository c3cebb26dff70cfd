package net.mailagent.imap.command;

import net.mailagent.imap.wire.Parser;
import net.mailagent.imap.wire.SequenceSet;
import net.mailagent.imap.wire.SyntaxError;

/**
 * COPY (RFC 3501 section 6.4.7).
 *
 * @param uid whether the set holds uids
 */
public record Copy(boolean uid, SequenceSet messages, String mailbox) implements Command {
  static Copy parse(Parser p, boolean uid) throws SyntaxError {
    p.space();
    SequenceSet messages = SequenceSet.parse(p);
    p.space();
    String mailbox = p.mailbox();
    p.end();
    return new Copy(uid, messages, mailbox);
  }

  @Override
  public String name() {
    return uid ? "UID COPY" : "COPY";
  }
}
