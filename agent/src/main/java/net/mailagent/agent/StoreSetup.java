package net.mailagent.agent;

import net.mailagent.embedded.EmbeddedMongoSettings;
import net.mailagent.runtime.settings.Settings;
import net.mailagent.store.StoreSettings;
import net.mailagent.store.mongo.MongoSettings;

/** Turns settings into what the store and the embedded engine are told. */
final class StoreSetup {
  private StoreSetup() {}

  static StoreSettings of(Settings settings, String url) {
    MongoSettings mongo =
        new MongoSettings(
            url,
            settings.get(AgentSettings.DATABASE),
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
        SweepOptions.sweep(settings));
  }

  static EmbeddedMongoSettings engine(Settings settings) {
    int port =
        settings.get(AgentSettings.ROLES).contains(Role.STORE)
            ? settings.get(AgentSettings.STORE_PORT)
            : 0;
    return EmbeddedMongoSettings.in(AgentSettings.data(settings).resolve("store"))
        .withPort(port)
        .withCacheBytes(settings.get(AgentSettings.STORE_CACHE));
  }
}
