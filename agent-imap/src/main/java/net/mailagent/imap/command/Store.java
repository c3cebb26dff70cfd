package net.mailagent.imap.command;

import java.util.OptionalLong;
import net.mailagent.imap.wire.Parser;
import net.mailagent.imap.wire.SequenceSet;
import net.mailagent.imap.wire.SyntaxError;
import net.mailagent.model.FlagOperation;
import net.mailagent.model.Flags;

/**
 * STORE (RFC 3501 section 6.4.6), conditional or not (RFC 7162 section 3.1.3).
 *
 * @param uid whether the set holds uids
 * @param unchangedSince only messages whose MODSEQ is at most this
 * @param silent whether the new flags are not to be told
 */
public record Store(
    boolean uid,
    SequenceSet messages,
    OptionalLong unchangedSince,
    FlagOperation operation,
    boolean silent,
    Flags flags)
    implements Command {
  static Store parse(Parser p, boolean uid) throws SyntaxError {
    p.space();
    SequenceSet messages = SequenceSet.parse(p);
    p.space();
    OptionalLong unchangedSince = OptionalLong.empty();
    if (p.isNext('(')) {
      p.open();
      if (!p.takeWord("UNCHANGEDSINCE")) {
        throw p.expected("UNCHANGEDSINCE");
      }
      p.space();
      unchangedSince = OptionalLong.of(p.number(Long.MAX_VALUE));
      p.close();
      p.space();
    }
    FlagOperation operation =
        p.take('+')
            ? FlagOperation.ADD
            : p.take('-') ? FlagOperation.REMOVE : FlagOperation.REPLACE;
    boolean silent = p.takeWord("FLAGS.SILENT");
    if (!silent && !p.takeWord("FLAGS")) {
      throw p.expected("FLAGS");
    }
    p.space();
    Flags flags = FlagList.parse(p);
    p.end();
    return new Store(uid, messages, unchangedSince, operation, silent, flags);
  }

  @Override
  public String name() {
    return uid ? "UID STORE" : "STORE";
  }
}
