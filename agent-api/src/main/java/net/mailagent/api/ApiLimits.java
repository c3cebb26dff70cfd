package net.mailagent.api;

import java.time.Duration;
import net.mailagent.runtime.settings.Settings;

/**
 * What one API listener allows; see {@link ApiSettings} for each. Sizes in octets.
 *
 * @param body of a JSON request
 * @param jsonDepth how deep JSON may nest
 * @param message that an upload brings
 * @param calls at the same time
 * @param transfers uploads and downloads at the same time
 * @param linger how long the rest of a refused body is read
 * @param connections at the same time
 */
record ApiLimits(
    int body,
    int jsonDepth,
    long message,
    int requestLine,
    int headers,
    int calls,
    int transfers,
    int connections,
    Duration idleTimeout,
    Duration linger) {

  static ApiLimits from(Settings settings) {
    return new ApiLimits(
        Math.toIntExact(settings.get(ApiSettings.MAX_BODY)),
        settings.get(ApiSettings.MAX_JSON_DEPTH),
        settings.get(ApiSettings.MAX_MESSAGE_SIZE),
        Math.toIntExact(settings.get(ApiSettings.MAX_REQUEST_LINE)),
        Math.toIntExact(settings.get(ApiSettings.MAX_HEADERS)),
        settings.get(ApiSettings.MAX_CALLS),
        settings.get(ApiSettings.MAX_TRANSFERS),
        settings.get(ApiSettings.MAX_CONNECTIONS),
        settings.get(ApiSettings.IDLE_TIMEOUT),
        settings.get(ApiSettings.LINGER));
  }
}
