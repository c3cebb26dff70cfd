package net.mailagent.imap.command;

import net.mailagent.imap.wire.Parser;
import net.mailagent.imap.wire.SyntaxError;

/** A command of the client, parsed; immutable. */
public sealed interface Command
    permits Append,
        Authenticate,
        Capability,
        Check,
        Close,
        Copy,
        Create,
        Delete,
        Enable,
        Examine,
        Expunge,
        Fetch,
        Id,
        Idle,
        ListMailboxes,
        Login,
        Logout,
        Lsub,
        Move,
        Namespace,
        Noop,
        Rename,
        Search,
        Select,
        StartTls,
        Status,
        Store,
        Subscribe,
        Unselect,
        Unsubscribe {

  /** Parses what follows the tag, up to the end of the command or to the message of an APPEND. */
  static Command parse(Parser p) throws SyntaxError {
    p.space();
    int position = p.position();
    String name = p.word("a command");
    return switch (name) {
      case "APPEND" -> Append.parse(p);
      case "AUTHENTICATE" -> Authenticate.parse(p);
      case "CAPABILITY" -> bare(p, new Capability());
      case "CHECK" -> bare(p, new Check());
      case "CLOSE" -> bare(p, new Close());
      case "COPY" -> Copy.parse(p, false);
      case "CREATE" -> Create.parse(p);
      case "DELETE" -> Delete.parse(p);
      case "ENABLE" -> Enable.parse(p);
      case "EXAMINE" -> Examine.parse(p);
      case "EXPUNGE" -> bare(p, Expunge.all());
      case "FETCH" -> Fetch.parse(p, false);
      case "ID" -> Id.parse(p);
      case "IDLE" -> bare(p, new Idle());
      case "LIST" -> ListMailboxes.parse(p);
      case "LOGIN" -> Login.parse(p);
      case "LOGOUT" -> bare(p, new Logout());
      case "LSUB" -> Lsub.parse(p);
      case "MOVE" -> Move.parse(p, false);
      case "NAMESPACE" -> bare(p, new Namespace());
      case "NOOP" -> bare(p, new Noop());
      case "RENAME" -> Rename.parse(p);
      case "SEARCH" -> Search.parse(p, false);
      case "SELECT" -> Select.parse(p);
      case "STARTTLS" -> bare(p, new StartTls());
      case "STATUS" -> Status.parse(p);
      case "STORE" -> Store.parse(p, false);
      case "SUBSCRIBE" -> Subscribe.parse(p);
      case "UID" -> uid(p);
      case "UNSELECT" -> bare(p, new Unselect());
      case "UNSUBSCRIBE" -> Unsubscribe.parse(p);
      default -> throw unknown(name, position);
    };
  }

  private static Command uid(Parser p) throws SyntaxError {
    p.space();
    int position = p.position();
    String name = p.word("a command");
    return switch (name) {
      case "COPY" -> Copy.parse(p, true);
      case "EXPUNGE" -> Expunge.parse(p);
      case "FETCH" -> Fetch.parse(p, true);
      case "MOVE" -> Move.parse(p, true);
      case "SEARCH" -> Search.parse(p, true);
      case "STORE" -> Store.parse(p, true);
      default -> throw unknown("UID " + name, position);
    };
  }

  private static Command bare(Parser p, Command command) throws SyntaxError {
    p.end();
    return command;
  }

  private static SyntaxError unknown(String name, int position) {
    String shown = name.length() > 40 ? name.substring(0, 40) + "..." : name;
    return new SyntaxError("unknown command " + shown + ", at octet " + position);
  }

  /** The name as the client uses it, such as {@code UID FETCH}. */
  String name();
}
