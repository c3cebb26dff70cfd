package net.mailagent.api;

import java.time.Duration;
import net.mailagent.runtime.settings.Settings;

/**
 * What one API listener allows; see {@link ApiSettings} for each. Sizes in octets.
 *
 * @param body of a JSON request
 * @param jsonDepth how deep JSON may nest
 * @param calls at the same time
 * @param connections at the same time
 */
record ApiLimits(
    int body,
    int jsonDepth,
    int requestLine,
    int headers,
    int calls,
    int connections,
    Duration idleTimeout) {

  static ApiLimits from(Settings settings) {
    return new ApiLimits(
        Math.toIntExact(settings.get(ApiSettings.MAX_BODY)),
        settings.get(ApiSettings.MAX_JSON_DEPTH),
        Math.toIntExact(settings.get(ApiSettings.MAX_REQUEST_LINE)),
        Math.toIntExact(settings.get(ApiSettings.MAX_HEADERS)),
        settings.get(ApiSettings.MAX_CALLS),
        settings.get(ApiSettings.MAX_CONNECTIONS),
        settings.get(ApiSettings.IDLE_TIMEOUT));
  }
}
