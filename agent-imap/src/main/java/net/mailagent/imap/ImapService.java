package net.mailagent.imap;

import io.micrometer.core.instrument.MeterRegistry;
import io.vertx.core.Vertx;
import java.time.Duration;
import net.mailagent.imap.connection.ImapConnection;
import net.mailagent.imap.handler.Ports;
import net.mailagent.imap.handler.SessionLimits;
import net.mailagent.runtime.net.ConnectionLimits;
import net.mailagent.runtime.net.Listener;
import net.mailagent.runtime.net.ListenerOptions;
import net.mailagent.runtime.settings.RuntimeSettings;
import net.mailagent.runtime.settings.Settings;
import net.mailagent.runtime.tls.TlsIdentity;

/**
 * The IMAP agent, running: a listener with STARTTLS and one behind TLS. One call serves the program
 * and tests alike. Any thread but an event loop.
 */
public final class ImapService implements AutoCloseable {
  private final Listener plain;
  private final Listener tls;

  private ImapService(Listener plain, Listener tls) {
    this.plain = plain;
    this.tls = tls;
  }

  /**
   * Binds both ports and starts to serve.
   *
   * @param settings {@link ImapSettings} and what all protocols share
   * @param registry where the counts of connections are told
   * @throws net.mailagent.runtime.net.ListenException when a port cannot be bound
   */
  public static ImapService start(
      Vertx vertx, Settings settings, TlsIdentity identity, Ports ports, MeterRegistry registry) {
    SessionLimits limits = SessionLimits.from(settings);
    Listener plain =
        Listener.start(
            vertx,
            options(settings, identity, "imap", settings.get(ImapSettings.PORT), false),
            () -> new ImapConnection(vertx, ports, limits));
    try {
      Listener tls =
          Listener.start(
              vertx,
              options(settings, identity, "imaps", settings.get(ImapSettings.TLS_PORT), true),
              () -> new ImapConnection(vertx, ports, limits));
      plain.bindTo(registry);
      tls.bindTo(registry);
      return new ImapService(plain, tls);
    } catch (RuntimeException e) {
      plain.close();
      throw e;
    }
  }

  private static ListenerOptions options(
      Settings settings, TlsIdentity identity, String name, int port, boolean implicitTls) {
    return new ListenerOptions(
        name,
        settings.get(RuntimeSettings.HOST),
        port,
        identity,
        implicitTls,
        ConnectionLimits.from(settings),
        settings.get(RuntimeSettings.PROXIES),
        "* BYE [UNAVAILABLE] Too many connections");
  }

  /** The port with STARTTLS. */
  public int port() {
    return plain.port();
  }

  /** The port behind TLS. */
  public int tlsPort() {
    return tls.port();
  }

  /** How many connections are open. */
  public int connections() {
    return plain.connections() + tls.connections();
  }

  /** Stops accepting, lets commands under way finish, says good-bye; as {@link Listener#drain}. */
  public void drain(Duration timeout) {
    Thread other = Thread.ofVirtual().start(() -> tls.drain(timeout));
    plain.drain(timeout);
    try {
      other.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Stops accepting and closes every connection now. */
  @Override
  public void close() {
    plain.close();
    tls.close();
  }
}
