package net.mailagent.store.journal;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.nio.ByteBuffer;
import java.util.HashSet;
import java.util.Set;
import net.mailagent.model.MailboxId;
import net.mailagent.model.MailboxPath;
import net.mailagent.model.Origin;
import net.mailagent.model.UserId;
import net.mailagent.model.journal.Edit;
import net.mailagent.model.journal.MailboxState;
import net.mailagent.model.journal.UserState;
import net.mailagent.model.port.Messages;
import net.mailagent.store.StoreSettings;
import net.mailagent.store.account.AccountRemoval;
import net.mailagent.store.account.AccountStore;
import net.mailagent.store.content.MessageStore;
import net.mailagent.store.mongo.MongoConnection;
import net.mailagent.store.sweep.Sweeper;

/**
 * One node without background work: everything that a node has in memory, over a connection that
 * outlives it. To abandon it is to kill it.
 */
final class Node {
  static final Origin ORIGIN = new Origin("test", "", "");

  final MongoConnection connection;
  final Subscribers subscribers = new Subscribers();
  final Journals journals;
  final CatchUps catchUps;
  final Checkpoints checkpoints;
  final Trimming trimming;
  final MessageStore messages;
  final AccountStore accounts;
  final Sweeper sweeper;

  Node(MongoConnection connection, StoreSettings settings) {
    this(connection, settings, Ticks.SYSTEM);
  }

  Node(MongoConnection connection, StoreSettings settings, Ticks ticks) {
    this.connection = connection;
    StoreClock clock = new StoreClock(connection, ticks);
    this.journals = new Journals(connection, settings.journal(), clock, subscribers);
    this.catchUps = new CatchUps(journals, subscribers, 500);
    this.checkpoints = new Checkpoints(journals, journals.store(), settings.journal());
    this.trimming = new Trimming(journals, checkpoints, clock, settings.upkeep());
    this.messages = new MessageStore(connection, journals, journals, settings.content(), clock);
    AccountRemoval removal = new AccountRemoval(connection, journals, clock);
    this.accounts = new AccountStore(connection, journals, removal, clock, settings.accounts());
    this.sweeper =
        new Sweeper(
            connection,
            journals,
            removal,
            clock,
            settings.content().sweepGrace(),
            settings.sweep());
  }

  <R> R commit(UserId user, Edit<R> edit) {
    return journals.commit(user, ORIGIN, edit).result();
  }

  Messages.Received receive(String text) {
    try (Messages.Intake intake = messages.receive(1 << 24)) {
      intake.write(ByteBuffer.wrap(text.getBytes(ISO_8859_1)));
      return intake.finish();
    }
  }

  MailboxId mailbox(UserId user, String path) {
    return journals.current(user).mailbox(new MailboxPath(path)).orElseThrow().id();
  }

  /** The state as of now, with all placements. */
  UserState everything(UserId user) {
    Set<MailboxId> all = new HashSet<>();
    UserState state = journals.current(user);
    do { // one may have been made meanwhile
      state.mailboxes().forEach(mailbox -> all.add(mailbox.id()));
      state = journals.current(user, all);
    } while (!state.mailboxes().stream().allMatch(MailboxState::isLoaded));
    return state;
  }
}
