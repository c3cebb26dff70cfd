package net.mailagent.conformance;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import net.mailagent.agent.AgentSettings;
import net.mailagent.runtime.settings.RuntimeSettings;
import org.jspecify.annotations.Nullable;

/**
 * Three agents, the store, Redis and HAProxy, each a process of its own; agents reach store and
 * Redis over links that can be cut. One thread breaks and mends it.
 */
final class Cluster implements AutoCloseable {
  static final int NODES = 3;

  private static final Duration MEND_LIMIT = Duration.ofMinutes(2);
  private static final Duration CHECK_LIMIT = Duration.ofMinutes(10);
  private static final String PROXY_ADDRESS = "127.0.0.2";

  private final Deque<AutoCloseable> parts = new ArrayDeque<>();
  private final List<AgentProcess> agents = new ArrayList<>();
  private final List<TcpLink> storeLinks = new ArrayList<>();
  private final List<TcpLink> redisLinks = new ArrayList<>();
  private final Path folder;
  private final int storePort = TwoNodes.freePort();
  private final int redisPort = TwoNodes.freePort();
  private final int proxiedImap = TwoNodes.freePort();
  private final int proxiedLmtp = TwoNodes.freePort();
  private final boolean proxied;
  private final @Nullable ServerProcess store; // null with a MongoDB from outside
  private final ServerProcess redis;
  private final DiskFill disk;
  private final SteppedClocks clocks;

  /**
   * Starts everything.
   *
   * @param mongo a MongoDB to use in the place of our engine
   * @param time how long clients will go on writing
   */
  Cluster(Path folder, Optional<String> mongo, Duration time) throws Exception {
    this.folder = folder;
    this.proxied = Program.isInstalled("haproxy");
    this.disk = new DiskFill(Files.createDirectories(folder.resolve("disk")), time);
    parts.push(disk);
    this.clocks = new SteppedClocks(folder.resolve("clocks"));
    try {
      redis = part(new ServerProcess(folder.resolve("redis")));
      startRedis();
      store = mongo.isPresent() ? null : part(new ServerProcess(folder.resolve("store")));
      startStore("");
      for (int node = 0; node < NODES; node++) {
        agents.add(part(agent(node, mongo)));
      }
      startAgents();
      if (proxied) {
        startProxy();
      }
    } catch (Exception | Error e) {
      close();
      throw e;
    }
  }

  private <T extends AutoCloseable> T part(T part) {
    parts.push(part);
    return part;
  }

  private AgentProcess agent(int node, Optional<String> mongo) throws IOException {
    List<String> options =
        new ArrayList<>(
            List.of(
                AgentSettings.ROLES.option(),
                "imap,lmtp,api",
                RuntimeSettings.PROXIES.option(),
                PROXY_ADDRESS + "/32",
                AgentSettings.MONGO.option()));
    if (mongo.isPresent()) {
      options.add(mongo.get());
    } else {
      storeLinks.add(part(new TcpLink(storePort)));
      options.add(
          "mongodb://127.0.0.1:%d/?directConnection=true&appName=node%d"
              .formatted(storeLinks.get(node).port(), node));
      options.add(AgentSettings.STORE_SHARD.option());
    }
    redisLinks.add(part(new TcpLink(redisPort)));
    options.addAll(
        List.of(AgentSettings.REDIS.option(), "redis://127.0.0.1:" + redisLinks.get(node).port()));
    List<String> jvm = new ArrayList<>(AgentProcess.SHORT_LIVED);
    jvm.addAll(clocks.jvm(node));
    return new AgentProcess(folder.resolve("node" + node), jvm, options);
  }

  private void startProxy() throws IOException, InterruptedException {
    StringBuilder config =
        new StringBuilder(
            """
            defaults
              mode tcp
              timeout connect 2s
              timeout client 10m
              timeout server 10m
              retries 3
              option redispatch
            """);
    config.append(balanced("imap", proxiedImap, agents.stream().map(a -> a.imap).toList()));
    config.append(balanced("lmtp", proxiedLmtp, agents.stream().map(a -> a.lmtp).toList()));
    Path file = Files.writeString(folder.resolve("haproxy.cfg"), config);
    ServerProcess proxy = part(new ServerProcess(folder.resolve("haproxy")));
    proxy.start(
        List.of("haproxy", "-db", "-f", file.toString()), List.of(proxiedImap, proxiedLmtp));
  }

  /** From an address of its own, so that agents believe what it says of its clients. */
  private static String balanced(String name, int port, List<Integer> servers) {
    StringBuilder config =
        new StringBuilder("listen %s\n  bind 127.0.0.1:%d\n".formatted(name, port))
            .append("  balance roundrobin\n  source " + PROXY_ADDRESS + "\n");
    for (int server : servers) {
      config.append(
          "  server s%d 127.0.0.1:%d send-proxy-v2 check inter 300ms fall 2 rise 1\n"
              .formatted(server, server));
    }
    return config.toString();
  }

  // ---- where clients go

  /** A port of IMAP: often HAProxy's, else a node's own. */
  int imap(Random random) {
    return proxied && random.nextInt(4) > 0 ? proxiedImap : imap(random.nextInt(NODES));
  }

  int lmtp(Random random) {
    return proxied && random.nextInt(4) > 0 ? proxiedLmtp : agents.get(random.nextInt(NODES)).lmtp;
  }

  int imap(int node) {
    return agents.get(node).imap;
  }

  int lmtp(int node) {
    return agents.get(node).lmtp;
  }

  int http(int node) {
    return agents.get(node).http;
  }

  /** Our engine, past all links; empty with a MongoDB from outside. */
  Optional<String> storeUrl() {
    return store == null
        ? Optional.empty()
        : Optional.of("mongodb://127.0.0.1:" + storePort + "/?directConnection=true");
  }

  boolean isProxied() {
    return proxied;
  }

  DiskFill disk() {
    return disk;
  }

  SteppedClocks clocks() {
    return clocks;
  }

  /** What the store says it did wrong on purpose, by kind. */
  Map<String, Long> storeFaults() throws IOException {
    Map<String, Long> counts = new java.util.TreeMap<>();
    if (store != null) {
      java.util.regex.Pattern injected = java.util.regex.Pattern.compile("injected ([a-z-]+):");
      for (String line : store.output()) {
        java.util.regex.Matcher matcher = injected.matcher(line);
        if (matcher.find()) {
          counts.merge("store " + matcher.group(1), 1L, Long::sum);
        }
      }
    }
    return counts;
  }

  /** What agents and store logged as errors since this was asked the last time. */
  List<String> newErrors() throws IOException {
    List<String> errors = new ArrayList<>(store == null ? List.of() : store.newErrors());
    for (AgentProcess agent : agents) {
      errors.addAll(agent.newErrors());
    }
    return errors;
  }

  /**
   * What {@code mail-agent check} says of all that is stored.
   *
   * @param mongo the MongoDB from outside, if that is used
   * @return its findings; none if it found nothing wrong
   * @throws IOException if it could not check
   */
  List<String> check(Optional<String> mongo) throws IOException, InterruptedException {
    List<String> command =
        AgentProcess.program(AgentProcess.SHORT_LIVED, folder.resolve("check"), "check");
    command.addAll(List.of(AgentSettings.MONGO.option(), storeUrl().or(() -> mongo).orElseThrow()));
    Path said = folder.resolve("check.txt");
    Process process =
        new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(said.toFile()).start();
    List<String> lines;
    try {
      if (!process.waitFor(CHECK_LIMIT.toSeconds(), TimeUnit.SECONDS)) {
        throw new IOException("check did not come to an end within " + CHECK_LIMIT);
      }
    } finally {
      process.destroyForcibly();
      lines = Files.readAllLines(said);
    }
    if (process.exitValue() > 1 || lines.isEmpty() || !lines.getLast().contains(" findings")) {
      throw new IOException("check ended with " + process.exitValue() + ": " + lines);
    }
    return process.exitValue() == 0 ? List.of() : lines;
  }

  // ---- breaking and mending

  void killAgent(int node) throws InterruptedException {
    agents.get(node).kill();
  }

  void startAgent(int node) throws IOException, InterruptedException {
    if (!agents.get(node).isAlive()) {
      agents.get(node).start();
    }
  }

  void killRedis() throws InterruptedException {
    redis.kill();
  }

  void startRedis() throws IOException, InterruptedException {
    if (!redis.isAlive()) {
      redis.start(
          List.of(
              "redis-server",
              "--bind",
              "127.0.0.1",
              "--save",
              "",
              "--appendonly",
              "no",
              "--port",
              "" + redisPort),
          List.of(redisPort));
    }
  }

  /** Redis forgets everything, and throws out who listens. */
  void flushRedis() throws IOException {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), redisPort)) {
      socket
          .getOutputStream()
          .write("FLUSHALL\r\nCLIENT KILL TYPE pubsub\r\n".getBytes(StandardCharsets.US_ASCII));
      BufferedReader in =
          new BufferedReader(
              new InputStreamReader(socket.getInputStream(), StandardCharsets.US_ASCII));
      String flushed = in.readLine();
      String killed = in.readLine();
      if (!"+OK".equals(flushed) || killed == null || !killed.startsWith(":")) {
        throw new IOException("Redis said " + flushed + " " + killed);
      }
    }
  }

  boolean hasStore() {
    return store != null;
  }

  void killStore() throws InterruptedException {
    if (store != null) {
      store.kill();
    }
  }

  /**
   * Starts the store if it does not run.
   *
   * @param faults what it shall do wrong; empty for nothing
   */
  void startStore(String faults) throws IOException, InterruptedException {
    if (store != null && !store.isAlive()) {
      List<String> command = AgentProcess.program(AgentProcess.SHORT_LIVED, disk.folder());
      command.addAll(
          List.of(
              AgentSettings.ROLES.option(),
              "store",
              AgentSettings.STORE_PORT.option(),
              "" + storePort));
      command.addAll(disk.options());
      // what a sharded cluster refuses is refused at all times
      command.addAll(
          List.of(
              AgentSettings.STORE_FAULTS.option(),
              faults.isEmpty() ? "shard-keys" : "shard-keys," + faults));
      store.start(command, List.of(storePort));
    }
  }

  TcpLink redisLink(int node) {
    return redisLinks.get(node);
  }

  /** None with a MongoDB from outside. */
  Optional<TcpLink> storeLink(int node) {
    return storeLinks.isEmpty() ? Optional.empty() : Optional.of(storeLinks.get(node));
  }

  /** Everything runs and is connected; the store does nothing wrong any more. */
  void mend() throws Exception {
    disk.free();
    storeLinks.forEach(TcpLink::heal);
    redisLinks.forEach(TcpLink::heal);
    startRedis();
    startStore("");
    startAgents();
  }

  /**
   * Starts those that do not run; on a busy machine one may give up on the store, and tries anew.
   */
  private void startAgents() throws IOException, InterruptedException {
    long limit = System.nanoTime() + MEND_LIMIT.toNanos();
    for (int node = 0; node < NODES; node++) {
      while (!agents.get(node).isAlive()) {
        try {
          startAgent(node);
        } catch (ServerProcess.StartFailed e) {
          if (System.nanoTime() > limit) {
            throw e;
          }
        }
      }
    }
  }

  @Override
  public void close() throws Exception {
    Exception failure = null;
    while (!parts.isEmpty()) {
      try {
        parts.pop().close();
      } catch (Exception e) { // the others are closed all the same
        failure = e;
      }
    }
    if (failure != null) {
      throw failure;
    }
  }
}
