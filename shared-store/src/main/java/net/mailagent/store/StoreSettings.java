package net.mailagent.store;

import net.mailagent.store.account.AccountSettings;
import net.mailagent.store.content.ContentSettings;
import net.mailagent.store.journal.JournalSettings;
import net.mailagent.store.mongo.MongoSettings;
import net.mailagent.store.search.SearchSettings;

/**
 * Everything the store can be told.
 *
 * @param mongo how the database is reached
 * @param journal bounds of the journal
 * @param accounts bounds of accounts
 * @param content sizes of message contents
 * @param search bounds of searches
 */
public record StoreSettings(
    MongoSettings mongo,
    JournalSettings journal,
    AccountSettings accounts,
    ContentSettings content,
    SearchSettings search) {
  /** The defaults for that URL and database. */
  public static StoreSettings of(String mongoUrl, String database) {
    return new StoreSettings(
        MongoSettings.of(mongoUrl, database),
        JournalSettings.DEFAULT,
        AccountSettings.DEFAULT,
        ContentSettings.standard(),
        SearchSettings.standard());
  }
}
