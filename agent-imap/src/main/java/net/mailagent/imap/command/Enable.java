package net.mailagent.imap.command;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import net.mailagent.imap.wire.Parser;
import net.mailagent.imap.wire.SyntaxError;

/**
 * ENABLE (RFC 5161).
 *
 * @param capabilities in upper case; unknown ones are to be ignored
 */
public record Enable(List<String> capabilities) implements Command {
  public Enable {
    capabilities = List.copyOf(capabilities);
  }

  static Enable parse(Parser p) throws SyntaxError {
    List<String> names = new ArrayList<>();
    do {
      p.space();
      names.add(p.atom("a capability").toUpperCase(Locale.ROOT));
    } while (p.isNext(' '));
    p.end();
    return new Enable(names);
  }

  @Override
  public String name() {
    return "ENABLE";
  }
}
