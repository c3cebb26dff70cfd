package net.mailagent.imap.command;

import net.mailagent.imap.wire.Parser;
import net.mailagent.imap.wire.SyntaxError;

/** The optional parameters of SELECT and EXAMINE (RFC 4466 section 2.4). */
final class SelectParameters {
  private SelectParameters() {}

  /** Whether CONDSTORE is among them; there is no other parameter yet. */
  static boolean parse(Parser p) throws SyntaxError {
    if (p.atEnd()) {
      return false;
    }
    p.space();
    p.open();
    do {
      if (!p.takeWord("CONDSTORE")) {
        throw p.expected("CONDSTORE");
      }
    } while (p.take(' '));
    p.close();
    return true;
  }
}
