package net.mailagent.store;

import net.mailagent.store.account.AccountSettings;
import net.mailagent.store.journal.JournalSettings;
import net.mailagent.store.mongo.MongoSettings;

/**
 * Everything the store can be told.
 *
 * @param mongo how the database is reached
 * @param journal bounds of the journal
 * @param accounts bounds of accounts
 */
public record StoreSettings(
    MongoSettings mongo, JournalSettings journal, AccountSettings accounts) {
  /** The defaults for that URL and database. */
  public static StoreSettings of(String mongoUrl, String database) {
    return new StoreSettings(
        MongoSettings.of(mongoUrl, database), JournalSettings.DEFAULT, AccountSettings.DEFAULT);
  }
}
