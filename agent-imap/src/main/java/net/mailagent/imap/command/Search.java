package net.mailagent.imap.command;

import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import net.mailagent.imap.wire.Parser;
import net.mailagent.imap.wire.SyntaxError;

/**
 * SEARCH (RFC 3501 section 6.4.4).
 *
 * @param uid whether uids are asked for
 * @param unknownCharset the CHARSET if this server does not know it: to be refused
 * @param term what to find
 * @param modSeq whether MODSEQ is among the keys, so that the answer tells the highest one (RFC
 *     7162 section 3.1.5)
 */
public record Search(boolean uid, Optional<String> unknownCharset, SearchTerm term, boolean modSeq)
    implements Command {
  static Search parse(Parser p, boolean uid) throws SyntaxError {
    p.space();
    // Without CHARSET it is US-ASCII (RFC 3501), of which UTF-8 is a superset.
    Charset charset = StandardCharsets.UTF_8;
    Optional<String> unknown = Optional.empty();
    if (p.takeWord("CHARSET")) {
      p.space();
      String name = p.utf8("a charset");
      p.space();
      Optional<Charset> known = charset(name);
      charset = known.orElse(StandardCharsets.ISO_8859_1);
      unknown = known.isPresent() ? Optional.empty() : Optional.of(name);
    }
    SearchProgram program = new SearchProgram(p, charset);
    SearchTerm term = program.keys();
    p.end();
    return new Search(uid, unknown, term, program.sawModSeq());
  }

  private static Optional<Charset> charset(String name) {
    try {
      return Optional.of(Charset.forName(name));
    } catch (IllegalArgumentException e) { // not a legal name, or not supported
      return Optional.empty();
    }
  }

  @Override
  public String name() {
    return uid ? "UID SEARCH" : "SEARCH";
  }
}
