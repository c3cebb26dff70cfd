package net.mailagent.api;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import net.mailagent.model.EmailAddress;
import net.mailagent.runtime.settings.Setting;

/** The settings of the HTTP API. */
public final class ApiSettings {
  private static final Duration DAY = Duration.ofDays(1);

  /** The port of the API; 0 takes a free one. */
  public static final Setting<Integer> PORT =
      Setting.integer("api.port", 8080, 0, 65_535, "The port of the HTTP API; 0 takes a free one.");

  /** The root token. */
  public static final Setting<Optional<String>> ACCESS_TOKEN =
      Setting.optionalText(
          "api.access-token",
          "The token that may do everything. Without it the API serves programs on this host"
              + " only, and none at an address of connections.proxies, behind which anybody may"
              + " be.");

  /** Names under which this host may be called without a token. */
  public static final Setting<List<String>> LOCAL_NAMES =
      Setting.list(
          "api.local-names",
          List.of("localhost"),
          "Host names, beside loopback addresses, under which the API may be called without a"
              + " token; others are what a web page would use.");

  /** The domain of users whose name has none. */
  public static final Setting<Optional<String>> MAIL_DOMAIN =
      Setting.of(
          "mail.domain",
          "",
          ApiSettings::domain,
          "a domain such as example.com, or nothing",
          "The domain of the address of a user whose name has none; by default the host's name.");

  /** The quota of new users in octets, 0 for none. */
  public static final Setting<Long> DEFAULT_QUOTA =
      Setting.size(
          "users.default-quota", 0, 0, 1L << 50, "The quota of a new user; 0 means no limit.");

  /** Addresses a user can be made with, beside the main one. */
  public static final Setting<Integer> MAX_ADDRESSES =
      Setting.integer(
          "users.max-addresses", 100, 0, 10_000, "Further addresses a user can be made with.");

  /** The largest JSON body in octets. */
  public static final Setting<Long> MAX_BODY =
      Setting.size(
          "api.max-body", 256 << 10, 1 << 10, 64 << 20, "The largest JSON body of a request.");

  /** How deep JSON may nest. */
  public static final Setting<Integer> MAX_JSON_DEPTH =
      Setting.integer("api.max-json-depth", 32, 4, 1000, "How deep JSON of a request may nest.");

  /** The largest message in octets. */
  public static final Setting<Long> MAX_MESSAGE_SIZE =
      Setting.size(
          "api.max-message-size",
          50L << 20,
          1L << 10,
          64L << 30,
          "The largest message that an upload brings.");

  /** The longest request line in octets. */
  public static final Setting<Long> MAX_REQUEST_LINE =
      Setting.size("api.max-request-line", 8 << 10, 256, 1 << 20, "The longest request line.");

  /** All request headers together in octets. */
  public static final Setting<Long> MAX_HEADERS =
      Setting.size("api.max-headers", 16 << 10, 1 << 10, 1 << 20, "All headers of a request.");

  /** Connections at the same time. */
  public static final Setting<Integer> MAX_CONNECTIONS =
      Setting.integer(
          "api.max-connections", 10_000, 1, 1_000_000, "HTTP connections at the same time.");

  /** Calls at the same time. */
  public static final Setting<Integer> MAX_CALLS =
      Setting.integer(
          "api.max-calls",
          1000,
          1,
          1_000_000,
          "Calls at the same time, without push streams, uploads, downloads and /health/live;"
              + " further ones are answered 503.");

  /** Uploads and downloads at the same time. */
  public static final Setting<Integer> MAX_TRANSFERS =
      Setting.integer(
          "api.max-transfers",
          1000,
          1,
          1_000_000,
          "Uploads and downloads of messages at the same time; further ones are answered 503.");

  /** How long a connection may be silent. */
  public static final Setting<Duration> IDLE_TIMEOUT =
      Setting.duration(
          "api.idle-timeout",
          Duration.ofMinutes(2),
          Duration.ofSeconds(1),
          DAY,
          "How long an HTTP client may neither send nor take anything before it is closed.");

  /** How long a refused body is read. */
  public static final Setting<Duration> LINGER =
      Setting.duration(
          "api.linger",
          Duration.ofSeconds(5),
          Duration.ZERO,
          Duration.ofMinutes(10),
          "How long what a client still sends is read and dropped after its request was refused,"
              + " so that it sees the answer before the connection is closed.");

  /** How often a quiet stream says that it lives. */
  public static final Setting<Duration> PUSH_HEARTBEAT =
      Setting.duration(
          "push.heartbeat",
          Duration.ofSeconds(15),
          Duration.ofMillis(50),
          DAY,
          "How often a quiet push stream sends a comment line; below api.idle-timeout.");

  /** Journal entries read at once. */
  public static final Setting<Integer> PUSH_BATCH =
      Setting.integer("push.batch", 100, 1, 10_000, "Journal entries a push stream reads at once.");

  /** Events sent at once. */
  public static final Setting<Integer> PUSH_WINDOW =
      Setting.integer(
          "push.window", 200, 1, 10_000, "Events a push stream makes and sends at once.");

  /** Streams of one user on one node. */
  public static final Setting<Integer> PUSH_STREAMS_PER_USER =
      Setting.integer(
          "push.streams-per-user", 50, 1, 100_000, "Push streams of one user on one node.");

  /** Streams of one node. */
  public static final Setting<Integer> PUSH_STREAMS =
      Setting.integer("push.streams", 10_000, 1, 1_000_000, "Push streams of one node.");

  /** How long a stream waits when the store is away. */
  public static final Setting<Duration> PUSH_RETRY =
      Setting.duration(
          "push.retry",
          Duration.ofSeconds(2),
          Duration.ofMillis(10),
          Duration.ofHours(1),
          "How long a push stream waits before it asks a store again that did not answer; clients"
              + " are asked to wait as long before they connect again.");

  /** All of them. */
  public static final List<Setting<?>> ALL =
      List.of(
          PORT,
          ACCESS_TOKEN,
          LOCAL_NAMES,
          MAIL_DOMAIN,
          DEFAULT_QUOTA,
          MAX_ADDRESSES,
          MAX_BODY,
          MAX_JSON_DEPTH,
          MAX_MESSAGE_SIZE,
          MAX_REQUEST_LINE,
          MAX_HEADERS,
          MAX_CONNECTIONS,
          MAX_CALLS,
          MAX_TRANSFERS,
          IDLE_TIMEOUT,
          LINGER,
          PUSH_HEARTBEAT,
          PUSH_BATCH,
          PUSH_WINDOW,
          PUSH_STREAMS_PER_USER,
          PUSH_STREAMS,
          PUSH_RETRY);

  private ApiSettings() {}

  private static Optional<String> domain(String text) {
    if (text.isEmpty()) {
      return Optional.empty();
    }
    EmailAddress.requireDomain(text);
    return Optional.of(EmailAddress.canonicalDomain(text));
  }
}
