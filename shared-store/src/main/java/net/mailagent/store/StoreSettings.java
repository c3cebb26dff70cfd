package net.mailagent.store;

import java.util.Optional;
import net.mailagent.store.account.AccountSettings;
import net.mailagent.store.check.ScrubSettings;
import net.mailagent.store.content.ContentSettings;
import net.mailagent.store.journal.JournalSettings;
import net.mailagent.store.journal.SlowTimer;
import net.mailagent.store.journal.UpkeepSettings;
import net.mailagent.store.mongo.MongoSettings;
import net.mailagent.store.redis.RedisSettings;
import net.mailagent.store.search.SearchSettings;
import net.mailagent.store.sweep.SweepSettings;

/**
 * Everything the store can be told.
 *
 * @param mongo how the database is reached
 * @param redis how wake-ups travel between nodes; empty: this node wakes itself, and the slow timer
 *     finds what others did
 * @param journal bounds of the journal
 * @param upkeep when checkpoints are written and old entries trimmed
 * @param slowTimer how often it is asked what wake-ups may have missed
 * @param accounts bounds of accounts
 * @param content sizes and times of message contents
 * @param search bounds of searches
 * @param sweep when what nobody can reach any more is deleted
 * @param scrub how everything is checked in the background
 */
public record StoreSettings(
    MongoSettings mongo,
    Optional<RedisSettings> redis,
    JournalSettings journal,
    UpkeepSettings upkeep,
    SlowTimer.Settings slowTimer,
    AccountSettings accounts,
    ContentSettings content,
    SearchSettings search,
    SweepSettings sweep,
    ScrubSettings scrub) {
  /** The defaults for that URL and database, without Redis. */
  public static StoreSettings of(String mongoUrl, String database) {
    return new StoreSettings(
        MongoSettings.of(mongoUrl, database),
        Optional.empty(),
        JournalSettings.DEFAULT,
        UpkeepSettings.DEFAULT,
        SlowTimer.Settings.DEFAULT,
        AccountSettings.DEFAULT,
        ContentSettings.standard(),
        SearchSettings.standard(),
        SweepSettings.DEFAULT,
        ScrubSettings.DEFAULT);
  }

  public StoreSettings withMongo(MongoSettings other) {
    return new StoreSettings(
        other, redis, journal, upkeep, slowTimer, accounts, content, search, sweep, scrub);
  }

  public StoreSettings withRedis(RedisSettings other) {
    return new StoreSettings(
        mongo,
        Optional.of(other),
        journal,
        upkeep,
        slowTimer,
        accounts,
        content,
        search,
        sweep,
        scrub);
  }

  public StoreSettings withJournal(JournalSettings other) {
    return new StoreSettings(
        mongo, redis, other, upkeep, slowTimer, accounts, content, search, sweep, scrub);
  }

  public StoreSettings withUpkeep(UpkeepSettings other) {
    return new StoreSettings(
        mongo, redis, journal, other, slowTimer, accounts, content, search, sweep, scrub);
  }

  public StoreSettings withSlowTimer(SlowTimer.Settings other) {
    return new StoreSettings(
        mongo, redis, journal, upkeep, other, accounts, content, search, sweep, scrub);
  }

  public StoreSettings withContent(ContentSettings other) {
    return new StoreSettings(
        mongo, redis, journal, upkeep, slowTimer, accounts, other, search, sweep, scrub);
  }

  public StoreSettings withAccounts(AccountSettings other) {
    return new StoreSettings(
        mongo, redis, journal, upkeep, slowTimer, other, content, search, sweep, scrub);
  }

  public StoreSettings withSweep(SweepSettings other) {
    return new StoreSettings(
        mongo, redis, journal, upkeep, slowTimer, accounts, content, search, other, scrub);
  }

  public StoreSettings withScrub(ScrubSettings other) {
    return new StoreSettings(
        mongo, redis, journal, upkeep, slowTimer, accounts, content, search, sweep, other);
  }
}
