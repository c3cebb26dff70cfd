package net.mailagent.imap.command;

import java.util.Optional;
import net.mailagent.imap.wire.Parser;
import net.mailagent.imap.wire.SyntaxError;

/**
 * AUTHENTICATE (RFC 3501 section 6.2.2).
 *
 * @param mechanism in upper case
 * @param initialResponse in base64, or {@code =} for an empty one (RFC 4959)
 */
public record Authenticate(String mechanism, Optional<String> initialResponse) implements Command {
  static Authenticate parse(Parser p) throws SyntaxError {
    p.space();
    String mechanism = p.atom("a mechanism").toUpperCase(java.util.Locale.ROOT);
    Optional<String> response = Optional.empty();
    if (!p.atEnd()) {
      p.space();
      response = Optional.of(p.utf8("an initial response"));
    }
    p.end();
    return new Authenticate(mechanism, response);
  }

  @Override
  public String name() {
    return "AUTHENTICATE";
  }

  /** Without the response, which holds a password. */
  @Override
  public String toString() {
    return "Authenticate[" + mechanism + "]";
  }
}
