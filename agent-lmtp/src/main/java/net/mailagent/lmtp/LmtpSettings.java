package net.mailagent.lmtp;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import net.mailagent.runtime.net.Network;
import net.mailagent.runtime.settings.Setting;

/** The settings of LMTP. */
public final class LmtpSettings {
  /** The port that LMTP listens on; 0 takes a free one. */
  public static final Setting<Integer> PORT =
      Setting.integer("lmtp.port", 2424, 0, 65_535, "The port of LMTP; 0 takes a free one.");

  /** Whether STARTTLS is offered. */
  public static final Setting<Boolean> STARTTLS =
      Setting.flag("lmtp.starttls", true, "Whether LMTP offers STARTTLS.");

  /** What this host calls itself in greetings and trace fields. */
  public static final Setting<Optional<String>> HOSTNAME =
      Setting.optionalText(
          "lmtp.hostname",
          "The name this host gives itself in LMTP and in Received fields; by default the host's"
              + " own.");

  /** The largest message in octets, without trace header. */
  public static final Setting<Long> MAX_MESSAGE_SIZE =
      Setting.size(
          "lmtp.max-message-size",
          50L << 20,
          1L << 10,
          64L << 30,
          "The largest message that LMTP takes.");

  /** The longest command line in octets, without its end. */
  public static final Setting<Long> MAX_LINE =
      Setting.size("lmtp.max-line", 4096, 512, 1 << 20, "The longest LMTP command line.");

  /** Accepted recipients of one transaction. */
  public static final Setting<Integer> MAX_RECIPIENTS =
      Setting.integer(
          "lmtp.max-recipients",
          1000,
          100,
          100_000,
          "Recipients of one message; the sender tries further ones in a transaction of their"
              + " own.");

  /** Wrong commands of a connection before it is closed. */
  public static final Setting<Integer> MAX_ERRORS =
      Setting.integer(
          "lmtp.max-errors",
          100,
          1,
          1_000_000,
          "Wrong commands on one connection before it is closed.");

  /** How long a client may say nothing. */
  public static final Setting<Duration> IDLE_TIMEOUT =
      Setting.duration(
          "lmtp.idle-timeout",
          Duration.ofMinutes(5),
          Duration.ofMillis(100),
          Duration.ofDays(1),
          "How long an LMTP client may say nothing before it is closed (RFC 5321 asks for 5m).");

  /** Whether over quota is a permanent failure. */
  public static final Setting<Boolean> OVER_QUOTA_PERMANENT =
      Setting.flag(
          "lmtp.over-quota-permanent",
          false,
          "Whether mail over quota is refused for good (552 5.2.2) instead of for now (452"
              + " 4.2.2).");

  /** Networks of relays that may say where a message came from. */
  public static final Setting<List<Network>> TRUSTED =
      Setting.of(
          "lmtp.trusted",
          "127.0.0.0/8,::1/128",
          Network::parseAll,
          "networks such as 10.0.0.0/8,::1/128, or nothing",
          "Networks of mail relays whose XFORWARD and Received queue ids are believed: a message"
              + " they deliver again under the same queue id is not stored twice.");

  /** How old the topmost Received field may be for its queue id to count. */
  public static final Setting<Duration> REDELIVERY_WINDOW =
      Setting.duration(
          "lmtp.redelivery-window",
          Duration.ofDays(5),
          Duration.ZERO,
          Duration.ofDays(30),
          "How old a relay's Received field may be for its queue id to mean a redelivery; older"
              + " ones come from imported mail. 0s takes queue ids from XFORWARD only.");

  /** How many octets of a message are searched for the topmost Received field. */
  public static final Setting<Long> TRACE_LOOKAHEAD =
      Setting.size(
          "lmtp.trace-lookahead",
          8 << 10,
          0,
          1 << 20,
          "How much of a message is searched for the relay's Received field.");

  /** All of them. */
  public static final List<Setting<?>> ALL =
      List.of(
          PORT,
          STARTTLS,
          HOSTNAME,
          MAX_MESSAGE_SIZE,
          MAX_LINE,
          MAX_RECIPIENTS,
          MAX_ERRORS,
          IDLE_TIMEOUT,
          OVER_QUOTA_PERMANENT,
          TRUSTED,
          REDELIVERY_WINDOW,
          TRACE_LOOKAHEAD);

  private LmtpSettings() {}
}
