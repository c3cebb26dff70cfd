package net.mailagent.runtime.net;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.channel.socket.DuplexChannel;
import io.netty.handler.ssl.SslCloseCompletionEvent;
import io.netty.handler.ssl.SslHandler;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.function.IntConsumer;
import javax.net.ssl.SSLSession;
import org.jspecify.annotations.Nullable;

/**
 * The socket of one connection: the channel below Vert.x's socket. Bytes are taken from the channel
 * itself because three things need its order of events: no octet is read between the answer to
 * STARTTLS and TLS, a PROXY header comes before TLS, and a client that has ended its side still
 * gets its answers. Lives on its event loop; what any thread may call says so.
 */
@SuppressWarnings("FutureReturnValueIgnored") // nobody waits for a close: channelInactive tells it
final class Transport extends ChannelInboundHandlerAdapter {
  // Handshakes sign and agree on keys, which is too long for an event loop.
  private static final Executor TLS_TASKS =
      Executors.newThreadPerTaskExecutor(Thread.ofVirtual().name("tls-", 0).factory());
  private static final long LINGER_MILLIS = 2_000;

  private final Channel channel;
  private final ListenerOptions options;
  private final Owner owner;

  private volatile InetSocketAddress remote;
  private volatile InetSocketAddress local;
  private volatile boolean tlsAtProxy;
  private volatile @Nullable SslHandler tls;

  private @Nullable Connection connection;
  private boolean held;
  private boolean inputEnded;
  private boolean lingering;
  private boolean inactive;
  private boolean released;

  /** Who makes connections and counts them; called on the event loop. */
  interface Owner {
    /** The client is known; the connection of a client that may come in, else null. */
    @Nullable Connection identified(Transport transport);

    /** The socket is closed and the handler is done. */
    void ended(Transport transport, @Nullable Connection connection);

    /** The socket is closed. */
    void disconnected(Transport transport, boolean identified);
  }

  Transport(Channel channel, ListenerOptions options, Owner owner) {
    this.channel = channel;
    this.remote = (InetSocketAddress) channel.remoteAddress();
    this.local = (InetSocketAddress) channel.localAddress();
    this.options = options;
    this.owner = owner;
  }

  /**
   * Takes the channel over; the handler is told when the client is known and TLS, if implicit, up.
   */
  void start() {
    channel.pipeline().addFirst("connection", this);
    boolean proxied = Network.anyContains(options.proxies(), clientAddress());
    if (options.implicitTls()) {
      addTls()
          .handshakeFuture()
          .addListener(handshake -> {
            if (handshake.isSuccess() && connection != null) {
              connection.open();
            } else {
              channel.close();
            }
          });
    }
    if (proxied) {
      channel.pipeline().addFirst("proxy", new ProxyHeader(this::proxied));
      channel
          .eventLoop()
          .schedule(
              () -> {
                if (connection == null) {
                  channel.close();
                }
              },
              options.limits().handshakeTimeout().toMillis(),
              TimeUnit.MILLISECONDS);
    } else {
      identified();
    }
  }

  private void proxied(ProxyHeader.Origin origin) {
    InetSocketAddress client = origin.client();
    InetSocketAddress target = origin.local();
    if (client != null && target != null) {
      remote = client;
      local = target;
      tlsAtProxy = origin.tls();
    }
    identified();
  }

  private void identified() {
    connection = owner.identified(this);
    if (connection == null) {
      refuse();
    } else if (!options.implicitTls()) {
      connection.open();
    }
  }

  /** Tells the client that there is no room; under implicit TLS that would cost a handshake. */
  void refuse() {
    if (options.implicitTls() || options.refusal().isEmpty()) {
      channel.close();
      return;
    }
    byte[] line = (options.refusal() + "\r\n").getBytes(java.nio.charset.StandardCharsets.US_ASCII);
    channel.writeAndFlush(Unpooled.wrappedBuffer(line)).addListener(sent -> closeGently());
  }

  Channel channel() {
    return channel;
  }

  /** Any thread. */
  InetSocketAddress remote() {
    return remote;
  }

  /** Any thread. */
  InetSocketAddress local() {
    return local;
  }

  /** Any thread. */
  InetAddress clientAddress() {
    return remote.getAddress();
  }

  /** Any thread. */
  boolean isTls() {
    return tls != null || tlsAtProxy;
  }

  /** Whether this socket has TLS, be its handshake done or not. Any thread. */
  boolean isEncrypted() {
    return tls != null;
  }

  /** Any thread. */
  Optional<SSLSession> tlsSession() {
    SslHandler handler = tls;
    return handler == null || !handler.handshakeFuture().isSuccess()
        ? Optional.empty()
        : Optional.of(handler.engine().getSession());
  }

  void pause() {
    channel.config().setAutoRead(false);
  }

  /** Any thread. */
  void resume() {
    channel
        .eventLoop()
        .execute(() -> {
          if (!held) {
            channel.config().setAutoRead(true);
          }
        });
  }

  /** Sends octets, so many; tells how many left when they did or never will. Any thread. */
  void send(List<ByteBuffer> octets, int length, IntConsumer taken) {
    channel
        .eventLoop()
        .execute(() -> {
          int last = octets.size() - 1;
          for (int i = 0; i < last; i++) {
            channel.write(Unpooled.wrappedBuffer(octets.get(i)), channel.voidPromise());
          }
          channel
              .writeAndFlush(Unpooled.wrappedBuffer(octets.get(last)))
              .addListener(done -> taken.accept(length));
        });
  }

  /** Reads nothing more from the socket, then runs a task there. Blocks; a runner. */
  void holdInput(Runnable then) {
    onEventLoop(() -> {
      held = true;
      channel.config().setAutoRead(false);
      then.run();
    });
  }

  /** Starts TLS with what is read from now on. Blocks; a runner, after {@link #holdInput}. */
  void startTls() {
    onEventLoop(() -> {
      addTls()
          .handshakeFuture()
          .addListener(handshake -> {
            if (!handshake.isSuccess()) {
              channel.close();
            }
          });
      held = false;
      channel.config().setAutoRead(true);
    });
  }

  private void onEventLoop(Runnable task) {
    try {
      channel.eventLoop().submit(task).get();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new Disconnected();
    } catch (ExecutionException e) {
      throw new IllegalStateException(e.getCause());
    }
  }

  private SslHandler addTls() {
    SslHandler handler = options.tls().context().newHandler(channel.alloc(), TLS_TASKS);
    handler.setHandshakeTimeoutMillis(options.limits().handshakeTimeout().toMillis());
    channel.pipeline().addFirst("tls", handler);
    tls = handler;
    return handler;
  }

  /** Closes after so long, if it is still open. Any thread. */
  void closeAfter(Duration timeout) {
    var timer =
        channel
            .eventLoop()
            .schedule(() -> channel.close(), timeout.toNanos(), TimeUnit.NANOSECONDS);
    channel.closeFuture().addListener(closed -> timer.cancel(false));
  }

  /**
   * Ends the output, lets the client read it, and closes when it ends its side or after a little
   * while: closing with input unread would reset the connection, and the client might never see our
   * last words. Any thread.
   */
  void closeGently() {
    channel
        .eventLoop()
        .execute(() -> {
          if (lingering || !channel.isActive()) {
            return;
          }
          lingering = true;
          if (inputEnded) {
            channel.close();
            return;
          }
          SslHandler handler = tls;
          if (handler != null) {
            handler.closeOutbound().addListener(done -> shutdownOutput());
          } else {
            shutdownOutput();
          }
          channel.config().setAutoRead(true);
          closeAfter(Duration.ofMillis(LINGER_MILLIS));
        });
  }

  private void shutdownOutput() {
    ((DuplexChannel) channel).shutdownOutput();
  }

  /** Any thread. */
  void closeNow() {
    channel.close();
  }

  /** The handler is done with the connection. Any thread. */
  void released() {
    channel
        .eventLoop()
        .execute(() -> {
          released = true;
          endWhenBoth();
        });
  }

  @Override
  public void channelRead(ChannelHandlerContext context, Object message) {
    ByteBuf octets = (ByteBuf) message;
    try {
      if (connection != null && !lingering) {
        byte[] block = new byte[octets.readableBytes()];
        octets.readBytes(block);
        connection.arrived(block);
      }
    } finally {
      octets.release();
    }
  }

  @Override
  public void userEventTriggered(ChannelHandlerContext context, Object event) {
    if (event instanceof ChannelInputShutdownEvent || event instanceof SslCloseCompletionEvent) {
      inputEnded = true;
      if (lingering || connection == null) {
        channel.close();
      } else {
        connection.inputEnded();
      }
    }
    context.fireUserEventTriggered(event);
  }

  @Override
  public void channelInactive(ChannelHandlerContext context) {
    inactive = true;
    owner.disconnected(this, connection != null);
    if (connection != null) {
      connection.gone();
    } else {
      released = true;
    }
    endWhenBoth();
    context.fireChannelInactive();
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
    channel.close(); // resets and failed handshakes: the client's doing, not a fault
  }

  private void endWhenBoth() {
    if (inactive && released) {
      owner.ended(this, connection);
    }
  }
}
