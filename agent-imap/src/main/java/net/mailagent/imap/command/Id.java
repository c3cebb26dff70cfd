package net.mailagent.imap.command;

import java.util.LinkedHashMap;
import java.util.Map;
import net.mailagent.imap.wire.Parser;
import net.mailagent.imap.wire.SyntaxError;

/**
 * ID (RFC 2971).
 *
 * @param fields what the client says about itself; fields that are NIL are left out
 */
public record Id(Map<String, String> fields) implements Command {
  /** RFC 2971 section 3.3. */
  private static final int MAX_FIELDS = 30;

  public Id {
    fields = Map.copyOf(fields);
  }

  static Id parse(Parser p) throws SyntaxError {
    p.space();
    Map<String, String> fields = new LinkedHashMap<>();
    if (!p.takeWord("NIL")) {
      p.open();
      int count = 0;
      while (!p.isNext(')')) {
        if (count++ > 0) {
          p.space();
        }
        if (count > MAX_FIELDS) {
          throw new SyntaxError("ID takes at most " + MAX_FIELDS + " fields");
        }
        String name = p.nstring();
        p.space();
        String value = p.nstring();
        if (name != null && value != null) {
          fields.put(name, value);
        }
      }
      p.close();
    }
    p.end();
    return new Id(fields);
  }

  @Override
  public String name() {
    return "ID";
  }
}
