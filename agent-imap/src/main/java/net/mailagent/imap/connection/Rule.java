package net.mailagent.imap.connection;

import net.mailagent.imap.command.Append;
import net.mailagent.imap.command.Authenticate;
import net.mailagent.imap.command.Capability;
import net.mailagent.imap.command.Check;
import net.mailagent.imap.command.Close;
import net.mailagent.imap.command.Command;
import net.mailagent.imap.command.Copy;
import net.mailagent.imap.command.Create;
import net.mailagent.imap.command.Delete;
import net.mailagent.imap.command.Enable;
import net.mailagent.imap.command.Examine;
import net.mailagent.imap.command.Expunge;
import net.mailagent.imap.command.Fetch;
import net.mailagent.imap.command.Id;
import net.mailagent.imap.command.Idle;
import net.mailagent.imap.command.ListMailboxes;
import net.mailagent.imap.command.Login;
import net.mailagent.imap.command.Logout;
import net.mailagent.imap.command.Lsub;
import net.mailagent.imap.command.Move;
import net.mailagent.imap.command.Namespace;
import net.mailagent.imap.command.Noop;
import net.mailagent.imap.command.Rename;
import net.mailagent.imap.command.Search;
import net.mailagent.imap.command.Select;
import net.mailagent.imap.command.StartTls;
import net.mailagent.imap.command.Status;
import net.mailagent.imap.command.Store;
import net.mailagent.imap.command.Subscribe;
import net.mailagent.imap.command.Unselect;
import net.mailagent.imap.command.Unsubscribe;

/**
 * The one table of what each command may do.
 *
 * @param states in which it is allowed (RFC 3501 section 3)
 * @param catchUp what is told behind it, before its tagged reply
 */
record Rule(States states, CatchUp catchUp) {
  /** In which states a command is allowed. */
  enum States {
    ANY,
    NOT_AUTHENTICATED,
    /** With or without a mailbox selected. */
    AUTHENTICATED,
    SELECTED
  }

  /** What a command is followed by. */
  enum CatchUp {
    /** Nothing: it ends what there is to tell, or tells it itself. */
    NOTHING,
    /** All changes, with a look at the journal for them. */
    ALL,
    /** All changes but EXPUNGE: the command means messages by number (RFC 3501 section 7.4.1). */
    NO_EXPUNGE,
    /** All changes, when the command had to look at the journal anyway. */
    IF_READ,
    /** All changes but EXPUNGE, when the command had to look at the journal anyway. */
    NO_EXPUNGE_IF_READ;

    boolean mayExpunge() {
      return this == ALL || this == IF_READ;
    }

    boolean reads() {
      return this == ALL || this == NO_EXPUNGE;
    }
  }

  static Rule of(Command command) {
    return switch (command) {
      case Capability c -> new Rule(States.ANY, CatchUp.IF_READ);
      case Noop c -> new Rule(States.ANY, CatchUp.NOTHING);
      case Logout c -> new Rule(States.ANY, CatchUp.NOTHING);
      case Id c -> new Rule(States.ANY, CatchUp.IF_READ);

      case StartTls c -> new Rule(States.NOT_AUTHENTICATED, CatchUp.NOTHING);
      case Login c -> new Rule(States.NOT_AUTHENTICATED, CatchUp.NOTHING);
      case Authenticate c -> new Rule(States.NOT_AUTHENTICATED, CatchUp.NOTHING);

      case Enable c -> new Rule(States.AUTHENTICATED, CatchUp.IF_READ);
      case Namespace c -> new Rule(States.AUTHENTICATED, CatchUp.IF_READ);
      case Select c -> new Rule(States.AUTHENTICATED, CatchUp.NOTHING);
      case Examine c -> new Rule(States.AUTHENTICATED, CatchUp.NOTHING);
      case Create c -> new Rule(States.AUTHENTICATED, CatchUp.ALL);
      case Delete c -> new Rule(States.AUTHENTICATED, CatchUp.ALL);
      case Rename c -> new Rule(States.AUTHENTICATED, CatchUp.ALL);
      case Subscribe c -> new Rule(States.AUTHENTICATED, CatchUp.ALL);
      case Unsubscribe c -> new Rule(States.AUTHENTICATED, CatchUp.ALL);
      case ListMailboxes c -> new Rule(States.AUTHENTICATED, CatchUp.ALL);
      case Lsub c -> new Rule(States.AUTHENTICATED, CatchUp.ALL);
      case Status c -> new Rule(States.AUTHENTICATED, CatchUp.ALL);
      case Append c -> new Rule(States.AUTHENTICATED, CatchUp.ALL);
      case Idle c -> new Rule(States.AUTHENTICATED, CatchUp.NOTHING);

      case Check c -> new Rule(States.SELECTED, CatchUp.NOTHING);
      case Close c -> new Rule(States.SELECTED, CatchUp.NOTHING);
      case Unselect c -> new Rule(States.SELECTED, CatchUp.NOTHING);
      case Expunge c -> new Rule(States.SELECTED, CatchUp.ALL);
      case Copy c -> new Rule(States.SELECTED, CatchUp.ALL);
      case Move c -> new Rule(States.SELECTED, CatchUp.ALL);
      // By uid these may be followed by EXPUNGE, by number they may not.
      case Search c -> new Rule(States.SELECTED, c.uid() ? CatchUp.ALL : CatchUp.NO_EXPUNGE);
      case Store c -> new Rule(States.SELECTED, c.uid() ? CatchUp.ALL : CatchUp.NO_EXPUNGE);
      case Fetch c ->
          new Rule(States.SELECTED, c.uid() ? CatchUp.IF_READ : CatchUp.NO_EXPUNGE_IF_READ);
    };
  }
}
