package net.mailagent.imap.command;

import java.util.Optional;
import net.mailagent.imap.wire.Parser;
import net.mailagent.imap.wire.SequenceSet;
import net.mailagent.imap.wire.SyntaxError;

/**
 * EXPUNGE (RFC 3501 section 6.4.3) and UID EXPUNGE (RFC 4315).
 *
 * @param among the uids it is limited to, for UID EXPUNGE
 */
public record Expunge(Optional<SequenceSet> among) implements Command {
  static Expunge all() {
    return new Expunge(Optional.empty());
  }

  static Expunge parse(Parser p) throws SyntaxError {
    p.space();
    SequenceSet among = SequenceSet.parse(p);
    p.end();
    return new Expunge(Optional.of(among));
  }

  @Override
  public String name() {
    return among.isPresent() ? "UID EXPUNGE" : "EXPUNGE";
  }
}
