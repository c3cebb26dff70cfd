package net.mailagent.runtime.net;

import java.time.Duration;
import java.util.List;
import net.mailagent.runtime.settings.RuntimeSettings;
import net.mailagent.runtime.settings.Settings;

/**
 * What one listener and each of its connections may take.
 *
 * @param maxConnections connections at the same time
 * @param maxPerAddress connections at the same time from one client address
 * @param ratePerMinute new connections within a minute from one client address
 * @param exempt client networks to which the two limits per address do not apply
 * @param inputBeforeLogin octets of input kept before login, else like inputBuffer
 * @param inputBuffer octets of input kept per connection before its socket is paused
 * @param outputBuffer octets of output gathered before they are sent without being asked to
 * @param outputInFlight octets handed to the socket and not taken by it at which writers wait
 * @param outputAhead octets that a client who reads fast may have in flight besides
 * @param outputAheadBudget octets that all clients together may have in flight besides
 * @param writeTimeout how long the socket may take nothing before the connection is closed
 * @param handshakeTimeout how long a TLS handshake or a PROXY header may take
 */
public record ConnectionLimits(
    int maxConnections,
    int maxPerAddress,
    int ratePerMinute,
    List<Network> exempt,
    int inputBeforeLogin,
    int inputBuffer,
    int outputBuffer,
    int outputInFlight,
    int outputAhead,
    long outputAheadBudget,
    Duration writeTimeout,
    Duration handshakeTimeout) {

  public ConnectionLimits {
    exempt = List.copyOf(exempt);
  }

  /** The limits that the settings {@code connections.*} give. */
  public static ConnectionLimits from(Settings settings) {
    return new ConnectionLimits(
        settings.get(RuntimeSettings.MAX_CONNECTIONS),
        settings.get(RuntimeSettings.MAX_CONNECTIONS_PER_ADDRESS),
        settings.get(RuntimeSettings.CONNECTION_RATE),
        settings.get(RuntimeSettings.LIMITS_EXEMPT),
        Math.toIntExact(settings.get(RuntimeSettings.INPUT_BEFORE_LOGIN)),
        Math.toIntExact(settings.get(RuntimeSettings.INPUT_BUFFER)),
        Math.toIntExact(settings.get(RuntimeSettings.OUTPUT_BUFFER)),
        Math.toIntExact(settings.get(RuntimeSettings.OUTPUT_IN_FLIGHT)),
        Math.toIntExact(settings.get(RuntimeSettings.OUTPUT_AHEAD)),
        settings.get(RuntimeSettings.OUTPUT_AHEAD_BUDGET),
        settings.get(RuntimeSettings.WRITE_TIMEOUT),
        settings.get(RuntimeSettings.HANDSHAKE_TIMEOUT));
  }
}
