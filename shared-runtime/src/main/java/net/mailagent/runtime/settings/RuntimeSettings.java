package net.mailagent.runtime.settings;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import net.mailagent.runtime.net.Network;

/** The settings of what all protocols share. */
public final class RuntimeSettings {
  private static final Duration SECOND = Duration.ofSeconds(1);
  private static final Duration HOUR = Duration.ofHours(1);
  private static final String NETWORKS = "networks such as 10.0.0.0/8,::1/128, or nothing";

  /** The address that all listeners bind. */
  public static final Setting<String> HOST =
      Setting.text("host", "127.0.0.1", "The address that all listeners bind.");

  /** How long commands under way may take when the node stops. */
  public static final Setting<Duration> DRAIN_TIMEOUT =
      Setting.duration(
          "drain-timeout",
          Duration.ofSeconds(10),
          Duration.ZERO,
          HOUR,
          "How long commands under way may take when the node stops.");

  /** The certificate chain, PEM; together with {@link #TLS_KEY}. */
  public static final Setting<Optional<String>> TLS_CERTIFICATE =
      Setting.optionalText(
          "tls.certificate",
          "The certificate chain in PEM. Without it a self-signed certificate is made in the data"
              + " directory.");

  /** The private key, PEM (PKCS#8, PKCS#1 or SEC1, not encrypted). */
  public static final Setting<Optional<String>> TLS_KEY =
      Setting.optionalText("tls.key", "The private key in PEM, not encrypted.");

  /** Connections at the same time, per listener. */
  public static final Setting<Integer> MAX_CONNECTIONS =
      Setting.integer(
          "connections.max", 20_000, 1, 1_000_000, "Connections at the same time, per listener.");

  /** Connections at the same time from one address, per listener. */
  public static final Setting<Integer> MAX_CONNECTIONS_PER_ADDRESS =
      Setting.integer(
          "connections.max-per-address",
          100,
          1,
          1_000_000,
          "Connections at the same time from one client address, per listener.");

  /** New connections within a minute from one address, per listener. */
  public static final Setting<Integer> CONNECTION_RATE =
      Setting.integer(
          "connections.rate-per-minute",
          300,
          1,
          1_000_000,
          "New connections within a minute from one client address, per listener.");

  /** Networks to which the limits per address do not apply. */
  public static final Setting<List<Network>> LIMITS_EXEMPT =
      Setting.of(
          "connections.exempt",
          "127.0.0.0/8,::1/128",
          Network::parseAll,
          NETWORKS,
          "Client networks to which the limits per address do not apply: webmails, relays.");

  /** Networks of proxies that speak the PROXY protocol. */
  public static final Setting<List<Network>> PROXIES =
      Setting.of(
          "connections.proxies",
          "",
          Network::parseAll,
          NETWORKS,
          "Networks of load balancers: from these, and only these, each connection of IMAP and LMTP"
              + " must start with a PROXY protocol header (v1 or v2), which gives the client's"
              + " address. The HTTP API reads none, and wants its access token of who comes from"
              + " there.");

  /** Octets of input kept per connection before its socket is paused, until somebody logged in. */
  public static final Setting<Long> INPUT_BEFORE_LOGIN =
      Setting.size(
          "connections.input-before-login",
          4 << 10,
          1 << 10,
          16 << 20,
          "Input kept per connection before its socket is paused, until somebody logged in.");

  /** Octets of input kept per connection before its socket is paused. */
  public static final Setting<Long> INPUT_BUFFER =
      Setting.size(
          "connections.input-buffer",
          64 << 10,
          4 << 10,
          16 << 20,
          "Input kept per connection before its socket is paused.");

  /** Octets of output gathered before they are sent without a flush. */
  public static final Setting<Long> OUTPUT_BUFFER =
      Setting.size(
          "connections.output-buffer",
          64 << 10,
          1 << 10,
          16 << 20,
          "Output gathered per connection before it is sent.");

  /** Octets handed to the socket and not yet taken by it at which writers wait. */
  public static final Setting<Long> OUTPUT_IN_FLIGHT =
      Setting.size(
          "connections.output-in-flight",
          128 << 10,
          1 << 10,
          64 << 20,
          "Output per connection that the socket has not taken, past which writers wait.");

  /** Octets that a client who reads fast may have in flight beyond {@link #OUTPUT_IN_FLIGHT}. */
  public static final Setting<Long> OUTPUT_AHEAD =
      Setting.size(
          "connections.output-ahead",
          1 << 20,
          0,
          64 << 20,
          "Output beyond that in flight to a client who reads fast.");

  /** Octets that all clients of a listener together may have in flight in that way. */
  public static final Setting<Long> OUTPUT_AHEAD_BUDGET =
      Setting.size(
          "connections.output-ahead-budget",
          16 << 20,
          0,
          16L << 30,
          "What all clients of one listener together get of output-ahead.");

  /** How long a client may take nothing of its output. */
  public static final Setting<Duration> WRITE_TIMEOUT =
      Setting.duration(
          "connections.write-timeout",
          Duration.ofMinutes(2),
          Duration.ofMillis(100),
          HOUR,
          "How long a client may read nothing of what is sent to it before it is closed.");

  /** How long a TLS handshake or a PROXY header may take. */
  public static final Setting<Duration> HANDSHAKE_TIMEOUT =
      Setting.duration(
          "connections.handshake-timeout",
          Duration.ofSeconds(30),
          Duration.ofMillis(100),
          HOUR,
          "How long a TLS handshake or a PROXY protocol header may take.");

  /** Argon2id memory, in KiB. */
  public static final Setting<Integer> ARGON2_MEMORY =
      Setting.integer(
          "passwords.argon2-memory",
          19_456,
          8,
          4_194_304,
          "Memory of one Argon2id password hash, in KiB.");

  /** Argon2id passes. */
  public static final Setting<Integer> ARGON2_ITERATIONS =
      Setting.integer(
          "passwords.argon2-iterations", 2, 1, 100, "Passes of one Argon2id password hash.");

  /** Argon2id lanes. */
  public static final Setting<Integer> ARGON2_PARALLELISM =
      Setting.integer(
          "passwords.argon2-parallelism", 1, 1, 64, "Lanes of one Argon2id password hash.");

  /** Password hashes computed at the same time; 0: one per processor. */
  public static final Setting<Integer> PASSWORD_THREADS =
      Setting.integer(
          "passwords.threads",
          0,
          0,
          256,
          "Password hashes computed at the same time; 0 is one per processor.");

  /** Password hashes that may wait. */
  public static final Setting<Integer> PASSWORD_QUEUE =
      Setting.integer(
          "passwords.queue",
          256,
          1,
          100_000,
          "Logins that may wait for a password hash; further ones are told to try later.");

  /** How long a verified password is remembered; zero: never. */
  public static final Setting<Duration> AUTH_CACHE_TTL =
      Setting.duration(
          "auth.cache-ttl",
          Duration.ofMinutes(5),
          Duration.ZERO,
          HOUR,
          "How long a verified password is remembered (as a keyed digest, in memory); 0s is"
              + " never.");

  /** How many verified passwords are remembered. */
  public static final Setting<Integer> AUTH_CACHE_SIZE =
      Setting.integer(
          "auth.cache-size", 10_000, 0, 10_000_000, "How many verified passwords are remembered.");

  /** Wrong passwords before delays begin. */
  public static final Setting<Integer> AUTH_FREE_FAILURES =
      Setting.integer(
          "auth.free-failures",
          3,
          0,
          1000,
          "Wrong passwords per address and per login before delays begin.");

  /** The first delay, doubled by each further failure. */
  public static final Setting<Duration> AUTH_DELAY =
      Setting.duration(
          "auth.delay",
          SECOND,
          Duration.ofMillis(1),
          HOUR,
          "The first delay after too many wrong passwords; each further one doubles it.");

  /** The longest delay an attempt waits; beyond it is refused. */
  public static final Setting<Duration> AUTH_MAX_WAIT =
      Setting.duration(
          "auth.max-wait",
          Duration.ofSeconds(15),
          Duration.ZERO,
          HOUR,
          "How long a login waits at most for its turn; one that would wait longer is refused.");

  /** The longest delay between two attempts. */
  public static final Setting<Duration> AUTH_MAX_DELAY =
      Setting.duration(
          "auth.max-delay",
          Duration.ofMinutes(5),
          Duration.ofMillis(1),
          Duration.ofDays(1),
          "The longest delay between two attempts that wrong passwords can lead to.");

  /** How many addresses, and how many logins, the throttle keeps in mind. */
  public static final Setting<Integer> AUTH_THROTTLE_KEYS =
      Setting.integer(
          "auth.throttle-keys",
          100_000,
          100,
          10_000_000,
          "How many addresses, and how many logins, with wrong passwords are kept in mind.");

  /** All of them. */
  public static final List<Setting<?>> ALL =
      List.of(
          HOST,
          DRAIN_TIMEOUT,
          TLS_CERTIFICATE,
          TLS_KEY,
          MAX_CONNECTIONS,
          MAX_CONNECTIONS_PER_ADDRESS,
          CONNECTION_RATE,
          LIMITS_EXEMPT,
          PROXIES,
          INPUT_BEFORE_LOGIN,
          INPUT_BUFFER,
          OUTPUT_BUFFER,
          OUTPUT_IN_FLIGHT,
          OUTPUT_AHEAD,
          OUTPUT_AHEAD_BUDGET,
          WRITE_TIMEOUT,
          HANDSHAKE_TIMEOUT,
          ARGON2_MEMORY,
          ARGON2_ITERATIONS,
          ARGON2_PARALLELISM,
          PASSWORD_THREADS,
          PASSWORD_QUEUE,
          AUTH_CACHE_TTL,
          AUTH_CACHE_SIZE,
          AUTH_FREE_FAILURES,
          AUTH_DELAY,
          AUTH_MAX_WAIT,
          AUTH_MAX_DELAY,
          AUTH_THROTTLE_KEYS);

  private RuntimeSettings() {}
}
