package net.mailagent.imap.command;

import java.util.Collections;
import java.util.EnumSet;
import java.util.Set;
import net.mailagent.imap.wire.Parser;
import net.mailagent.imap.wire.SyntaxError;

/** STATUS (RFC 3501 section 6.3.10). */
public record Status(String mailbox, Set<StatusItem> items) implements Command {
  public Status {
    items = Collections.unmodifiableSet(EnumSet.copyOf(items));
  }

  static Status parse(Parser p) throws SyntaxError {
    p.space();
    String mailbox = p.mailbox();
    p.space();
    p.open();
    Set<StatusItem> items = EnumSet.noneOf(StatusItem.class);
    do {
      items.add(item(p));
    } while (p.take(' '));
    p.close();
    p.end();
    return new Status(mailbox, items);
  }

  private static StatusItem item(Parser p) throws SyntaxError {
    for (StatusItem item : StatusItem.values()) {
      if (p.takeWord(item.name())) {
        return item;
      }
    }
    throw p.expected("a status item");
  }

  @Override
  public String name() {
    return "STATUS";
  }
}
