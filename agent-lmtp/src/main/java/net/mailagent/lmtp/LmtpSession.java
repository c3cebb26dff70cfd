package net.mailagent.lmtp;

import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import net.mailagent.model.EmailAddress;
import net.mailagent.model.Origin;
import net.mailagent.model.StoreUnavailable;
import net.mailagent.model.UserId;
import net.mailagent.model.port.Account;
import net.mailagent.model.port.Accounts;
import net.mailagent.model.port.Messages;
import net.mailagent.runtime.net.Connection;
import net.mailagent.runtime.net.ConnectionEnded;
import net.mailagent.runtime.net.ConnectionHandler;
import net.mailagent.runtime.net.LineTooLong;
import net.mailagent.runtime.net.Network;
import net.mailagent.runtime.ops.Faults;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One LMTP connection: one command per call, on the connection's runner. Every command line gets an
 * answer; what is wrong with one never harms the next.
 *
 * <p>Order of states (RFC 5321 section 4.1.4): LHLO, then MAIL, RCPT..., DATA again and again. A
 * transaction exists from MAIL until its verdicts, RSET, LHLO or STARTTLS.
 */
final class LmtpSession implements ConnectionHandler {
  private static final Logger LOG = LoggerFactory.getLogger(LmtpSession.class);

  private final LmtpLimits limits;
  private final Accounts accounts;
  private final Messages messages;
  private final LmtpMeters meters;

  private @Nullable String client; // what it called itself, null before LHLO
  private Forwarded forwarded = Forwarded.NONE;
  private @Nullable Transaction transaction;
  private int transactions;
  private int errors;

  LmtpSession(LmtpLimits limits, Accounts accounts, Messages messages, LmtpMeters meters) {
    this.limits = limits;
    this.accounts = accounts;
    this.messages = messages;
    this.meters = meters;
  }

  @Override
  public void opened(Connection connection) {
    connection.idleTimeout(limits.idleTimeout());
    connection.loggedIn(); // there is no login: relays use the full input buffer from the start
    answer(connection, new Reply(220, "", limits.hostname() + " LMTP ready"));
  }

  @Override
  public void readable(Connection connection) {
    Reply reply;
    try {
      Command command = CommandParser.parse(connection.input().readLine(limits.lineLength()));
      if (command instanceof Command.Data) {
        data(connection);
        return;
      }
      if (command instanceof Command.StartTls) {
        startTls(connection);
        return;
      }
      if (command instanceof Command.Quit) {
        answer(connection, new Reply(221, "2.0.0", limits.hostname() + " closes the connection"));
        connection.close();
        return;
      }
      reply = run(command, connection);
    } catch (LineTooLong e) {
      reply = Reply.badCommand("a command line has at most " + limits.lineLength() + " octets");
    } catch (CommandRefused e) {
      reply = e.reply();
    } catch (StoreUnavailable e) {
      reply = Reply.tryAgain("the store is not available, try again");
    } catch (ConnectionEnded e) {
      throw e;
    } catch (RuntimeException e) {
      String reference = Faults.log("lmtp " + connection.id(), e);
      reply = Reply.tryAgain("internal error, reference " + reference);
    }
    answer(connection, reply);
  }

  @Override
  public void idle(Connection connection) {
    answer(connection, new Reply(421, "4.4.2", limits.hostname() + " idle for too long, good-bye"));
  }

  @Override
  public void draining(Connection connection) {
    answer(connection, new Reply(421, "4.3.2", limits.hostname() + " is stopping, good-bye"));
  }

  @Override
  public void closed(Connection connection) {
    transaction = null; // an intake under way was closed where it was opened
  }

  private void answer(Connection connection, Reply reply) {
    connection.write(reply.encode());
    if (reply.isClientError() && ++errors >= limits.errors()) {
      connection.write(
          new Reply(421, "4.7.0", limits.hostname() + " too many errors, good-bye").encode());
      connection.close();
    }
  }

  private Reply run(Command command, Connection connection) throws CommandRefused {
    return switch (command) {
      case Command.Lhlo c -> lhlo(c, connection);
      case Command.Helo c ->
          new Reply(500, "5.5.1", c.verb() + " is SMTP, this is LMTP: say LHLO (RFC 2033)");
      case Command.Mail c -> mail(c, connection);
      case Command.Rcpt c -> rcpt(c);
      case Command.Rset c -> {
        reset();
        yield Reply.ok("reset");
      }
      case Command.Noop c -> Reply.ok("nothing done");
      case Command.Vrfy c -> new Reply(252, "2.0.0", "cannot verify, but will try to deliver");
      case Command.Help c ->
          new Reply(
              214,
              "2.0.0",
              "commands: LHLO MAIL RCPT DATA RSET NOOP VRFY HELP STARTTLS XFORWARD QUIT");
      case Command.Xforward c -> xforward(c, connection);
      case Command.Data c -> throw new IllegalStateException("answers for itself");
      case Command.StartTls c -> throw new IllegalStateException("answers for itself");
      case Command.Quit c -> throw new IllegalStateException("answers for itself");
    };
  }

  private Reply lhlo(Command.Lhlo command, Connection connection) {
    reset();
    client = command.name();
    List<String> lines = new ArrayList<>();
    lines.add(limits.hostname());
    lines.add("PIPELINING");
    lines.add("8BITMIME");
    lines.add("SMTPUTF8");
    lines.add("SIZE " + limits.messageSize());
    lines.add("ENHANCEDSTATUSCODES");
    if (offersTls(connection)) {
      lines.add("STARTTLS");
    }
    if (trusts(connection)) {
      lines.add("XFORWARD " + String.join(" ", Forwarded.NAMES));
    }
    return new Reply(250, "", lines);
  }

  private Reply mail(Command.Mail command, Connection connection) throws CommandRefused {
    if (client == null) {
      throw new CommandRefused(Reply.badSequence("say LHLO first"));
    }
    if (transaction != null) {
      throw new CommandRefused(Reply.badSequence("MAIL was given already"));
    }
    if (command.size() > limits.messageSize()) {
      return new Reply(552, "5.3.4", "a message has at most " + limits.messageSize() + " octets");
    }
    String id = connection.id() + "." + ++transactions;
    transaction = new Transaction(id, command.sender(), command.utf8());
    return new Reply(250, "2.1.0", "sender ok");
  }

  private Reply rcpt(Command.Rcpt command) throws CommandRefused {
    Transaction current = transaction;
    if (current == null) {
      throw new CommandRefused(Reply.badSequence("say MAIL first"));
    }
    ForwardPath path = command.recipient();
    if (!path.isAscii() && !current.utf8()) {
      return new Reply(553, "5.6.7", "an address beyond ASCII needs SMTPUTF8");
    }
    if (current.recipients().size() >= limits.recipients()) {
      return new Reply(452, "4.5.3", "too many recipients");
    }
    EmailAddress address = path.address();
    Optional<Account> account =
        address == null ? accounts.byLogin(path.text()) : accounts.byAddress(address.canonical());
    if (account.isEmpty()) {
      meters.unknownRecipient();
      return new Reply(550, "5.1.1", "no such user here: <" + path + ">");
    }
    current.accept(named(path, account.get(), current), account.get().id());
    return new Reply(250, "2.1.5", "recipient ok");
  }

  /** A user name stands for the user's address, which is what trace fields show. */
  private static ForwardPath named(ForwardPath path, Account account, Transaction current) {
    ForwardPath main = new ForwardPath(account.address(), null);
    return path.address() == null && (main.isAscii() || current.utf8()) ? main : path;
  }

  private Reply xforward(Command.Xforward command, Connection connection) throws CommandRefused {
    if (!trusts(connection)) {
      return new Reply(550, "5.7.1", "XFORWARD is taken from trusted relays only");
    }
    if (transaction != null) {
      throw new CommandRefused(Reply.badSequence("XFORWARD cannot come within a transaction"));
    }
    forwarded = forwarded.plus(command.attributes());
    return Reply.ok("noted");
  }

  private void startTls(Connection connection) {
    if (!offersTls(connection)) {
      answer(connection, Reply.badSequence("TLS is not offered here or was started before"));
      return;
    }
    answer(connection, new Reply(220, "2.0.0", "start TLS now"));
    reset();
    client = null; // RFC 3207 section 4.2: nothing said in plain counts
    connection.startTls();
  }

  private void data(Connection connection) {
    Transaction current = transaction;
    if (current == null) {
      answer(connection, Reply.badSequence("say MAIL first"));
      return;
    }
    if (current.recipients().isEmpty()) {
      answer(connection, Reply.badSequence("there is no valid recipient"));
      return;
    }
    try (MessageReceiver receiver =
        new MessageReceiver(
            current.id(), limits, trusts(connection), forwarded.queueId(), messages)) {
      Optional<Reply> refused = receiver.failure();
      if (refused.isPresent()) {
        answer(connection, refused.get());
        return;
      }
      connection.write(new Reply(354, "", "send the message, end it with CR LF . CR LF").encode());
      connection.flush();
      receiver.receive(connection.input());
      Map<UserId, Reply> verdicts = deliver(current, receiver, connection);
      for (Transaction.Recipient recipient : current.recipients()) {
        Reply reply = verdicts.get(recipient.user());
        answer(connection, reply == null ? Reply.tryAgain("no verdict, try again") : reply);
      }
      connection.flush(); // not behind the commands that came with it (RFC 2920 section 3.2)
    } finally {
      reset();
    }
  }

  /** One verdict for each user of the transaction. */
  private Map<UserId, Reply> deliver(
      Transaction current, MessageReceiver receiver, Connection connection) {
    List<UserId> users = List.copyOf(current.byUser().keySet());
    Map<UserId, Reply> replies = new HashMap<>();
    Optional<Reply> failure = receiver.failure();
    if (failure.isPresent()) {
      users.forEach(user -> replies.put(user, failure.get()));
    } else {
      try {
        List<Messages.Verdict> verdicts =
            messages.deliver(
                receiver.message(),
                deliveries(current, receiver, connection),
                new Origin("lmtp", current.id(), "delivery"));
        for (int i = 0; i < users.size(); i++) {
          meters.verdict(verdicts.get(i));
          replies.put(users.get(i), Verdicts.reply(verdicts.get(i), limits.overQuotaPermanent()));
        }
      } catch (StoreUnavailable e) {
        Reply reply = Reply.tryAgain("the store is not available, try again");
        users.forEach(user -> replies.putIfAbsent(user, reply));
      } catch (RuntimeException e) {
        String reference = Faults.log("lmtp DATA " + current.id(), e);
        Reply reply = Reply.tryAgain("internal error, reference " + reference);
        users.forEach(user -> replies.putIfAbsent(user, reply));
      }
    }
    meters.message(receiver.octets());
    LOG.info(
        "lmtp {} queue id {} octets {} recipients {} replies {}",
        current.id(),
        receiver.queueId().orElse("-"),
        receiver.octets(),
        current.recipients().size(),
        replies.values().stream().map(Reply::code).sorted().distinct().toList());
    return replies;
  }

  private List<Messages.Delivery> deliveries(
      Transaction current, MessageReceiver receiver, Connection connection) {
    String protocol =
        (current.utf8() ? "UTF8LMTP" : "LMTP") + (connection.isTls() ? "S" : ""); // RFC 6531, 3848
    TraceHeader trace =
        new TraceHeader(
            limits.hostname(),
            client == null ? "" : client,
            connection.clientAddress().getHostAddress(),
            protocol,
            current.id(),
            Instant.now());
    List<Messages.Delivery> deliveries = new ArrayList<>();
    current
        .byUser()
        .forEach((user, path) -> {
          deliveries.add(
              new Messages.Delivery(
                  user, trace.forRecipient(current.sender(), path), receiver.key(user)));
        });
    return deliveries;
  }

  private void reset() {
    transaction = null;
    forwarded = Forwarded.NONE;
  }

  private boolean offersTls(Connection connection) {
    return limits.startTls() && !connection.isTls();
  }

  private boolean trusts(Connection connection) {
    return Network.anyContains(limits.trusted(), connection.clientAddress());
  }
}
