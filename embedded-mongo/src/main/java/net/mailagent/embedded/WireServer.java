package net.mailagent.embedded;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Accepts connections, one platform thread each: a database command may compute for long, and
 * platform threads share the cores fairly where virtual ones would not.
 */
final class WireServer implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(WireServer.class);
  private static final long CLOSE_SECONDS = 10;
  private static final int EXPIRY_MILLIS = 1_000;

  private final ServerSocket listener;
  private final CommandHandler handler;
  private final EmbeddedMongoSettings settings;
  private final Set<Connection> connections = ConcurrentHashMap.newKeySet();
  private final LargeBuffers large = new LargeBuffers();
  private final Thread acceptor;
  private volatile boolean closing;

  private WireServer(
      ServerSocket listener,
      CommandHandler handler,
      EmbeddedMongoSettings settings,
      Runnable everySecond) {
    this.listener = listener;
    this.handler = handler;
    this.settings = settings;
    this.acceptor =
        Thread.ofPlatform()
            .name("mongo-accept-" + listener.getLocalPort())
            .daemon()
            .unstarted(() -> accept(everySecond));
  }

  /**
   * @param everySecond run by the accepting thread about once a second
   * @throws IOException when the port is taken
   */
  static WireServer start(
      EmbeddedMongoSettings settings, CommandHandler handler, Runnable everySecond)
      throws IOException {
    ServerSocket listener = new ServerSocket();
    try {
      listener.setReuseAddress(true);
      listener.bind(
          new InetSocketAddress(InetAddress.getByName(settings.host()), settings.port()), 512);
      listener.setSoTimeout(EXPIRY_MILLIS);
    } catch (IOException e) {
      listener.close();
      throw e;
    }
    WireServer server = new WireServer(listener, handler, settings, everySecond);
    server.acceptor.start();
    return server;
  }

  InetSocketAddress address() {
    return (InetSocketAddress) listener.getLocalSocketAddress();
  }

  private void accept(Runnable everySecond) {
    while (!closing) {
      try {
        Socket socket = listener.accept();
        if (connections.size() >= settings.maxConnections()) {
          log.warn("more than {} connections: closed one at once", settings.maxConnections());
          socket.close();
        } else {
          serve(socket);
        }
      } catch (java.net.SocketTimeoutException e) {
        everySecond.run();
      } catch (IOException e) {
        if (!closing) {
          log.warn("accepting a connection", e);
        }
      }
    }
  }

  private void serve(Socket socket) throws SocketException {
    socket.setTcpNoDelay(true);
    Connection connection = new Connection(socket, handler, settings, large);
    connections.add(connection);
    Thread thread =
        Thread.ofPlatform()
            .name("mongo-" + socket.getPort())
            .daemon()
            .unstarted(() -> {
              try {
                connection.run();
              } finally {
                connections.remove(connection);
              }
            });
    connection.startOn(thread);
    if (closing) {
      connection.close();
    }
  }

  /** Takes no more, closes all connections, waits for the commands that are running. */
  @Override
  public void close() {
    closing = true;
    try {
      listener.close();
      acceptor.join(TimeUnit.SECONDS.toMillis(CLOSE_SECONDS));
      connections.forEach(Connection::close);
      for (Connection connection : connections) {
        connection.join(TimeUnit.SECONDS.toMillis(CLOSE_SECONDS));
      }
    } catch (IOException e) {
      log.warn("closing the listener", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
