package net.mailagent.imap.command;

import java.util.ArrayList;
import java.util.List;
import net.mailagent.imap.wire.Parser;
import net.mailagent.imap.wire.SyntaxError;

/**
 * STATUS (RFC 3501 section 6.3.10).
 *
 * @param items in the order asked for, each once
 */
public record Status(String mailbox, List<StatusItem> items) implements Command {
  public Status {
    items = items.stream().distinct().toList();
  }

  static Status parse(Parser p) throws SyntaxError {
    p.space();
    String mailbox = p.mailbox();
    p.space();
    p.open();
    List<StatusItem> items = new ArrayList<>();
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
