package net.mailagent.imap.connection;

import java.util.Optional;
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
import net.mailagent.imap.handler.AppendHandler;
import net.mailagent.imap.handler.AuthenticateHandler;
import net.mailagent.imap.handler.CapabilityHandler;
import net.mailagent.imap.handler.CheckHandler;
import net.mailagent.imap.handler.CloseHandler;
import net.mailagent.imap.handler.Completion;
import net.mailagent.imap.handler.CopyHandler;
import net.mailagent.imap.handler.CreateHandler;
import net.mailagent.imap.handler.DeleteHandler;
import net.mailagent.imap.handler.EnableHandler;
import net.mailagent.imap.handler.ExamineHandler;
import net.mailagent.imap.handler.ExpungeHandler;
import net.mailagent.imap.handler.FetchHandler;
import net.mailagent.imap.handler.IdHandler;
import net.mailagent.imap.handler.IdleHandler;
import net.mailagent.imap.handler.ListHandler;
import net.mailagent.imap.handler.LoginHandler;
import net.mailagent.imap.handler.LogoutHandler;
import net.mailagent.imap.handler.LsubHandler;
import net.mailagent.imap.handler.MailboxGone;
import net.mailagent.imap.handler.MoveHandler;
import net.mailagent.imap.handler.NamespaceHandler;
import net.mailagent.imap.handler.NoopHandler;
import net.mailagent.imap.handler.RenameHandler;
import net.mailagent.imap.handler.SearchHandler;
import net.mailagent.imap.handler.SelectHandler;
import net.mailagent.imap.handler.Session;
import net.mailagent.imap.handler.StartTlsHandler;
import net.mailagent.imap.handler.StatusHandler;
import net.mailagent.imap.handler.StoreHandler;
import net.mailagent.imap.handler.SubscribeHandler;
import net.mailagent.imap.handler.UnselectHandler;
import net.mailagent.imap.handler.UnsubscribeHandler;
import net.mailagent.imap.response.Code;
import net.mailagent.imap.response.Condition;
import net.mailagent.imap.response.FetchWriter;
import net.mailagent.imap.response.Response;
import net.mailagent.imap.wire.CommandSource;
import net.mailagent.imap.wire.Parser;
import net.mailagent.imap.wire.SyntaxError;
import net.mailagent.model.Refusal;
import net.mailagent.model.Refused;
import net.mailagent.model.StoreUnavailable;
import net.mailagent.runtime.net.ConnectionEnded;
import net.mailagent.runtime.ops.Faults;

/**
 * Runs commands in the one fixed order: parse, check the state, act, catch up, reply. The only
 * place that writes tagged replies and that knows what failures become: a syntax error BAD, a
 * refusal NO with its code, a fault NO [SERVERBUG]. Runs on the connection's runner.
 */
final class Dispatcher {
  /** What the connection has to do behind a command. */
  record Done(String tag, Completion.Next next, boolean bad) {}

  private final Session session;
  private final CommandSource source;

  Dispatcher(Session session, CommandSource source) {
    this.session = session;
    this.source = source;
  }

  /** Reads and runs one command; an empty line is none. */
  Done next() {
    Parser parser = new Parser(source, session.wireLimits());
    if (parser.isBlank()) {
      return new Done("", Completion.Next.CONTINUE, false);
    }
    String tag = "*"; // as long as the command's own cannot be read
    Completion completion;
    try {
      tag = parser.tag();
      completion = run(parser);
    } catch (SyntaxError e) {
      completion = Completion.bad(e.text());
    }
    parser.skipRest();
    if (completion.next() != Completion.Next.IDLE) {
      reply(tag, completion);
    }
    session.endCommand();
    return new Done(tag, completion.next(), completion.condition() == Condition.BAD);
  }

  /** The tagged reply that ends a command. */
  void reply(String tag, Completion completion) {
    session.send(
        new Response.Told(
            Optional.of(tag), completion.condition(), completion.code(), completion.text()));
  }

  private Completion run(Parser parser) throws SyntaxError {
    Command command = Command.parse(parser);
    Rule rule = Rule.of(command);
    Optional<String> obstacle = obstacle(rule.states());
    if (obstacle.isPresent()) {
      return Completion.bad(command.name() + ": " + obstacle.get());
    }
    Completion completion;
    try {
      completion = handle(command, parser);
    } catch (RuntimeException e) {
      return failed(command, e);
    }
    try {
      Rule.CatchUp catchUp = rule.catchUp();
      if (catchUp.reads() || (catchUp != Rule.CatchUp.NOTHING && session.hasState())) {
        session.catchUp(catchUp.mayExpunge());
      }
      return completion;
    } catch (RuntimeException e) {
      // The reply tells what became of the command: what is done and answered NO is done again.
      return completion.then(failed(command, e).next());
    }
  }

  /** What a failure becomes; one that leaves nothing legal to say is thrown on. */
  private Completion failed(Command command, RuntimeException failure) {
    return switch (failure) {
      case Refused e -> Completion.no(code(e.refusal(), command), e.refusal().text());
      case StoreUnavailable e ->
          Completion.no(Code.UNAVAILABLE, "The store cannot answer now, try again");
      case MailboxGone e -> {
        session.send(
            Response.told(Condition.BYE, Code.NONEXISTENT, String.valueOf(e.getMessage())));
        yield Completion.no(Code.NONEXISTENT, "The mailbox was deleted")
            .then(Completion.Next.CLOSE);
      }
      case ConnectionEnded e -> throw e;
      case FetchWriter.BrokenLiteral e -> throw e;
      default -> {
        String at = "imap " + session.connection().id() + " " + command.name();
        yield Completion.no(Code.SERVERBUG, "Internal error, reference " + Faults.log(at, failure));
      }
    };
  }

  private Optional<String> obstacle(Rule.States states) {
    boolean allowed =
        switch (states) {
          case ANY -> true;
          case NOT_AUTHENTICATED -> !session.isLoggedIn();
          case AUTHENTICATED -> session.isLoggedIn();
          case SELECTED -> session.selected().isPresent();
        };
    if (allowed) {
      return Optional.empty();
    }
    return Optional.of(
        session.isLoggedIn()
            ? states == Rule.States.SELECTED ? "no mailbox is selected" : "logged in already"
            : "log in first");
  }

  private static Code code(Refusal refusal, Command command) {
    return switch (refusal) {
      case Refusal.OverQuota r -> Code.OVERQUOTA;
      case Refusal.NoSuchMailbox r -> // the target's: without the selected one there is MailboxGone
          command instanceof Append || command instanceof Copy || command instanceof Move
              ? Code.TRYCREATE
              : Code.NONEXISTENT;
      case Refusal.MailboxExists r -> Code.ALREADYEXISTS;
      case Refusal.Cannot r -> Code.CANNOT;
      case Refusal.LimitReached r -> Code.LIMIT;
      case Refusal.TooBig r -> Code.TOOBIG;
      case Refusal.UserExists r -> Code.ALREADYEXISTS;
      case Refusal.AddressExists r -> Code.ALREADYEXISTS;
      case Refusal.NoSuchUser r -> Code.AUTHORIZATIONFAILED;
      case Refusal.UnknownEncoding r -> Code.UNKNOWN_CTE;
      case Refusal.MessageGone r -> Code.EXPUNGEISSUED;
    };
  }

  private Completion handle(Command command, Parser parser) throws SyntaxError {
    return switch (command) {
      case Append c -> AppendHandler.handle(session, c, parser);
      case Authenticate c -> AuthenticateHandler.handle(session, c, parser);
      case Capability c -> CapabilityHandler.handle(session, c);
      case Check c -> CheckHandler.handle(session, c);
      case Close c -> CloseHandler.handle(session, c);
      case Copy c -> CopyHandler.handle(session, c);
      case Create c -> CreateHandler.handle(session, c);
      case Delete c -> DeleteHandler.handle(session, c);
      case Enable c -> EnableHandler.handle(session, c);
      case Examine c -> ExamineHandler.handle(session, c);
      case Expunge c -> ExpungeHandler.handle(session, c);
      case Fetch c -> FetchHandler.handle(session, c);
      case Id c -> IdHandler.handle(session, c);
      case Idle c -> IdleHandler.handle(session, c);
      case ListMailboxes c -> ListHandler.handle(session, c);
      case Login c -> LoginHandler.handle(session, c);
      case Logout c -> LogoutHandler.handle(session, c);
      case Lsub c -> LsubHandler.handle(session, c);
      case Move c -> MoveHandler.handle(session, c);
      case Namespace c -> NamespaceHandler.handle(session, c);
      case Noop c -> NoopHandler.handle(session, c);
      case Rename c -> RenameHandler.handle(session, c);
      case Search c -> SearchHandler.handle(session, c);
      case Select c -> SelectHandler.handle(session, c);
      case StartTls c -> StartTlsHandler.handle(session, c);
      case Status c -> StatusHandler.handle(session, c);
      case Store c -> StoreHandler.handle(session, c);
      case Subscribe c -> SubscribeHandler.handle(session, c);
      case Unselect c -> UnselectHandler.handle(session, c);
      case Unsubscribe c -> UnsubscribeHandler.handle(session, c);
    };
  }
}
