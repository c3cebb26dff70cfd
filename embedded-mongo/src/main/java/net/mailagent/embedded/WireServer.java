package net.mailagent.embedded;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
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
  private static final long EXPIRY_NANOS = TimeUnit.MILLISECONDS.toNanos(EXPIRY_MILLIS);
  private static final long PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(100);
  private static final long QUIET_NANOS = TimeUnit.MINUTES.toNanos(1);

  private final ServerSocket listener;
  private final CommandHandler handler;
  private final EmbeddedMongoSettings settings;
  private final ThreadFactory threads;
  private final Set<Connection> connections = ConcurrentHashMap.newKeySet();
  private final LargeBuffers large = new LargeBuffers();
  private final Thread acceptor;
  private long quietUntil = System.nanoTime(); // of the accepting thread
  private volatile boolean closing;

  private WireServer(
      ServerSocket listener,
      CommandHandler handler,
      EmbeddedMongoSettings settings,
      ThreadFactory threads,
      Runnable everySecond) {
    this.listener = listener;
    this.handler = handler;
    this.settings = settings;
    this.threads = threads;
    this.acceptor =
        Thread.ofPlatform()
            .name("mongo-accept-" + listener.getLocalPort())
            .daemon()
            .unstarted(() -> accept(everySecond));
  }

  /**
   * @param threads gives each connection its own
   * @param everySecond run by the accepting thread about once a second
   * @throws IOException when the port is taken
   */
  static WireServer start(
      EmbeddedMongoSettings settings,
      CommandHandler handler,
      ThreadFactory threads,
      Runnable everySecond)
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
    WireServer server = new WireServer(listener, handler, settings, threads, everySecond);
    server.acceptor.start();
    return server;
  }

  InetSocketAddress address() {
    return (InetSocketAddress) listener.getLocalSocketAddress();
  }

  /** Whatever goes wrong with one connection, the next is accepted. */
  private void accept(Runnable everySecond) {
    long ran = System.nanoTime();
    while (!closing) {
      try {
        if (System.nanoTime() - ran >= EXPIRY_NANOS) {
          ran = System.nanoTime();
          everySecond.run();
        }
        serve(listener.accept());
      } catch (SocketTimeoutException e) {
        // nobody came
      } catch (Throwable e) {
        if (!closing) {
          pause(e);
        }
      }
    }
  }

  /** Out of threads, memory or file descriptors: some come free as others end. */
  private void pause(Throwable reason) {
    if (System.nanoTime() - quietUntil >= 0) {
      quietUntil = System.nanoTime() + QUIET_NANOS;
      log.warn("accepting a connection (said once in a while)", reason);
    }
    LockSupport.parkNanos(PAUSE_NANOS);
  }

  private void serve(Socket socket) throws IOException {
    if (connections.size() >= settings.maxConnections()) {
      log.warn("more than {} connections: closed one at once", settings.maxConnections());
      socket.close();
      return;
    }
    Connection connection = new Connection(socket, handler, settings, large);
    connections.add(connection);
    try {
      socket.setTcpNoDelay(true);
      Thread thread =
          threads.newThread(() -> {
            try {
              connection.run();
            } finally {
              connections.remove(connection);
            }
          });
      thread.setName("mongo-" + socket.getPort());
      connection.startOn(thread);
    } catch (Throwable e) {
      connections.remove(connection);
      connection.close();
      throw e;
    }
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
