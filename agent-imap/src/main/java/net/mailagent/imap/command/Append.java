package net.mailagent.imap.command;

import java.util.OptionalLong;
import net.mailagent.imap.wire.Literal;
import net.mailagent.imap.wire.Parser;
import net.mailagent.imap.wire.SyntaxError;
import net.mailagent.model.Flags;

/**
 * APPEND (RFC 3501 section 6.3.11), parsed up to the literal of its message, which is left for the
 * handler to accept and stream.
 */
public record Append(String mailbox, Message message) implements Command {
  /**
   * One message of an APPEND.
   *
   * @param internalDate in seconds since 1970, if given
   * @param literal the announced content
   */
  public record Message(Flags flags, OptionalLong internalDate, Literal literal) {
    static Message parse(Parser p) throws SyntaxError {
      Flags flags = Flags.NONE;
      if (p.isNext('(')) {
        flags = FlagList.parenthesized(p);
        p.space();
      }
      OptionalLong date = OptionalLong.empty();
      if (p.isNext('"')) {
        date = OptionalLong.of(net.mailagent.imap.wire.Dates.dateTime(p));
        p.space();
      }
      // literal8 (RFC 3516 section 4.4): a message may hold NUL either way, so it means the same
      p.take('~');
      return new Message(flags, date, p.announcedLiteral());
    }
  }

  static Append parse(Parser p) throws SyntaxError {
    p.space();
    String mailbox = p.mailbox();
    p.space();
    return new Append(mailbox, Message.parse(p));
  }

  @Override
  public String name() {
    return "APPEND";
  }
}
