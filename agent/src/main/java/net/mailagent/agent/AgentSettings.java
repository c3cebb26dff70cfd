package net.mailagent.agent;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import net.mailagent.api.ApiSettings;
import net.mailagent.imap.ImapSettings;
import net.mailagent.lmtp.LmtpSettings;
import net.mailagent.runtime.settings.RuntimeSettings;
import net.mailagent.runtime.settings.Setting;
import net.mailagent.runtime.settings.Settings;

/** The settings of the program itself and of the store, and the list of all settings. */
public final class AgentSettings {
  /** What this process does. */
  public static final Setting<Set<Role>> ROLES =
      Setting.of(
          "roles",
          Role.SERVING,
          Role::parseAll,
          "some of " + Role.ALL,
          "What this process does; store serves the embedded engine to other processes on this"
              + " machine, to whoever can connect there.");

  /** Where the embedded engine and the self-signed certificate live. */
  public static final Setting<String> DATA =
      Setting.text(
          "data",
          "./data",
          "The directory of the embedded engine and the self-signed certificate.");

  /** The MongoDB to use in place of the embedded engine. */
  public static final Setting<Optional<String>> MONGO =
      Setting.optionalText(
          "mongo",
          "The URL of MongoDB (6.0 or newer). Without it the embedded engine runs in this"
              + " process.");

  /** The Redis that wakes other nodes. */
  public static final Setting<Optional<String>> REDIS =
      Setting.optionalText(
          "redis",
          "The URL of Redis, by which nodes wake each other. Without it a node learns of changes"
              + " made on others by its timer.");

  /** Whether to make a user to try things with. */
  public static final Setting<Boolean> DEMO =
      Setting.flag(
          "demo",
          false,
          "Makes the user demo with the password demo and two messages; loopback only.");

  /** How much is logged. */
  public static final Setting<String> LOG_LEVEL =
      Setting.choice(
          "log.level",
          "info",
          List.of("error", "warn", "info", "debug", "trace"),
          "How much of this program's own doings is logged.");

  /** The database. */
  public static final Setting<String> DATABASE =
      Setting.text(
          "store.database",
          "mail",
          "The name of the database; when it is not given, one that the URL of --mongo names is"
              + " taken.");

  /** Where the role store serves. */
  public static final Setting<Integer> STORE_PORT =
      Setting.integer(
          "store.port",
          27_117,
          0,
          65_535,
          "The port at which the role store serves the embedded engine; 0 takes a free one.");

  /** The longest call. */
  public static final Setting<Duration> STORE_TIMEOUT =
      Setting.duration(
          "store.call-timeout",
          Duration.ofSeconds(10),
          Duration.ofMillis(100),
          Duration.ofMinutes(10),
          "How long one call of the database may take.");

  /** The most connections. */
  public static final Setting<Integer> STORE_CONNECTIONS =
      Setting.integer(
          "store.connections", 64, 1, 10_000, "Connections to one database server at most.");

  /** How long connecting may take. */
  public static final Setting<Duration> STORE_CONNECT =
      Setting.duration(
          "store.connect-timeout",
          Duration.ofSeconds(5),
          Duration.ofMillis(100),
          Duration.ofMinutes(10),
          "How long connecting to the database may take.");

  /** Whether to shard. */
  public static final Setting<Boolean> STORE_SHARD =
      Setting.flag(
          "store.shard",
          false,
          "Whether collections are sharded by the keys in indexes/; needs a sharded cluster.");

  /** Pages of the embedded engine in memory. */
  public static final Setting<Long> STORE_CACHE =
      Setting.size(
          "store.cache",
          64L << 20,
          1L << 20,
          1L << 40,
          "Pages of the embedded engine that are kept in memory.");

  /** Faults of the embedded engine. */
  public static final Setting<Optional<String>> STORE_FAULTS =
      Setting.optionalText(
          "store.faults",
          "For tests only: what the embedded engine does wrong on purpose, such as"
              + " seed=7,reply-lost=0.01,lag=0.05:200.");

  private static final List<Setting<?>> OWN =
      List.of(
          ROLES,
          DATA,
          MONGO,
          REDIS,
          DEMO,
          LOG_LEVEL,
          DATABASE,
          STORE_PORT,
          STORE_TIMEOUT,
          STORE_CONNECTIONS,
          STORE_CONNECT,
          STORE_SHARD,
          STORE_CACHE,
          STORE_FAULTS);

  /** Every setting there is, in the order they are shown. */
  public static final List<Setting<?>> ALL = all();

  private AgentSettings() {}

  private static List<Setting<?>> all() {
    List<Setting<?>> all = new ArrayList<>(OWN);
    all.addAll(JournalOptions.ALL);
    all.addAll(ContentOptions.ALL);
    all.addAll(SweepOptions.ALL);
    all.addAll(CheckOptions.ALL);
    all.addAll(RuntimeSettings.ALL);
    all.addAll(ImapSettings.ALL);
    all.addAll(LmtpSettings.ALL);
    all.addAll(ApiSettings.ALL);
    return List.copyOf(all);
  }

  static Path data(Settings settings) {
    return Path.of(settings.get(DATA));
  }
}
