package net.mailagent.api;

import java.time.Duration;
import net.mailagent.runtime.settings.Settings;

/**
 * What push streams may take; see {@link ApiSettings} for each.
 *
 * @param batch journal entries read at once
 * @param window events made and sent at once
 */
record PushLimits(
    Duration heartbeat, Duration retry, int batch, int window, int streamsPerUser, int streams) {

  static PushLimits from(Settings settings) {
    Duration heartbeat = settings.get(ApiSettings.PUSH_HEARTBEAT);
    Duration half = settings.get(ApiSettings.IDLE_TIMEOUT).dividedBy(2);
    return new PushLimits(
        heartbeat.compareTo(half) < 0 ? heartbeat : half, // a quiet stream is not an idle one
        settings.get(ApiSettings.PUSH_RETRY),
        settings.get(ApiSettings.PUSH_BATCH),
        settings.get(ApiSettings.PUSH_WINDOW),
        settings.get(ApiSettings.PUSH_STREAMS_PER_USER),
        settings.get(ApiSettings.PUSH_STREAMS));
  }
}
