package net.mailagent.imap.handler;

import java.time.Duration;
import net.mailagent.imap.ImapSettings;
import net.mailagent.imap.wire.WireLimits;
import net.mailagent.runtime.settings.Settings;

/**
 * The bounds of a session, as {@link ImapSettings} describe them.
 *
 * @param beforeLogin bounds of a command before login
 * @param afterLogin bounds of a command after it
 */
public record SessionLimits(
    WireLimits beforeLogin,
    WireLimits afterLogin,
    int pattern,
    long appendLimit,
    int badCommands,
    Duration loginTimeout,
    Duration idleTimeout,
    Duration heartbeat,
    Duration retry,
    Duration snapshot,
    int fetchBatch,
    int maxMailboxes,
    int maxSubscriptions) {

  /** The limits that the settings {@code imap.*} give. */
  public static SessionLimits from(Settings settings) {
    int depth = settings.get(ImapSettings.DEPTH);
    int flag = settings.get(ImapSettings.FLAG);
    int keys = settings.get(ImapSettings.SEARCH_KEYS);
    int literalBefore = Math.toIntExact(settings.get(ImapSettings.LITERAL_BEFORE_LOGIN));
    return new SessionLimits(
        new WireLimits(
            Math.toIntExact(settings.get(ImapSettings.LINE_BEFORE_LOGIN)),
            literalBefore,
            4 * literalBefore, // LOGIN takes two
            depth,
            flag,
            keys),
        new WireLimits(
            Math.toIntExact(settings.get(ImapSettings.LINE)),
            Math.toIntExact(settings.get(ImapSettings.LITERAL)),
            Math.toIntExact(settings.get(ImapSettings.LITERALS)),
            depth,
            flag,
            keys),
        settings.get(ImapSettings.PATTERN),
        settings.get(ImapSettings.APPEND_LIMIT),
        settings.get(ImapSettings.BAD_COMMANDS),
        settings.get(ImapSettings.LOGIN_TIMEOUT),
        settings.get(ImapSettings.IDLE_TIMEOUT),
        settings.get(ImapSettings.HEARTBEAT),
        settings.get(ImapSettings.RETRY),
        settings.get(ImapSettings.SNAPSHOT),
        settings.get(ImapSettings.FETCH_BATCH),
        settings.get(ImapSettings.MAX_MAILBOXES),
        settings.get(ImapSettings.MAX_SUBSCRIPTIONS));
  }
}
