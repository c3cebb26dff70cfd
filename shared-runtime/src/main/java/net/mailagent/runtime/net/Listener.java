package net.mailagent.runtime.net;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.netty.channel.AdaptiveRecvByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.socket.SocketChannelConfig;
import io.vertx.core.DeploymentOptions;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import io.vertx.core.Vertx;
import io.vertx.core.internal.net.NetSocketInternal;
import io.vertx.core.net.NetServer;
import io.vertx.core.net.NetServerOptions;
import io.vertx.core.net.NetSocket;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Accepts the connections of one protocol on event-loop verticles, one per core, with TCP_NODELAY.
 * Any thread but an event loop.
 */
public final class Listener implements AutoCloseable {
  private static final Duration AFTER_DRAIN = Duration.ofSeconds(5);
  private static final int BACKLOG = 1024;
  // One read takes no more than this: what a client can make us buffer before login stays small.
  private static final AdaptiveRecvByteBufAllocator READS =
      new AdaptiveRecvByteBufAllocator(512, 2048, 8192);
  // Vert.x lets the servers that listen on the same negative number share one free port; small
  // numbers it takes itself, for HTTP servers on port 0.
  private static final AtomicInteger FREE_PORTS = new AtomicInteger(-1000);

  private final Vertx vertx;
  private final ListenerOptions options;
  private final Supplier<? extends ConnectionHandler> handlers;
  private final Admission admission;
  private final OutputAhead ahead;
  private final Set<Connection> connections = ConcurrentHashMap.newKeySet();
  private final List<NetServer> servers = new CopyOnWriteArrayList<>();
  private final AtomicLong sequence = new AtomicLong();
  private final LongAdder accepted = new LongAdder();
  private final LongAdder refused = new LongAdder();
  private volatile boolean draining;
  private volatile String deployment = "";

  private Listener(
      Vertx vertx, ListenerOptions options, Supplier<? extends ConnectionHandler> handlers) {
    this.vertx = vertx;
    this.options = options;
    this.handlers = handlers;
    ConnectionLimits limits = options.limits();
    this.admission = new Admission(limits, System::nanoTime);
    this.ahead = new OutputAhead(limits.outputAhead(), limits.outputAheadBudget());
  }

  /**
   * Binds and starts to accept.
   *
   * @param handlers makes the handler of each new connection
   * @throws ListenException when the address cannot be bound
   */
  public static Listener start(
      Vertx vertx, ListenerOptions options, Supplier<? extends ConnectionHandler> handlers) {
    Listener listener = new Listener(vertx, options, handlers);
    int port = options.port() == 0 ? FREE_PORTS.decrementAndGet() : options.port();
    try {
      listener.deployment =
          vertx
              .deployVerticle(
                  () -> listener.new Acceptor(port),
                  new DeploymentOptions().setInstances(Runtime.getRuntime().availableProcessors()))
              .await();
    } catch (Exception e) {
      throw new ListenException(
          options.name()
              + " cannot listen on "
              + options.host()
              + ":"
              + options.port()
              + ": "
              + e.getMessage(),
          e);
    }
    return listener;
  }

  /** The port that is bound. */
  public int port() {
    return servers.getFirst().actualPort();
  }

  /** The name it was given. */
  public String name() {
    return options.name();
  }

  /** How many connections are open. */
  public int connections() {
    return admission.open();
  }

  /** Registers the counts of this listener's connections. */
  public void bindTo(MeterRegistry registry) {
    Gauge.builder("mailagent.connections.open", this, Listener::connections)
        .description("Connections that are open")
        .tag("listener", options.name())
        .register(registry);
    FunctionCounter.builder("mailagent.connections.accepted", accepted, LongAdder::sum)
        .description("Connections that were let in")
        .tag("listener", options.name())
        .register(registry);
    FunctionCounter.builder("mailagent.connections.refused", refused, LongAdder::sum)
        .description("Connections that were over a limit")
        .tag("listener", options.name())
        .register(registry);
  }

  /**
   * Stops accepting, lets the commands under way finish, has every handler say good-bye and closes;
   * whatever is still open after the time-out is closed as it is. Returns when all are gone.
   */
  public void drain(Duration timeout) {
    draining = true;
    // Vert.x closes the listening sockets at once and the connections when the time is over.
    servers.forEach(server -> server.shutdown(timeout.plus(AFTER_DRAIN)));
    connections.forEach(Connection::drain);
    awaitEmpty(timeout);
    close();
  }

  /** Stops accepting and closes every connection now. */
  @Override
  public void close() {
    draining = true;
    connections.forEach(Connection::abort);
    vertx.undeploy(deployment).otherwiseEmpty().await();
    awaitEmpty(AFTER_DRAIN);
  }

  private void awaitEmpty(Duration timeout) {
    long deadline = System.nanoTime() + timeout.toNanos();
    synchronized (connections) {
      while (!connections.isEmpty()) {
        long left = deadline - System.nanoTime();
        if (left <= 0) {
          return;
        }
        try {
          TimeUnit.NANOSECONDS.timedWait(connections, Math.max(left, 1_000_000));
        } catch (InterruptedException e) {
          Thread.currentThread().interrupt();
          return;
        }
      }
    }
  }

  /** Accepts on one event loop. */
  private final class Acceptor extends VerticleBase implements Transport.Owner {
    private final int port;

    Acceptor(int port) {
      this.port = port;
    }

    @Override
    public Future<?> start() {
      NetServer server =
          vertx
              .createNetServer(new NetServerOptions().setTcpNoDelay(true).setAcceptBacklog(BACKLOG))
              .connectHandler(this::accept);
      return server.listen(port, options.host()).onSuccess(servers::add);
    }

    private void accept(NetSocket socket) {
      // The transport takes the channel itself (see there). Vert.x's own end of it would cost each
      // connection 5 KiB of queues that nobody uses, more than all of ours together.
      ChannelHandlerContext vertxEnd = ((NetSocketInternal) socket).channelHandlerContext();
      Channel channel = vertxEnd.channel();
      channel.pipeline().remove(vertxEnd.handler());
      channel.config().setRecvByteBufAllocator(READS);
      ((SocketChannelConfig) channel.config()).setAllowHalfClosure(true);
      if (draining || !admission.enter()) {
        refused.increment();
        var _ = channel.close();
        return;
      }
      new Transport(channel, options, this).start();
    }

    @Override
    public @Nullable Connection identified(Transport transport) {
      if (draining || !admission.admit(transport.clientAddress())) {
        refused.increment();
        return null;
      }
      accepted.increment();
      String id = options.name() + "-" + Long.toString(sequence.incrementAndGet(), 36);
      Connection connection =
          new Connection(id, transport, handlers.get(), options.limits(), ahead);
      connections.add(connection);
      return connection;
    }

    @Override
    public void disconnected(Transport transport, boolean identified) {
      admission.exit();
      if (identified) {
        admission.leave(transport.clientAddress());
      }
    }

    @Override
    public void ended(Transport transport, @Nullable Connection connection) {
      if (connection != null) {
        connections.remove(connection);
        synchronized (connections) {
          connections.notifyAll();
        }
      }
    }
  }
}
