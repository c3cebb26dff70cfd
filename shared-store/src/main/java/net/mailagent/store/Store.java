package net.mailagent.store;

import java.util.Collection;
import java.util.Optional;
import net.mailagent.model.UserId;
import net.mailagent.model.port.Accounts;
import net.mailagent.model.port.Changes;
import net.mailagent.model.port.LoginFailures;
import net.mailagent.model.port.Mailboxes;
import net.mailagent.model.port.Messages;
import net.mailagent.model.port.Search;
import net.mailagent.store.account.AccountRemoval;
import net.mailagent.store.account.AccountStore;
import net.mailagent.store.account.SharedLoginFailures;
import net.mailagent.store.check.Checker;
import net.mailagent.store.check.Scrubber;
import net.mailagent.store.content.ContentFigures;
import net.mailagent.store.content.MessageStore;
import net.mailagent.store.journal.Journals;
import net.mailagent.store.journal.SlowTimer;
import net.mailagent.store.journal.StoreClock;
import net.mailagent.store.journal.Subscribers;
import net.mailagent.store.journal.Turns;
import net.mailagent.store.journal.Upkeep;
import net.mailagent.store.mongo.IndexInstaller;
import net.mailagent.store.mongo.Interceptor;
import net.mailagent.store.mongo.MongoConnection;
import net.mailagent.store.mongo.Schema;
import net.mailagent.store.redis.Wakes;
import net.mailagent.store.search.MailboxSearch;
import net.mailagent.store.sweep.Sweeper;

/** The store of one node, assembled: the ports over one database. Any thread. */
public final class Store implements AutoCloseable {
  private final MongoConnection connection;
  private final StoreClock clock;
  private final Journals journals;
  private final Upkeep upkeep;
  private final SlowTimer slowTimer;
  private final Optional<Wakes> wakes;
  private final Accounts accounts;
  private final LoginFailures loginFailures;
  private final MessageStore messages;
  private final Search search;
  private final Sweeper sweeper;
  private final Checker checker;
  private final Scrubber scrubber;

  private Store(StoreSettings settings, MongoConnection connection, boolean background) {
    this.connection = connection;
    this.clock = new StoreClock(connection);
    clock.measure();
    Subscribers subscribers = new Subscribers();
    this.journals = new Journals(connection, settings.journal(), clock, subscribers);
    this.upkeep = new Upkeep(journals, connection, clock, settings.upkeep());
    this.slowTimer = new SlowTimer(journals, subscribers, settings.slowTimer());
    this.wakes = settings.redis().map(redis -> new Wakes(redis, subscribers, slowTimer));
    wakes.ifPresent(journals::listen);
    wakes.ifPresent(subscribers::addInterest);
    AccountRemoval removal = new AccountRemoval(connection, journals, clock);
    this.accounts = new AccountStore(connection, journals, removal, clock, settings.accounts());
    this.loginFailures = new SharedLoginFailures(connection, wakes);
    this.messages = new MessageStore(connection, journals, journals, settings.content(), clock);
    this.search = new MailboxSearch(connection, messages.reader(), settings.search(), clock);
    this.sweeper =
        new Sweeper(
            connection,
            journals,
            removal,
            clock,
            settings.content().sweepGrace(),
            settings.sweep());
    this.checker =
        new Checker(
            connection,
            journals,
            removal,
            sweeper,
            clock,
            settings.content().sweepGrace(),
            settings.sweep().expungedRetention());
    this.scrubber = new Scrubber(checker, new Turns(connection, clock), settings.scrub());
    if (background) {
      upkeep.start();
      sweeper.start();
      scrubber.start();
    }
  }

  /** Opens the store: checks its version, installs indexes. */
  public static Store open(StoreSettings settings) {
    return open(settings, Interceptor.NONE);
  }

  /**
   * Opens the store.
   *
   * @param interceptor stands around every call to the database
   * @throws net.mailagent.model.StoreUnavailable when the database does not answer
   * @throws net.mailagent.model.journal.UnknownVersion when the database was written by a newer
   *     version of this program
   */
  public static Store open(StoreSettings settings, Interceptor interceptor) {
    return open(settings, interceptor, true);
  }

  /** Opens the store for a look: nothing is written but on request. */
  public static Store openQuietly(StoreSettings settings) {
    return open(settings, Interceptor.NONE, false);
  }

  private static Store open(StoreSettings settings, Interceptor interceptor, boolean background) {
    MongoConnection connection = MongoConnection.open(settings.mongo(), interceptor);
    try {
      Schema.require(connection);
      IndexInstaller.install(connection);
      return new Store(settings, connection, background);
    } catch (RuntimeException | Error e) {
      connection.close();
      throw e;
    }
  }

  public Accounts accounts() {
    return accounts;
  }

  /** What the nodes on this database tell each other of wrong passwords. */
  public LoginFailures loginFailures() {
    return loginFailures;
  }

  public Mailboxes mailboxes() {
    return journals;
  }

  public Messages messages() {
    return messages;
  }

  /** What the store of messages counts, beside its port. */
  public ContentFigures contentFigures() {
    return messages.figures();
  }

  public Search search() {
    return search;
  }

  public Changes changes() {
    return journals;
  }

  /** Commits for many users at once, and what else of the journals is not in a port. */
  public Journals journals() {
    return journals;
  }

  /** Checkpoints and trimming, which run by themselves, for who wants one now. */
  public Upkeep upkeep() {
    return upkeep;
  }

  /** Reads on for those users without waiting for the slow timer, many in one call. */
  public void catchUpSoon(Collection<UserId> users) {
    slowTimer.soon(users);
  }

  /** Checks what is stored, which the scrubber does by itself, now. */
  public Checker checker() {
    return checker;
  }

  /** This node's clock, corrected by the store's. */
  public StoreClock clock() {
    return clock;
  }

  /** Sweeps by itself, for who wants to know what, or have it done now. */
  public Sweeper sweeper() {
    return sweeper;
  }

  /** The database, whose calls are counted. */
  public MongoConnection connection() {
    return connection;
  }

  /** Whether Redis is configured and answers: without it wake-ups from other nodes come late. */
  public boolean wakesOtherNodes() {
    return wakes.map(Wakes::isConnected).orElse(false);
  }

  @Override
  public void close() {
    wakes.ifPresent(Wakes::close);
    slowTimer.close();
    scrubber.close();
    sweeper.close();
    upkeep.close();
    connection.close();
  }
}
