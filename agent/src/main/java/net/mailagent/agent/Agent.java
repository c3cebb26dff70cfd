package net.mailagent.agent;

import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.file.FileSystemOptions;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;
import net.mailagent.api.ApiAgent;
import net.mailagent.api.ApiSettings;
import net.mailagent.embedded.EmbeddedMongo;
import net.mailagent.imap.ImapService;
import net.mailagent.imap.ImapSettings;
import net.mailagent.imap.handler.Ports;
import net.mailagent.lmtp.LmtpAgent;
import net.mailagent.lmtp.LmtpSettings;
import net.mailagent.runtime.auth.Authenticator;
import net.mailagent.runtime.auth.Passwords;
import net.mailagent.runtime.net.HostName;
import net.mailagent.runtime.ops.Health;
import net.mailagent.runtime.ops.Metrics;
import net.mailagent.runtime.settings.RuntimeSettings;
import net.mailagent.runtime.settings.Settings;
import net.mailagent.runtime.settings.SettingsException;
import net.mailagent.runtime.tls.TlsIdentity;
import net.mailagent.store.Store;
import org.bson.BsonDocument;
import org.bson.BsonInt32;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A running node: the store and the protocols of its roles. {@code main} and tests start it alike;
 * several may run in one process. Any thread.
 */
public final class Agent implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Agent.class);
  private static final BsonDocument PING = new BsonDocument("ping", new BsonInt32(1));
  private static final Executor STARTERS =
      task -> {
        var _ = Thread.ofVirtual().name("start").start(task);
      };

  /** Stops accepting and lets what is under way finish. */
  @FunctionalInterface
  private interface Drain {
    void drain(Duration timeout);
  }

  private final Settings settings;
  private final Set<Role> roles;
  private final Health health = new Health();
  private final AtomicBoolean closing = new AtomicBoolean();
  private volatile boolean failed;
  private final CountDownLatch closed = new CountDownLatch(1);
  private final List<Drain> drains = new ArrayList<>();
  // What the first clients would wait for, done when all listen.
  private final List<Runnable> afterStart = new ArrayList<>();
  // Closed in the reverse of the order they were opened in.
  private final Deque<AutoCloseable> parts = new ArrayDeque<>();

  private @Nullable EmbeddedMongo engine;
  private @Nullable ImapService imap;
  private @Nullable LmtpAgent lmtp;
  private @Nullable ApiAgent api;

  private Agent(Settings settings) {
    this.settings = settings;
    this.roles = settings.get(AgentSettings.ROLES);
  }

  /**
   * Starts a node; returns when all its listeners are bound.
   *
   * @throws StartException when it cannot; everything that was started is closed again
   * @throws SettingsException when settings contradict each other
   */
  public static Agent start(Settings settings) {
    Agent agent = new Agent(settings);
    try {
      agent.open();
      return agent;
    } catch (RuntimeException | Error e) {
      agent.closeParts();
      if (e instanceof Error) {
        throw e;
      }
      if (StartException.causeOf(e) instanceof SettingsException wrong) {
        throw wrong;
      }
      throw StartException.of(e);
    }
  }

  /** Settings for a node in tests: its own data, every port a free one. */
  public static Settings onFreePorts(Path data) {
    return Settings.defaults()
        .with(AgentSettings.DATA, data.toString())
        .with(AgentSettings.STORE_PORT, 0)
        .with(ImapSettings.PORT, 0)
        .with(ImapSettings.TLS_PORT, 0)
        .with(LmtpSettings.PORT, 0)
        .with(ApiSettings.PORT, 0);
  }

  private void open() {
    Optional<String> mongo = settings.get(AgentSettings.MONGO);
    if (mongo.isPresent() && roles.contains(Role.STORE)) {
      throw new SettingsException(
          "the role store serves the embedded engine, and --mongo replaces that: give one of them");
    }
    // What does not need the database starts beside it.
    CompletableFuture<Vertx> vertx = CompletableFuture.supplyAsync(Agent::loops, STARTERS);
    CompletableFuture<TlsIdentity> tls = CompletableFuture.supplyAsync(this::identity, STARTERS);
    parts.push(() -> vertx.join().close().await());
    String url = mongo.orElseGet(this::openEngine);
    if (!roles.equals(Set.of(Role.STORE))) {
      Store store = opened(Store.open(StoreSetup.of(settings, url)));
      openProtocols(new Node(vertx.join(), tls.join(), store));
    }
    LOG.info("ready after {} ms", sinceProcessStart().toMillis());
    afterStart.forEach(STARTERS::execute);
  }

  /** What all protocols of a node share. */
  private record Node(Vertx vertx, TlsIdentity tls, Store store) {}

  private void openProtocols(Node node) {
    Store store = node.store();
    Metrics metrics = opened(new Metrics());
    CheckOptions.bind(store.checker().counts(), metrics.registry());
    StoreMeters.register(store.contentFigures(), metrics.registry());
    SweepOptions.bind(store.sweeper().counts(), metrics.registry());
    Passwords passwords = opened(new Passwords(settings));
    Authenticator authenticator =
        new Authenticator(store.accounts(), passwords, settings, store.loginFailures());
    afterStart.add(authenticator::prepare);
    health.addReady("store", () -> store.connection().command(PING));
    health.addReady("running", this::requireRunning);
    if (settings.get(AgentSettings.DEMO)) {
      Demo.create(settings, store, passwords);
    }
    if (roles.contains(Role.LMTP)) {
      LmtpAgent agent =
          opened(
              LmtpAgent.start(
                  node.vertx(),
                  settings,
                  node.tls(),
                  store.accounts(),
                  store.messages(),
                  metrics.registry()));
      lmtp = agent;
      drains.add(agent::drain);
      listening("lmtp", agent.port(), "LMTP");
    }
    if (roles.contains(Role.IMAP)) {
      Ports ports =
          new Ports(
              authenticator, store.mailboxes(), store.messages(), store.search(), store.changes());
      ImapService service =
          opened(ImapService.start(node.vertx(), settings, node.tls(), ports, metrics.registry()));
      imap = service;
      drains.add(service::drain);
      listening("imap", service.port(), "IMAP with STARTTLS");
      listening("imaps", service.tlsPort(), "IMAP over TLS");
    }
    if (roles.contains(Role.API)) {
      ApiAgent agent =
          opened(
              ApiAgent.start(
                  node.vertx(),
                  settings,
                  new ApiAgent.Ports(
                      store.accounts(), store.mailboxes(), store.messages(), store.changes()),
                  new ApiAgent.Node(passwords, health, metrics)));
      api = agent;
      drains.add(agent::drain);
      listening("api", agent.port(), "HTTP");
    }
  }

  private String openEngine() {
    EmbeddedMongo started = opened(StoreSetup.startEngine(settings));
    engine = started;
    var _ = started.failure().thenAccept(this::fail); // on a thread of the engine made for it
    if (roles.contains(Role.STORE)) {
      LOG.info("store: {} (for --mongo of other processes on this machine)", started.url());
    }
    return started.url();
  }

  private static Vertx loops() {
    // Nothing is served from the class path, so its file cache on disk is not needed.
    return Vertx.vertx(
        new VertxOptions()
            .setFileSystemOptions(
                new FileSystemOptions()
                    .setFileCachingEnabled(false)
                    .setClassPathResolvingEnabled(false)));
  }

  private TlsIdentity identity() {
    Optional<String> certificate = settings.get(RuntimeSettings.TLS_CERTIFICATE);
    Optional<String> key = settings.get(RuntimeSettings.TLS_KEY);
    if (certificate.isPresent() != key.isPresent()) {
      throw new SettingsException("--tls-certificate and --tls-key go together: give both or none");
    }
    return certificate.isPresent()
        ? TlsIdentity.fromPem(Path.of(certificate.get()), Path.of(key.orElseThrow()))
        : TlsIdentity.selfSigned(AgentSettings.data(settings), HostName.own());
  }

  private void requireRunning() {
    if (closing.get()) {
      throw new IllegalStateException("the node stops");
    }
  }

  private void listening(String name, int port, String what) {
    LOG.info("{}: {} port {} ({})", name, settings.get(RuntimeSettings.HOST), port, what);
  }

  private <T extends AutoCloseable> T opened(T part) {
    parts.push(part);
    return part;
  }

  private static Duration sinceProcessStart() {
    return ProcessHandle.current()
        .info()
        .startInstant()
        .map(start -> Duration.between(start, Instant.now()))
        .orElse(Duration.ZERO);
  }

  /** The port of IMAP with STARTTLS. */
  public int imapPort() {
    return running(imap, Role.IMAP).port();
  }

  /** The port of IMAP over TLS. */
  public int imapsPort() {
    return running(imap, Role.IMAP).tlsPort();
  }

  /** The port of LMTP. */
  public int lmtpPort() {
    return running(lmtp, Role.LMTP).port();
  }

  /** The port of HTTP. */
  public int apiPort() {
    return running(api, Role.API).port();
  }

  /** The URL of the embedded engine, for {@code --mongo} of another node. */
  public String storeUrl() {
    return running(engine, Role.STORE).url();
  }

  private static <T> T running(@Nullable T part, Role role) {
    if (part == null) {
      throw new IllegalStateException("this node has no role " + role);
    }
    return part;
  }

  /** Without its store it is of no use: it stops, and whoever started it may start it again. */
  void fail(Throwable reason) {
    failed = true;
    LOG.error("the node stops, since its store cannot go on: {}", reason.toString());
    close();
  }

  /** Whether it stopped by itself, since it could not go on. */
  boolean hasFailed() {
    return failed;
  }

  /** Returns when the node was closed. */
  void awaitClosed() {
    try {
      closed.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /**
   * Stops: accepts nothing more, lets commands under way finish for the drain time-out, says
   * good-bye, closes the store last.
   */
  @Override
  public void close() {
    if (!closing.compareAndSet(false, true)) {
      awaitClosed();
      return;
    }
    Duration timeout = settings.get(RuntimeSettings.DRAIN_TIMEOUT);
    List<Thread> threads =
        drains.stream().map(d -> Thread.ofVirtual().start(() -> d.drain(timeout))).toList();
    for (Thread thread : threads) {
      join(thread);
    }
    closeParts();
    LOG.info("stopped");
    closed.countDown();
  }

  private static void join(Thread thread) {
    try {
      thread.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void closeParts() {
    while (!parts.isEmpty()) {
      try {
        parts.pop().close();
      } catch (Exception e) { // the others are closed all the same
        LOG.warn("while stopping: {}", e.toString(), e);
      }
    }
  }
}
