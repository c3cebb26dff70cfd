package net.mailagent.agent;

import net.mailagent.embedded.EmbeddedMongoSettings;
import net.mailagent.runtime.settings.Settings;
import net.mailagent.store.StoreSettings;
import net.mailagent.store.mongo.MongoSettings;
import net.mailagent.store.redis.RedisSettings;

/** Turns settings into what the store and the embedded engine are told. */
final class StoreSetup {
  private StoreSetup() {}

  static StoreSettings of(Settings settings, String url) {
    String database = settings.get(AgentSettings.DATABASE);
    MongoSettings standard = MongoSettings.of(url, database);
    MongoSettings mongo =
        new MongoSettings(
            url,
            database,
            settings.get(AgentSettings.STORE_TIMEOUT),
            standard.connectTimeout(),
            settings.get(AgentSettings.STORE_CONNECTIONS),
            settings.get(AgentSettings.STORE_SHARD));
    StoreSettings store = StoreSettings.of(url, database).withMongo(mongo);
    return settings
        .get(AgentSettings.REDIS)
        .map(redis -> store.withRedis(RedisSettings.of(redis)))
        .orElse(store);
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
