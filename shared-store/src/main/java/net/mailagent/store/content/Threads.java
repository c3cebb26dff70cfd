package net.mailagent.store.content;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import net.mailagent.model.UserId;
import org.bson.types.ObjectId;

/**
 * THREADID (RFC 8474 section 5.2): 12 octets of a hash over the user and the first message id that
 * a conversation names, so that every message finds its thread without asking the store, in
 * whatever order they arrive. Any thread.
 */
final class Threads {
  private Threads() {}

  static ObjectId id(UserId user, String root) {
    try {
      MessageDigest hash = MessageDigest.getInstance("SHA-256");
      hash.update(user.hex().getBytes(UTF_8));
      return new ObjectId(Arrays.copyOf(hash.digest(root.getBytes(UTF_8)), 12));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }
}
