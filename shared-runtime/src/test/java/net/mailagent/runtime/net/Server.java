package net.mailagent.runtime.net;

import io.vertx.core.Vertx;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import net.mailagent.runtime.settings.Settings;
import net.mailagent.runtime.tls.TlsIdentity;
import org.jspecify.annotations.Nullable;

/** A listener on a free port and sockets that talk to it. */
final class Server implements AutoCloseable {
  private static final TlsIdentity TLS =
      TlsIdentity.selfSigned(Path.of("target", "test-tls").toAbsolutePath());

  final Vertx vertx = Vertx.vertx();
  final Listener listener;

  Server(Supplier<? extends ConnectionHandler> handlers) {
    this(UnaryOperator.identity(), handlers);
  }

  Server(UnaryOperator<ListenerOptions> change, Supplier<? extends ConnectionHandler> handlers) {
    listener = Listener.start(vertx, change.apply(options()), handlers);
  }

  static ListenerOptions options() {
    return new ListenerOptions(
        "test", "127.0.0.1", 0, TLS, false, limits(), List.of(), "* BYE too many");
  }

  static ConnectionLimits limits() {
    return ConnectionLimits.from(Settings.defaults());
  }

  static ListenerOptions with(ListenerOptions o, ConnectionLimits limits) {
    return new ListenerOptions(
        o.name(), o.host(), o.port(), o.tls(), o.implicitTls(), limits, o.proxies(), o.refusal());
  }

  static ListenerOptions proxied(ListenerOptions o, String networks) {
    return new ListenerOptions(
        o.name(),
        o.host(),
        o.port(),
        o.tls(),
        o.implicitTls(),
        o.limits(),
        Network.parseAll(networks),
        o.refusal());
  }

  static ListenerOptions implicitTls(ListenerOptions o) {
    return new ListenerOptions(
        o.name(), o.host(), o.port(), o.tls(), true, o.limits(), o.proxies(), o.refusal());
  }

  Client connect() throws IOException {
    return new Client(new Socket(InetAddress.getLoopbackAddress(), listener.port()));
  }

  @Override
  public void close() {
    listener.close();
    vertx.close().await();
  }

  /** A blocking client that fails rather than hangs. */
  static final class Client implements AutoCloseable {
    final Socket socket;
    final OutputStream out;
    private final BufferedReader in;

    Client(Socket socket) throws IOException {
      this.socket = socket;
      socket.setSoTimeout((int) Duration.ofSeconds(10).toMillis());
      socket.setTcpNoDelay(true);
      out = socket.getOutputStream();
      in =
          new BufferedReader(
              new InputStreamReader(socket.getInputStream(), StandardCharsets.ISO_8859_1));
    }

    Client send(String text) throws IOException {
      out.write(text.getBytes(StandardCharsets.ISO_8859_1));
      out.flush();
      return this;
    }

    /** The next line, or null at the end. */
    @Nullable String line() throws IOException {
      return in.readLine();
    }

    @Override
    public void close() throws IOException {
      socket.close();
    }
  }
}
