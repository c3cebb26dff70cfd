package net.mailagent.store.mongo;

import java.time.Duration;

/**
 * How the database is reached.
 *
 * @param url a connection string, mongodb:// or mongodb+srv://
 * @param database the name of the database
 * @param callTimeout how long one call may take, waiting for a connection and for the majority
 *     included; default 10 s
 * @param connectTimeout for a socket to be opened; default 5 s
 * @param maxConnections most connections to one server; default 64
 * @param shard whether collections are sharded by the keys of indexes/ when they are made; needs a
 *     sharded cluster; default false
 */
public record MongoSettings(
    String url,
    String database,
    Duration callTimeout,
    Duration connectTimeout,
    int maxConnections,
    boolean shard) {
  /** The defaults for that URL and database. */
  public static MongoSettings of(String url, String database) {
    return new MongoSettings(
        url, database, Duration.ofSeconds(10), Duration.ofSeconds(5), 64, false);
  }
}
