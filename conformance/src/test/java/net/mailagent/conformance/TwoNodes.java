package net.mailagent.conformance;

import java.io.IOException;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;
import java.util.Set;
import net.mailagent.agent.Agent;
import net.mailagent.agent.AgentSettings;
import net.mailagent.agent.Role;
import net.mailagent.store.mongo.Interceptor;
import net.mailagent.store.mongo.MongoConnection;
import net.mailagent.store.mongo.MongoSettings;
import org.jspecify.annotations.Nullable;
import redis.embedded.RedisServer;

/** Two nodes with every role but the store, the store that both use, and Redis to wake them. */
final class TwoNodes implements AutoCloseable {
  private final Deque<AutoCloseable> parts = new ArrayDeque<>();
  private final String database = "mail_agent_test_" + Long.toHexString(System.nanoTime());
  final Node a;
  final Node b;

  /** With a store process's role in this JVM. */
  TwoNodes(Path folder) throws Exception {
    this(folder, null);
  }

  /**
   * @param mongo a server with MongoDB's protocol, or null for the embedded engine
   */
  TwoNodes(Path folder, @Nullable String mongo) throws Exception {
    try {
      RedisServer redis = RedisServer.newRedisServer().port(freePort()).build();
      redis.start();
      parts.push(redis::stop);
      String store = mongo == null ? store(folder.resolve("store")) : mongo;
      if (mongo != null) {
        parts.push(() -> drop(mongo));
      }
      a = node(folder.resolve("a"), store, redis);
      b = node(folder.resolve("b"), store, redis);
    } catch (Exception e) {
      close();
      throw e;
    }
  }

  private String store(Path data) {
    Agent store =
        Agent.start(Agent.onFreePorts(data).with(AgentSettings.ROLES, Set.of(Role.STORE)));
    parts.push(store);
    return store.storeUrl();
  }

  private void drop(String url) {
    try (MongoConnection connection =
        MongoConnection.open(MongoSettings.of(url, database), Interceptor.NONE)) {
      connection.dropDatabase();
    }
  }

  private Node node(Path data, String store, RedisServer redis) {
    Node node =
        Node.start(
            Agent.onFreePorts(data)
                .with(AgentSettings.ROLES, Set.of(Role.IMAP, Role.LMTP, Role.API))
                .with(AgentSettings.MONGO, Optional.of(store))
                .with(AgentSettings.DATABASE, database)
                .with(
                    AgentSettings.REDIS,
                    Optional.of("redis://127.0.0.1:" + redis.ports().getFirst())));
    parts.push(node);
    return node;
  }

  /** A port that nobody listened on a moment ago. */
  static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0)) {
      return socket.getLocalPort();
    }
  }

  @Override
  public void close() throws Exception {
    while (!parts.isEmpty()) {
      parts.pop().close();
    }
  }
}
