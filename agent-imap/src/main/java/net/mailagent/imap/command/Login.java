package net.mailagent.imap.command;

import net.mailagent.imap.wire.Parser;
import net.mailagent.imap.wire.SyntaxError;

/** LOGIN (RFC 3501 section 6.2.3). */
public record Login(String login, String password) implements Command {
  static Login parse(Parser p) throws SyntaxError {
    p.space();
    String login = p.utf8("a user name");
    p.space();
    String password = p.utf8("a password");
    p.end();
    return new Login(login, password);
  }

  @Override
  public String name() {
    return "LOGIN";
  }

  /** Without the password. */
  @Override
  public String toString() {
    return "Login[" + login + "]";
  }
}
