package net.mailagent.store.account;

import java.security.SecureRandom;
import java.util.Optional;
import java.util.function.Consumer;
import net.mailagent.model.StoreUnavailable;
import net.mailagent.model.port.LoginFailures;
import net.mailagent.store.mongo.Documents;
import net.mailagent.store.mongo.DuplicateKey;
import net.mailagent.store.mongo.MongoConnection;
import net.mailagent.store.mongo.Query;
import net.mailagent.store.redis.Wakes;
import org.bson.BsonBinary;
import org.bson.BsonDocument;
import org.bson.BsonInt32;
import org.bson.BsonString;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Nodes tell each other of wrong passwords by way of Redis, where there is one; the key of the
 * digests is made by the first node and kept in the database. Any thread.
 */
public final class SharedLoginFailures implements LoginFailures {
  private static final Logger LOG = LoggerFactory.getLogger(SharedLoginFailures.class);
  private static final BsonDocument ID = new BsonDocument("_id", new BsonString("login-key"));
  private static final int KEY_BYTES = 32;
  private static final String VERSION = "login1";

  private final Documents schema;
  private final Optional<Wakes> nodes;

  /**
   * @param nodes how the other nodes are reached; empty if they are not
   */
  public SharedLoginFailures(MongoConnection connection, Optional<Wakes> nodes) {
    this.schema = connection.documents("schema");
    this.nodes = nodes;
  }

  @Override
  public byte[] key() {
    Optional<byte[]> stored = stored();
    if (stored.isPresent()) {
      return stored.get();
    }
    byte[] mine = new byte[KEY_BYTES];
    new SecureRandom().nextBytes(mine);
    try {
      schema.insert(ID.clone().append("v", new BsonInt32(1)).append("key", new BsonBinary(mine)));
      return mine;
    } catch (DuplicateKey e) { // another node was faster
      return stored().orElseThrow(() -> new StoreUnavailable("the key of logins is not there", e));
    }
  }

  private Optional<byte[]> stored() {
    return schema.findOne(Query.of(ID)).map(found -> found.getBinary("key").getData());
  }

  @Override
  public void tell(Attempt attempt) {
    nodes.ifPresent(all ->
        all.tell(
            "%s %x %x %x %s"
                .formatted(
                    VERSION,
                    attempt.address(),
                    attempt.login(),
                    attempt.password(),
                    attempt.right() ? "right" : "wrong")));
  }

  @Override
  public void listen(Consumer<Attempt> listener) {
    nodes.ifPresent(all -> all.listen(message -> read(message).ifPresent(listener)));
  }

  /** What is not understood is another version's and of no consequence. */
  static Optional<Attempt> read(String message) {
    String[] parts = message.split(" ", -1);
    if (parts.length != 5 || !parts[0].equals(VERSION)) {
      return Optional.empty();
    }
    try {
      return Optional.of(
          new Attempt(
              Long.parseUnsignedLong(parts[1], 16),
              Long.parseUnsignedLong(parts[2], 16),
              Long.parseUnsignedLong(parts[3], 16),
              parts[4].equals("right")));
    } catch (NumberFormatException e) {
      LOG.debug("a node tells of a login what cannot be read: {}", message);
      return Optional.empty();
    }
  }
}
