package net.mailagent.imap;

import java.time.Duration;
import java.util.List;
import net.mailagent.runtime.settings.Setting;

/** The settings of the IMAP agent. */
public final class ImapSettings {
  private static final Duration SECOND = Duration.ofSeconds(1);
  private static final Duration DAY = Duration.ofDays(1);

  public static final Setting<Integer> PORT =
      Setting.integer("imap.port", 9143, 0, 65535, "Port of IMAP with STARTTLS, 0 for a free one.");
  public static final Setting<Integer> TLS_PORT =
      Setting.integer("imap.tls-port", 9993, 0, 65535, "Port of IMAP over TLS, 0 for a free one.");

  public static final Setting<Long> LINE =
      size("imap.line", 64 << 10, "Longest command, its literals not counted.");
  public static final Setting<Long> LITERAL =
      size("imap.literal", 100 << 10, "Longest literal that is not a message.");
  public static final Setting<Long> LITERALS =
      size("imap.literals", 1 << 20, "All literals of one command together, messages not counted.");
  public static final Setting<Long> LINE_BEFORE_LOGIN =
      size("imap.line-before-login", 8 << 10, "Longest command before login.");
  public static final Setting<Long> LITERAL_BEFORE_LOGIN =
      size("imap.literal-before-login", 1 << 10, "Longest literal before login.");
  public static final Setting<Integer> DEPTH =
      Setting.integer(
          "imap.depth", 50, 5, 500, "How deep parentheses and search keys of a command may nest.");
  public static final Setting<Integer> FLAG =
      Setting.integer("imap.flag", 255, 16, 1000, "Longest flag or keyword in octets.");
  public static final Setting<Integer> SEARCH_KEYS =
      Setting.integer(
          "imap.search-keys", 1000, 16, 100_000, "How many search keys one command may have.");
  public static final Setting<Integer> PATTERN =
      Setting.integer("imap.pattern", 1000, 64, 10_000, "Longest pattern of LIST and LSUB.");
  public static final Setting<Long> APPEND_LIMIT =
      Setting.size(
          "imap.append-limit", 50L << 20, 1 << 10, 1L << 40, "Largest message that APPEND takes.");

  public static final Setting<Integer> BAD_COMMANDS =
      Setting.integer(
          "imap.bad-commands", 3, 1, 1000, "Bad commands before login after which to hang up.");
  public static final Setting<Duration> LOGIN_TIMEOUT =
      Setting.duration(
          "imap.login-timeout",
          Duration.ofSeconds(60),
          SECOND,
          DAY,
          "How long a client may take to log in.");
  public static final Setting<Duration> IDLE_TIMEOUT =
      Setting.duration(
          "imap.idle-timeout",
          Duration.ofMinutes(30),
          SECOND,
          DAY,
          "How long a client may send nothing after login; IMAP wants 30m at least.");
  public static final Setting<Duration> HEARTBEAT =
      Setting.duration(
          "imap.heartbeat",
          Duration.ofMinutes(2),
          SECOND,
          DAY,
          "How often a client in IDLE is told that the server is still there.");
  public static final Setting<Duration> RETRY =
      Setting.duration(
          "imap.retry",
          Duration.ofSeconds(5),
          Duration.ofMillis(10),
          DAY,
          "When to look for changes again after the store was away during IDLE.");
  public static final Setting<Duration> SNAPSHOT =
      Setting.duration(
          "imap.snapshot",
          Duration.ofMinutes(1),
          Duration.ofMillis(10),
          DAY,
          "How long a session keeps its snapshot of the selected mailbox without a command.");
  public static final Setting<Integer> FETCH_BATCH =
      Setting.integer(
          "imap.fetch-batch", 256, 1, 10_000, "How many contents one read of the store covers.");
  public static final Setting<Integer> MAX_MAILBOXES =
      Setting.integer(
          "imap.mailboxes", 10_000, 10, 1_000_000, "How many mailboxes a user may have.");
  public static final Setting<Integer> MAX_SUBSCRIPTIONS =
      Setting.integer(
          "imap.subscriptions", 20_000, 10, 1_000_000, "How many names a user may subscribe to.");

  /** All of them. */
  public static final List<Setting<?>> ALL =
      List.of(
          PORT,
          TLS_PORT,
          LINE,
          LITERAL,
          LITERALS,
          LINE_BEFORE_LOGIN,
          LITERAL_BEFORE_LOGIN,
          DEPTH,
          FLAG,
          SEARCH_KEYS,
          PATTERN,
          APPEND_LIMIT,
          BAD_COMMANDS,
          LOGIN_TIMEOUT,
          IDLE_TIMEOUT,
          HEARTBEAT,
          RETRY,
          SNAPSHOT,
          FETCH_BATCH,
          MAX_MAILBOXES,
          MAX_SUBSCRIPTIONS);

  private ImapSettings() {}

  private static Setting<Long> size(String name, long octets, String about) {
    return Setting.size(name, octets, 256, 16 << 20, about);
  }
}
