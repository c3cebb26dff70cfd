package net.mailagent.store.mongo;

import com.mongodb.ConnectionString;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;

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
  /** Databases of the server's own; in a URL they say where to log in. */
  private static final Set<String> SERVERS_OWN = Set.of("admin", "local", "config");

  /**
   * The database that a URL names, as in {@code mongodb://host/mail}.
   *
   * @throws IllegalArgumentException when it is no URL of MongoDB
   */
  public static Optional<String> databaseOf(String url) {
    return Optional.ofNullable(new ConnectionString(url).getDatabase())
        .filter(name -> !SERVERS_OWN.contains(name));
  }

  /** The defaults for that URL and database. */
  public static MongoSettings of(String url, String database) {
    return new MongoSettings(
        url, database, Duration.ofSeconds(10), Duration.ofSeconds(5), 64, false);
  }
}
