package net.mailagent.lmtp;

import io.micrometer.core.instrument.MeterRegistry;
import io.vertx.core.Vertx;
import java.time.Duration;
import net.mailagent.model.port.Accounts;
import net.mailagent.model.port.Messages;
import net.mailagent.runtime.net.ConnectionLimits;
import net.mailagent.runtime.net.Listener;
import net.mailagent.runtime.net.ListenerOptions;
import net.mailagent.runtime.settings.RuntimeSettings;
import net.mailagent.runtime.settings.Settings;
import net.mailagent.runtime.tls.TlsIdentity;

/** The LMTP listener of a node. Any thread but an event loop. */
public final class LmtpAgent implements AutoCloseable {
  private final Listener listener;

  private LmtpAgent(Listener listener) {
    this.listener = listener;
  }

  /**
   * Binds and starts to accept.
   *
   * @param settings {@link LmtpSettings} and {@link RuntimeSettings}
   * @param tls what STARTTLS presents
   * @param registry where its meters go
   * @throws net.mailagent.runtime.net.ListenException when the address cannot be bound
   */
  public static LmtpAgent start(
      Vertx vertx,
      Settings settings,
      TlsIdentity tls,
      Accounts accounts,
      Messages messages,
      MeterRegistry registry) {
    LmtpLimits limits = LmtpLimits.from(settings);
    LmtpMeters meters = new LmtpMeters(registry);
    ListenerOptions options =
        new ListenerOptions(
            "lmtp",
            settings.get(RuntimeSettings.HOST),
            settings.get(LmtpSettings.PORT),
            tls,
            false,
            ConnectionLimits.from(settings),
            settings.get(RuntimeSettings.PROXIES),
            "421 4.7.0 " + limits.hostname() + " too many connections, try again later");
    Listener listener =
        Listener.start(vertx, options, () -> new LmtpSession(limits, accounts, messages, meters));
    listener.bindTo(registry);
    return new LmtpAgent(listener);
  }

  /** The port that is bound. */
  public int port() {
    return listener.port();
  }

  /** How many connections are open. */
  public int connections() {
    return listener.connections();
  }

  /**
   * Stops accepting, lets transactions under way finish, says 421 to everybody and closes; what is
   * still open after the time-out is closed as it is.
   */
  public void drain(Duration timeout) {
    listener.drain(timeout);
  }

  /** Closes everything now. */
  @Override
  public void close() {
    listener.close();
  }
}
