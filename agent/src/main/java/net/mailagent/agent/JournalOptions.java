package net.mailagent.agent;

import java.time.Duration;
import java.util.List;
import net.mailagent.runtime.settings.Setting;
import net.mailagent.runtime.settings.Settings;
import net.mailagent.store.account.AccountSettings;
import net.mailagent.store.journal.JournalSettings;
import net.mailagent.store.journal.SlowTimer;
import net.mailagent.store.journal.UpkeepSettings;
import net.mailagent.store.redis.RedisSettings;

/** The settings of the journal, its upkeep, wake-ups and accounts; their records say more. */
final class JournalOptions {
  private static final RedisSettings REDIS = RedisSettings.of("redis://default");

  static final Setting<Duration> STATE_AGE =
      Setting.duration(
          "journal.state-age",
          JournalSettings.DEFAULT.stateAge(),
          Duration.ofSeconds(1),
          Duration.ofHours(1),
          "How old a state may be that a commit relies on; dropped after it.");

  static final Setting<Duration> COMMIT_TIMEOUT =
      Setting.duration(
          "journal.commit-timeout",
          JournalSettings.DEFAULT.commitTimeout(),
          Duration.ofSeconds(1),
          Duration.ofMinutes(10),
          "How long a commit or catch-up may take before a temporary failure is answered.");

  static final Setting<Duration> BACK_OFF =
      Setting.duration(
          "journal.back-off",
          JournalSettings.DEFAULT.backOff(),
          Duration.ofMillis(1),
          Duration.ofSeconds(10),
          "The longest random pause after a second lost race; it grows eightfold.");

  static final Setting<Duration> MAX_BACK_OFF =
      Setting.duration(
          "journal.max-back-off",
          JournalSettings.DEFAULT.maxBackOff(),
          Duration.ofMillis(1),
          Duration.ofSeconds(60),
          "The longest random pause before a store that did not answer is asked again.");

  static final Setting<Integer> GROUP =
      Setting.integer(
          "journal.group",
          JournalSettings.DEFAULT.maxGroup(),
          1,
          10000,
          "Waiting changes of one user that become one entry at most.");

  static final Setting<Long> ENTRY =
      Setting.size(
          "journal.entry",
          JournalSettings.DEFAULT.inlineBytes(),
          1L << 10,
          15L << 20,
          "Size of an entry above which its changes are written before it in parts.");

  static final Setting<Long> PART =
      Setting.size(
          "journal.part",
          JournalSettings.DEFAULT.partBytes(),
          1L << 10,
          15L << 20,
          "Size of such a part.");

  static final Setting<Integer> BATCH =
      Setting.integer(
          "journal.batch",
          JournalSettings.DEFAULT.batch(),
          1,
          10000,
          "Entries or checkpoint documents read in one batch.");

  static final Setting<Long> STATES =
      Setting.size(
          "journal.states",
          JournalSettings.DEFAULT.cacheBytes(),
          1L << 20,
          1048576L << 20,
          "Heap that the states of users may hold, roughly.");

  static final Setting<Integer> COLD_LOADS =
      Setting.integer(
          "journal.cold-loads",
          JournalSettings.DEFAULT.coldLoads(),
          1,
          10000,
          "Users loaded from checkpoints at a time.");

  static final Setting<Integer> BULK_USERS =
      Setting.integer(
          "journal.bulk-users",
          JournalSettings.DEFAULT.bulkUsers(),
          1,
          1000,
          "Recipients whose entries go into one bulk insert.");

  static final Setting<Long> SINCE =
      Setting.size(
          "journal.since",
          JournalSettings.DEFAULT.sinceBytes(),
          64L << 10,
          256L << 20,
          "Entries that a push stream reads at a time at most.");

  static final Setting<Integer> CHECKPOINT_ENTRIES =
      Setting.integer(
          "checkpoint.entries",
          UpkeepSettings.DEFAULT.entries(),
          1,
          1000000,
          "Entries since the last checkpoint after which one is written.");

  static final Setting<Long> CHECKPOINT_BYTES =
      Setting.size(
          "checkpoint.bytes",
          UpkeepSettings.DEFAULT.bytes(),
          1L << 10,
          1024L << 20,
          "Octets of entries after which one is written.");

  static final Setting<Duration> CHECKPOINT_QUIET =
      Setting.duration(
          "checkpoint.quiet-after",
          UpkeepSettings.DEFAULT.quietAfter(),
          Duration.ofSeconds(1),
          Duration.ofHours(24),
          "A user without commits for so long has fallen quiet.");

  static final Setting<Integer> CHECKPOINT_QUIET_ENTRIES =
      Setting.integer(
          "checkpoint.quiet-entries",
          UpkeepSettings.DEFAULT.quietEntries(),
          1,
          1000000,
          "A quiet user with so many entries gets a checkpoint.");

  static final Setting<Integer> CHECKPOINT_WRITERS =
      Setting.integer(
          "checkpoint.writers",
          UpkeepSettings.DEFAULT.writers(),
          1,
          1000,
          "Checkpoints written at a time.");

  static final Setting<Integer> CHECKPOINT_PENDING =
      Setting.integer(
          "checkpoint.pending",
          UpkeepSettings.DEFAULT.pending(),
          1,
          10000000,
          "Users that may wait for a checkpoint; others are found again later.");

  static final Setting<Duration> RETENTION =
      Setting.duration(
          "journal.retention",
          UpkeepSettings.DEFAULT.retention(),
          Duration.ofDays(1),
          Duration.ofDays(3650),
          "How long entries are kept once checkpoints hold them.");

  static final Setting<Duration> TRIM_EVERY =
      Setting.duration(
          "journal.trim-every",
          UpkeepSettings.DEFAULT.trimEvery(),
          Duration.ofMinutes(1),
          Duration.ofDays(30),
          "How often old entries are looked for.");

  static final Setting<Duration> CLOCK_EVERY =
      Setting.duration(
          "store.clock-every",
          UpkeepSettings.DEFAULT.clockEvery(),
          Duration.ofSeconds(1),
          Duration.ofHours(24),
          "How often this node's clock is compared with the store's.");

  static final Setting<Duration> SLOW_TIMER =
      Setting.duration(
          "wake.slow-timer",
          SlowTimer.Settings.DEFAULT.interval(),
          Duration.ofMillis(100),
          Duration.ofMinutes(30), // longer than a state may be old would wake everybody each time
          "How often a node looks for changes of which no wake-up came.");

  static final Setting<Integer> SLOW_TIMER_USERS =
      Setting.integer(
          "wake.slow-timer-users",
          SlowTimer.Settings.DEFAULT.users(),
          1,
          10000,
          "Users it asks about in one query.");

  static final Setting<String> WAKE_PREFIX =
      Setting.text(
          "wake.channel-prefix",
          REDIS.channelPrefix(),
          "What the names of Redis channels begin with; nodes that share a database share it.");

  static final Setting<Duration> WAKE_TIMEOUT =
      Setting.duration(
          "wake.timeout",
          REDIS.timeout(),
          Duration.ofMillis(10),
          Duration.ofSeconds(60),
          "How long Redis may take to connect or answer.");

  static final Setting<Duration> WAKE_PING =
      Setting.duration(
          "wake.ping",
          REDIS.ping(),
          Duration.ofMillis(100),
          Duration.ofHours(1),
          "How often a silent connection to Redis is tried.");

  static final Setting<Duration> WAKE_RECONNECT =
      Setting.duration(
          "wake.reconnect",
          REDIS.maxReconnect(),
          Duration.ofMillis(10),
          Duration.ofMinutes(10),
          "The longest random pause before connecting to Redis again.");

  static final Setting<Integer> WAKE_QUEUE =
      Setting.integer(
          "wake.queue",
          REDIS.queued(),
          1,
          10000000,
          "Wake-ups that may wait for a slow Redis; more are dropped.");

  static final Setting<Integer> WAKE_CHANNELS =
      Setting.integer(
          "wake.channels", REDIS.channels(), 1, 100000, "Channels subscribed to in one command.");

  static final Setting<Duration> RESERVATION =
      Setting.duration(
          "accounts.reservation",
          AccountSettings.DEFAULT.reservationAge(),
          Duration.ofSeconds(10),
          Duration.ofHours(24),
          "After this a reserved name whose user was never made may be taken.");

  static final Setting<Duration> ACCOUNTS_AGE =
      Setting.duration(
          "accounts.cache-age",
          AccountSettings.DEFAULT.cacheAge(),
          Duration.ofMillis(0),
          Duration.ofMinutes(10),
          "How long a user that was found is remembered.");

  static final Setting<Integer> ACCOUNTS_CACHE =
      Setting.integer(
          "accounts.cache",
          AccountSettings.DEFAULT.cacheUsers(),
          0,
          10000000,
          "How many names are remembered.");

  static final List<Setting<?>> ALL =
      List.of(
          STATE_AGE,
          COMMIT_TIMEOUT,
          BACK_OFF,
          MAX_BACK_OFF,
          GROUP,
          ENTRY,
          PART,
          BATCH,
          STATES,
          COLD_LOADS,
          BULK_USERS,
          SINCE,
          CHECKPOINT_ENTRIES,
          CHECKPOINT_BYTES,
          CHECKPOINT_QUIET,
          CHECKPOINT_QUIET_ENTRIES,
          CHECKPOINT_WRITERS,
          CHECKPOINT_PENDING,
          RETENTION,
          TRIM_EVERY,
          CLOCK_EVERY,
          SLOW_TIMER,
          SLOW_TIMER_USERS,
          WAKE_PREFIX,
          WAKE_TIMEOUT,
          WAKE_PING,
          WAKE_RECONNECT,
          WAKE_QUEUE,
          WAKE_CHANNELS,
          RESERVATION,
          ACCOUNTS_AGE,
          ACCOUNTS_CACHE);

  private JournalOptions() {}

  static JournalSettings journal(Settings settings) {
    return new JournalSettings(
        settings.get(STATE_AGE),
        settings.get(COMMIT_TIMEOUT),
        settings.get(BACK_OFF),
        settings.get(MAX_BACK_OFF),
        settings.get(GROUP),
        Math.toIntExact(settings.get(ENTRY)),
        Math.toIntExact(settings.get(PART)),
        settings.get(BATCH),
        settings.get(STATES),
        settings.get(COLD_LOADS),
        settings.get(BULK_USERS),
        Math.toIntExact(settings.get(SINCE)));
  }

  static UpkeepSettings upkeep(Settings settings) {
    return new UpkeepSettings(
        settings.get(CHECKPOINT_ENTRIES),
        settings.get(CHECKPOINT_BYTES),
        settings.get(CHECKPOINT_QUIET),
        settings.get(CHECKPOINT_QUIET_ENTRIES),
        settings.get(CHECKPOINT_WRITERS),
        settings.get(CHECKPOINT_PENDING),
        settings.get(RETENTION),
        settings.get(STATE_AGE).multipliedBy(2),
        settings.get(TRIM_EVERY),
        settings.get(CLOCK_EVERY));
  }

  static SlowTimer.Settings slowTimer(Settings settings) {
    return new SlowTimer.Settings(settings.get(SLOW_TIMER), settings.get(SLOW_TIMER_USERS));
  }

  static RedisSettings redis(Settings settings, String url) {
    return new RedisSettings(
        url,
        settings.get(WAKE_PREFIX),
        settings.get(WAKE_TIMEOUT),
        settings.get(WAKE_PING),
        settings.get(WAKE_RECONNECT),
        settings.get(WAKE_QUEUE),
        settings.get(WAKE_CHANNELS));
  }

  static AccountSettings accounts(Settings settings) {
    return new AccountSettings(
        settings.get(RESERVATION), settings.get(ACCOUNTS_AGE), settings.get(ACCOUNTS_CACHE));
  }
}
