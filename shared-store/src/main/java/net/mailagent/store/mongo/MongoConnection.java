package net.mailagent.store.mongo;

import com.mongodb.ConnectionString;
import com.mongodb.MongoClientSettings;
import com.mongodb.MongoCommandException;
import com.mongodb.ReadConcern;
import com.mongodb.ReadPreference;
import com.mongodb.WriteConcern;
import com.mongodb.reactivestreams.client.MongoClient;
import com.mongodb.reactivestreams.client.MongoClients;
import com.mongodb.reactivestreams.client.MongoCollection;
import com.mongodb.reactivestreams.client.MongoDatabase;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.bson.BsonDocument;
import org.bson.BsonInt32;

/**
 * The driver with our settings. Retryable writes are off: a retry by the driver would hide whether
 * the first attempt took effect, and the journal settles that itself (journal.md 3 and 4). Any
 * thread.
 */
public final class MongoConnection implements AutoCloseable {
  private static final int COMMAND_NOT_FOUND = 59;

  /** Who lost a connection looks at the server again this soon; the driver would wait for 500. */
  private static final int LOOK_AGAIN_MILLIS = 50;

  private final MongoClient client;
  private final MongoDatabase database;
  private final MongoSettings settings;
  private final Calls calls;

  private MongoConnection(MongoClient client, MongoSettings settings, Calls calls) {
    this.client = client;
    this.settings = settings;
    this.calls = calls;
    WriteConcern majority =
        WriteConcern.MAJORITY
            .withJournal(true)
            .withWTimeout(settings.callTimeout().toMillis(), TimeUnit.MILLISECONDS);
    this.database =
        client
            .getDatabase(settings.database())
            .withReadPreference(ReadPreference.primary())
            .withReadConcern(ReadConcern.MAJORITY)
            .withWriteConcern(majority);
  }

  /** Opens a client; the server is contacted in the background and by the first call. */
  public static MongoConnection open(MongoSettings settings, Interceptor interceptor) {
    Duration timeout = settings.callTimeout();
    int millis = Math.toIntExact(timeout.toMillis());
    ConnectionString url = new ConnectionString(settings.url());
    String application = url.getApplicationName();
    MongoClientSettings driver =
        MongoClientSettings.builder()
            .applyConnectionString(url)
            .applicationName(application == null ? "mail-agent" : application)
            .retryWrites(false)
            .retryReads(true)
            .applyToClusterSettings(
                cluster -> cluster.serverSelectionTimeout(millis, TimeUnit.MILLISECONDS))
            .applyToServerSettings(
                server -> server.minHeartbeatFrequency(LOOK_AGAIN_MILLIS, TimeUnit.MILLISECONDS))
            .applyToSocketSettings(socket ->
                socket
                    .connectTimeout(
                        Math.toIntExact(settings.connectTimeout().toMillis()),
                        TimeUnit.MILLISECONDS)
                    // a call that we gave up must not hold its connection for ever
                    .readTimeout(2L * millis, TimeUnit.MILLISECONDS))
            .applyToConnectionPoolSettings(pool ->
                pool.maxSize(settings.maxConnections()).maxWaitTime(millis, TimeUnit.MILLISECONDS))
            .build();
    return new MongoConnection(MongoClients.create(driver), settings, new Calls(interceptor));
  }

  /** The collection of that name. */
  public Documents documents(String collection) {
    return new Documents(
        database.getCollection(collection, BsonDocument.class), calls, settings.callTimeout());
  }

  MongoCollection<BsonDocument> driverCollection(String collection) {
    return database.getCollection(collection, BsonDocument.class);
  }

  /** Every call made so far through this connection. */
  public Calls calls() {
    return calls;
  }

  public MongoSettings settings() {
    return settings;
  }

  /**
   * Runs a command on our database, such as ping.
   *
   * @throws net.mailagent.model.StoreUnavailable when there is no answer in time
   */
  public BsonDocument command(BsonDocument command) {
    return run(database, command);
  }

  /**
   * What the server says of itself, its {@code localTime} among it. Servers that are compatible
   * with older MongoDB only know the command by its first name.
   *
   * @throws net.mailagent.model.StoreUnavailable when there is no answer in time
   */
  public BsonDocument hello() {
    try {
      return command(new BsonDocument("hello", new BsonInt32(1)));
    } catch (MongoCommandException e) {
      if (e.getErrorCode() != COMMAND_NOT_FOUND) {
        throw e;
      }
      return command(new BsonDocument("isMaster", new BsonInt32(1)));
    }
  }

  /** Runs a command on the admin database. */
  BsonDocument adminCommand(BsonDocument command) {
    return run(client.getDatabase("admin"), command);
  }

  private BsonDocument run(MongoDatabase on, BsonDocument command) {
    return calls.run(
        new Call(Call.Operation.COMMAND, "", null, 1),
        () -> {
          try {
            return Await.one(on.runCommand(command, BsonDocument.class), settings.callTimeout())
                .orElseThrow();
          } catch (RuntimeException e) {
            throw Failures.meaning(e);
          }
        });
  }

  /** Deletes the whole database: for tests and tools that made it. */
  public void dropDatabase() {
    Await.list(database.drop(), 1, settings.callTimeout());
  }

  @Override
  public void close() {
    client.close();
  }
}
