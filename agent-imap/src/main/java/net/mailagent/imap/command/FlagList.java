package net.mailagent.imap.command;

import java.util.ArrayList;
import java.util.List;
import net.mailagent.imap.wire.Parser;
import net.mailagent.imap.wire.SyntaxError;
import net.mailagent.model.Flags;

/** Flags as STORE and APPEND give them (RFC 3501 section 9: flag-list). */
final class FlagList {
  private FlagList() {}

  /** {@code (\Seen work)}; may be empty. */
  static Flags parenthesized(Parser p) throws SyntaxError {
    p.open();
    List<String> names = new ArrayList<>();
    if (!p.isNext(')')) {
      names(p, names);
    }
    p.close();
    return flags(p, names);
  }

  /** With or without parentheses; without them at least one. */
  static Flags parse(Parser p) throws SyntaxError {
    if (p.isNext('(')) {
      return parenthesized(p);
    }
    List<String> names = new ArrayList<>();
    names(p, names);
    return flags(p, names);
  }

  private static void names(Parser p, List<String> names) throws SyntaxError {
    do {
      names.add(p.flag());
    } while (p.take(' '));
  }

  /** \Recent, which a client cannot set, is passed over: some copy it from what they fetched. */
  private static Flags flags(Parser p, List<String> names) throws SyntaxError {
    names.removeIf(name -> name.equalsIgnoreCase("\\Recent"));
    try {
      return Flags.of(names);
    } catch (IllegalArgumentException e) {
      throw new SyntaxError(e.getMessage() + ", before octet " + p.position());
    }
  }
}
