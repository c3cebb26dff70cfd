package net.mailagent.store;

import net.mailagent.model.port.Accounts;
import net.mailagent.model.port.Changes;
import net.mailagent.model.port.Mailboxes;
import net.mailagent.store.account.AccountStore;
import net.mailagent.store.journal.Journals;
import net.mailagent.store.journal.StoreClock;
import net.mailagent.store.journal.Subscribers;
import net.mailagent.store.mongo.IndexInstaller;
import net.mailagent.store.mongo.Interceptor;
import net.mailagent.store.mongo.MongoConnection;
import net.mailagent.store.mongo.Schema;

/** The store of one node, assembled: the ports over one database. Any thread. */
public final class Store implements AutoCloseable {
  private final MongoConnection connection;
  private final Journals journals;
  private final Accounts accounts;

  private Store(StoreSettings settings, MongoConnection connection) {
    this.connection = connection;
    StoreClock clock = new StoreClock(connection);
    clock.measure();
    Subscribers subscribers = new Subscribers();
    this.journals = new Journals(connection, settings.journal(), clock, subscribers);
    this.accounts = new AccountStore(connection, journals, clock, settings.accounts());
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
    MongoConnection connection = MongoConnection.open(settings.mongo(), interceptor);
    try {
      Schema.require(connection);
      IndexInstaller.install(connection);
      return new Store(settings, connection);
    } catch (RuntimeException | Error e) {
      connection.close();
      throw e;
    }
  }

  public Accounts accounts() {
    return accounts;
  }

  public Mailboxes mailboxes() {
    return journals;
  }

  public Changes changes() {
    return journals;
  }

  /** For tests that look behind the ports. */
  public MongoConnection connection() {
    return connection;
  }

  public Journals journals() {
    return journals;
  }

  @Override
  public void close() {
    connection.close();
  }
}
