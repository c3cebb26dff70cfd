package net.mailagent.lmtp;

import java.time.Duration;
import java.util.List;
import net.mailagent.runtime.net.HostName;
import net.mailagent.runtime.net.Network;
import net.mailagent.runtime.settings.Settings;

/**
 * What one LMTP listener allows and believes; see {@link LmtpSettings} for each.
 *
 * @param hostname in greetings and trace fields
 * @param messageSize in octets
 * @param lineLength in octets, without line end
 * @param traceLookahead in octets
 */
record LmtpLimits(
    String hostname,
    boolean startTls,
    long messageSize,
    int lineLength,
    int recipients,
    int errors,
    Duration idleTimeout,
    boolean overQuotaPermanent,
    List<Network> trusted,
    Duration redeliveryWindow,
    int traceLookahead) {

  static LmtpLimits from(Settings settings) {
    return new LmtpLimits(
        settings.get(LmtpSettings.HOSTNAME).orElseGet(HostName::own),
        settings.get(LmtpSettings.STARTTLS),
        settings.get(LmtpSettings.MAX_MESSAGE_SIZE),
        Math.toIntExact(settings.get(LmtpSettings.MAX_LINE)),
        settings.get(LmtpSettings.MAX_RECIPIENTS),
        settings.get(LmtpSettings.MAX_ERRORS),
        settings.get(LmtpSettings.IDLE_TIMEOUT),
        settings.get(LmtpSettings.OVER_QUOTA_PERMANENT),
        settings.get(LmtpSettings.TRUSTED),
        settings.get(LmtpSettings.REDELIVERY_WINDOW),
        Math.toIntExact(settings.get(LmtpSettings.TRACE_LOOKAHEAD)));
  }
}
