package net.mailagent.imap.command;

import net.mailagent.imap.wire.Parser;
import net.mailagent.imap.wire.SequenceSet;
import net.mailagent.imap.wire.SyntaxError;

/**
 * MOVE (RFC 6851).
 *
 * @param uid whether the set holds uids
 */
public record Move(boolean uid, SequenceSet messages, String mailbox) implements Command {
  static Move parse(Parser p, boolean uid) throws SyntaxError {
    p.space();
    SequenceSet messages = SequenceSet.parse(p);
    p.space();
    String mailbox = p.mailbox();
    p.end();
    return new Move(uid, messages, mailbox);
  }

  @Override
  public String name() {
    return uid ? "UID MOVE" : "MOVE";
  }
}
