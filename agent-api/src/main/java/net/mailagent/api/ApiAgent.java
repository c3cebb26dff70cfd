package net.mailagent.api;

import io.vertx.core.DeploymentOptions;
import io.vertx.core.Future;
import io.vertx.core.Handler;
import io.vertx.core.VerticleBase;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.net.SocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import net.mailagent.api.Endpoint.Access;
import net.mailagent.model.port.Accounts;
import net.mailagent.model.port.Changes;
import net.mailagent.model.port.Mailboxes;
import net.mailagent.model.port.Messages;
import net.mailagent.runtime.auth.Passwords;
import net.mailagent.runtime.net.HostName;
import net.mailagent.runtime.net.ListenException;
import net.mailagent.runtime.ops.Health;
import net.mailagent.runtime.ops.Metrics;
import net.mailagent.runtime.settings.RuntimeSettings;
import net.mailagent.runtime.settings.Settings;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The HTTP listener of a node, on one event-loop verticle per core. Any thread but an event loop.
 */
public final class ApiAgent implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(ApiAgent.class);

  // A free port shared by the loops of one agent has a number of its own within its Vert.x.
  private static final AtomicInteger FREE_PORTS = new AtomicInteger();

  private static final String MESSAGES = "/users/:user/mailboxes/:mailbox/messages";

  /** What the API calls. */
  public record Ports(Accounts accounts, Mailboxes mailboxes, Messages messages, Changes changes) {}

  /** What of the node it uses. */
  public record Node(Passwords passwords, Health health, Metrics metrics) {}

  private final Vertx vertx;
  private final HttpFront front;
  private final List<Server> servers = new ArrayList<>();
  private int port;

  private ApiAgent(Vertx vertx, HttpFront front) {
    this.vertx = vertx;
    this.front = front;
  }

  /**
   * Binds and starts to accept.
   *
   * @param settings {@link ApiSettings} and {@link RuntimeSettings}
   * @throws ListenException when the address cannot be bound
   */
  public static ApiAgent start(Vertx vertx, Settings settings, Ports ports, Node node) {
    ApiLimits limits = ApiLimits.from(settings);
    Guard guard =
        new Guard(
            settings.get(ApiSettings.ACCESS_TOKEN),
            settings.get(ApiSettings.LOCAL_NAMES),
            settings.get(RuntimeSettings.PROXIES));
    HttpFront front =
        new HttpFront(
            endpoints(settings, limits, ports, node), guard, limits, node.metrics().registry());
    ApiAgent agent = new ApiAgent(vertx, front);
    agent.listen(settings, limits);
    return agent;
  }

  /** The route table: all there is. */
  static List<Endpoint> endpoints(Settings settings, ApiLimits limits, Ports ports, Node node) {
    Json json = new Json(limits.jsonDepth(), limits.body());
    NewUserRules rules =
        new NewUserRules(
            settings.get(ApiSettings.MAIL_DOMAIN).orElseGet(HostName::own),
            settings.get(ApiSettings.DEFAULT_QUOTA),
            settings.get(ApiSettings.MAX_ADDRESSES));
    UserCalls users = new UserCalls(json, rules, ports.accounts(), node.passwords());
    PushCalls push =
        new PushCalls(
            PushLimits.from(settings),
            users,
            new PushStream.Ports(ports.mailboxes(), ports.messages(), ports.changes()),
            node.metrics().registry());
    MessageCalls messages =
        new MessageCalls(json, limits.message(), users, ports.mailboxes(), ports.messages());
    OperationCalls operations = new OperationCalls(node.health(), node.metrics());
    return List.of(
        post("/user/create", users::create),
        new Endpoint.Streaming("/users/:user/updates", Access.ROOT, push::updates),
        new Endpoint.Receiving(MESSAGES, Access.ROOT, messages::add, messages::upload),
        new Endpoint.Sending(MESSAGES + "/:message/message.eml", Access.ROOT, messages::source),
        new Endpoint.Sending(
            MESSAGES + "/:message/attachments/:attachment", Access.ROOT, messages::attachment),
        get("/health", Access.ANYBODY, operations::ready),
        new Endpoint.Prompt("/health/live", Access.ANYBODY, operations::live),
        get("/health/ready", Access.ANYBODY, operations::ready),
        get("/metrics", Access.ROOT, operations::metrics),
        get("/openapi.json", Access.ANYBODY, operations::openApi));
  }

  private static Endpoint get(String path, Access access, Endpoint.Handler handler) {
    return new Endpoint.Answering(HttpMethod.GET, path, access, handler);
  }

  private static Endpoint post(String path, Endpoint.Handler handler) {
    return new Endpoint.Answering(HttpMethod.POST, path, Access.ROOT, handler);
  }

  private void listen(Settings settings, ApiLimits limits) {
    String host = settings.get(RuntimeSettings.HOST);
    int wanted = settings.get(ApiSettings.PORT);
    SocketAddress address =
        wanted == 0
            ? SocketAddress.sharedRandomPort(FREE_PORTS.incrementAndGet(), host)
            : SocketAddress.inetSocketAddress(wanted, host);
    HttpServerOptions options =
        new HttpServerOptions()
            .setTcpNoDelay(true)
            .setHttp2ClearTextEnabled(false)
            .setMaxInitialLineLength(limits.requestLine())
            .setMaxHeaderSize(limits.headers())
            .setIdleTimeout(Math.toIntExact(limits.idleTimeout().toMillis()))
            .setIdleTimeoutUnit(TimeUnit.MILLISECONDS);
    Handler<HttpServerRequest> requests = front.handler(vertx);
    AtomicInteger connections = new AtomicInteger();
    try {
      int loops = Math.max(1, Runtime.getRuntime().availableProcessors());
      for (int i = 0; i < loops; i++) {
        Server server = new Server(options, address, requests, connections, limits.connections());
        vertx.deployVerticle(server, new DeploymentOptions()).await();
        servers.add(server);
        port = server.port();
      }
    } catch (Exception e) { // await throws what it was, checked or not
      close();
      throw new ListenException(
          "api: cannot listen on " + host + " port " + wanted + ": " + e.getMessage(), e);
    }
  }

  /** One event loop's share of the listener. */
  private static final class Server extends VerticleBase {
    private final HttpServerOptions options;
    private final SocketAddress address;
    private final Handler<HttpServerRequest> requests;
    private final AtomicInteger connections;
    private final int maxConnections;
    private volatile @Nullable HttpServer server;

    Server(
        HttpServerOptions options,
        SocketAddress address,
        Handler<HttpServerRequest> requests,
        AtomicInteger connections,
        int maxConnections) {
      this.options = options;
      this.address = address;
      this.requests = requests;
      this.connections = connections;
      this.maxConnections = maxConnections;
    }

    @Override
    public Future<?> start() {
      HttpServer made =
          vertx
              .createHttpServer(options)
              .requestHandler(requests)
              .invalidRequestHandler(HttpReply::invalid)
              .connectionHandler(this::connected);
      server = made;
      return made.listen(address);
    }

    private void connected(HttpConnection connection) {
      connection.closeHandler(v -> connections.decrementAndGet());
      if (connections.incrementAndGet() > maxConnections) {
        connection.close();
      }
    }

    int port() {
      HttpServer bound = server;
      return bound == null ? 0 : bound.actualPort();
    }

    Future<Void> shutdown(Duration timeout) {
      HttpServer bound = server;
      return bound == null ? Future.succeededFuture() : bound.shutdown(timeout);
    }

    String deployment() {
      return context.deploymentID();
    }
  }

  /** The port that is bound. */
  public int port() {
    return port;
  }

  /**
   * Stops accepting, ends the push streams and lets calls under way finish, at most for the time
   * given.
   */
  public void drain(Duration timeout) {
    front.endStreams();
    List<Future<Void>> closing = servers.stream().map(s -> s.shutdown(timeout)).toList();
    try {
      Future.join(closing).await(timeout.toMillis() + 1000, TimeUnit.MILLISECONDS);
    } catch (TimeoutException e) {
      // what is still open is closed as it is
    }
    close();
  }

  /** Closes everything now. */
  @Override
  public void close() {
    front.endStreams();
    for (Server server : servers) {
      try {
        vertx.undeploy(server.deployment()).await();
      } catch (Exception e) {
        LOG.debug("api: a listener was closed already", e); // with its Vert.x
      }
    }
    servers.clear();
  }
}
