package net.mailagent.agent;

import java.util.Optional;
import net.mailagent.embedded.EmbeddedMongo;
import net.mailagent.embedded.EmbeddedMongoSettings;
import net.mailagent.embedded.Faults;
import net.mailagent.runtime.settings.Settings;
import net.mailagent.runtime.settings.SettingsException;
import net.mailagent.store.StoreSettings;
import net.mailagent.store.mongo.MongoSettings;

/** Turns settings into what the store and the embedded engine are told. */
final class StoreSetup {
  private StoreSetup() {}

  static StoreSettings of(Settings settings, String url) {
    MongoSettings mongo =
        new MongoSettings(
            url,
            database(settings, url),
            settings.get(AgentSettings.STORE_TIMEOUT),
            settings.get(AgentSettings.STORE_CONNECT),
            settings.get(AgentSettings.STORE_CONNECTIONS),
            settings.get(AgentSettings.STORE_SHARD));
    return new StoreSettings(
        mongo,
        settings.get(AgentSettings.REDIS).map(redis -> JournalOptions.redis(settings, redis)),
        JournalOptions.journal(settings),
        JournalOptions.upkeep(settings),
        JournalOptions.slowTimer(settings),
        JournalOptions.accounts(settings),
        ContentOptions.content(settings),
        ContentOptions.search(settings),
        SweepOptions.sweep(settings),
        CheckOptions.scrub(settings));
  }

  /**
   * The database's name: as given, else as the URL says, else the default.
   *
   * @throws SettingsException when the URL is none
   */
  static String database(Settings settings, String url) {
    String name = settings.get(AgentSettings.DATABASE);
    if (settings.isGiven(AgentSettings.DATABASE)) {
      return name;
    }
    try {
      return MongoSettings.databaseOf(url).orElse(name);
    } catch (IllegalArgumentException e) {
      throw new SettingsException("--mongo: " + e.getMessage());
    }
  }

  /**
   * Starts the embedded engine.
   *
   * @throws SettingsException when the faults it shall have cannot be read
   */
  static EmbeddedMongo startEngine(Settings settings) {
    Optional<String> faults = settings.get(AgentSettings.STORE_FAULTS);
    if (faults.isEmpty()) {
      return EmbeddedMongo.start(engine(settings));
    }
    try {
      return EmbeddedMongo.start(engine(settings), Faults.parse(faults.get()));
    } catch (IllegalArgumentException e) {
      throw new SettingsException("--store-faults: " + e.getMessage());
    }
  }

  private static EmbeddedMongoSettings engine(Settings settings) {
    int port =
        settings.get(AgentSettings.ROLES).contains(Role.STORE)
            ? settings.get(AgentSettings.STORE_PORT)
            : 0;
    return EmbeddedMongoSettings.in(AgentSettings.data(settings).resolve("store"))
        .withPort(port)
        .withCacheBytes(settings.get(AgentSettings.STORE_CACHE));
  }
}
