package net.mailagent.runtime.net;

import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.function.Supplier;

/**
 * Accepts the connections of one protocol on event-loop verticles, one per core, with TCP_NODELAY.
 * Any thread but an event loop.
 */
public final class Listener implements AutoCloseable {
  private Listener() {}

  /**
   * Binds and starts to accept.
   *
   * @param handlers makes the handler of each new connection
   * @throws ListenException when the address cannot be bound
   */
  public static Listener start(
      Vertx vertx, ListenerOptions options, Supplier<? extends ConnectionHandler> handlers) {
    throw new UnsupportedOperationException();
  }

  /** The port that is bound. */
  public int port() {
    throw new UnsupportedOperationException();
  }

  /** How many connections are open. */
  public int connections() {
    throw new UnsupportedOperationException();
  }

  /**
   * Stops accepting, lets the commands under way finish, has every handler say good-bye and closes;
   * whatever is still open after the time-out is closed as it is. Returns when all are gone.
   */
  public void drain(Duration timeout) {
    throw new UnsupportedOperationException();
  }

  /** Stops accepting and closes every connection now. */
  @Override
  public void close() {
    throw new UnsupportedOperationException();
  }
}
