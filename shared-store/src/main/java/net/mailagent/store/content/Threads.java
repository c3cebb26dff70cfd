package net.mailagent.store.content;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import net.mailagent.model.UserId;
import net.mailagent.store.mongo.Documents;
import net.mailagent.store.mongo.Ids;
import net.mailagent.store.mongo.Query;
import org.bson.BsonArray;
import org.bson.BsonDocument;
import org.bson.BsonInt32;
import org.bson.BsonObjectId;
import org.bson.BsonString;
import org.bson.BsonValue;
import org.bson.types.ObjectId;

/**
 * THREADID (RFC 8474 section 5.2): a hash over the root of the conversation and the subject of the
 * thread; a message that changes the subject starts a thread (RFC 8621 section 3). The root is a
 * hash over the user and the first message id that the conversation names, so messages with
 * References find it without asking the store, in whatever order they arrive on whatever node. Only
 * replies without References take it from the message they reply to, as far as the user has that.
 * One delivery or APPEND; one thread.
 */
final class Threads {
  static final String ROOT = "root";
  static final String MESSAGE_IDS = "msgids";

  /** Messages that are looked at; ids that several of a user's messages have are rare. */
  private static final int MAX_FOUND = 1_000;

  private record Name(UserId user, String messageId) {}

  private final Map<Name, ObjectId> roots = new HashMap<>();

  private Threads() {}

  /** The threads that those messages, or none of them, may belong to. */
  static Threads of(
      Collection<ReceivedMessage> received, Collection<UserId> users, Documents messages) {
    Threads threads = new Threads();
    Set<String> parents = new LinkedHashSet<>();
    received.forEach(message -> parents.addAll(message.parents()));
    if (!parents.isEmpty()) {
      threads.find(parents, users, messages);
    }
    return threads;
  }

  private void find(Set<String> parents, Collection<UserId> users, Documents messages) {
    List<BsonValue> owners = new ArrayList<>();
    new LinkedHashSet<>(users).forEach(user -> owners.add(Ids.bson(user)));
    List<BsonValue> ids = new ArrayList<>();
    parents.forEach(id -> ids.add(new BsonString(id)));
    BsonDocument filter =
        new BsonDocument("user", owners.size() == 1 ? owners.getFirst() : in(owners))
            .append(MESSAGE_IDS, ids.size() == 1 ? ids.getFirst() : in(ids));
    BsonDocument wanted =
        new BsonDocument("user", new BsonInt32(1))
            .append(MESSAGE_IDS, new BsonInt32(1))
            .append(ROOT, new BsonInt32(1));
    Query query = Query.of(filter).project(wanted).limit(MAX_FOUND);
    for (BsonDocument document : messages.find(query, MAX_FOUND)) {
      if (document.containsKey(ROOT)) {
        ObjectId root = document.getObjectId(ROOT).getValue();
        UserId user = Ids.user(document, "user");
        for (BsonValue id : document.getArray(MESSAGE_IDS)) {
          note(user, id.asString().getValue(), root);
        }
      }
    }
  }

  private static BsonDocument in(List<BsonValue> values) {
    return new BsonDocument("$in", new BsonArray(values));
  }

  /** Of several messages with one id, all nodes choose the same. */
  private void note(UserId user, String messageId, ObjectId root) {
    roots.merge(new Name(user, messageId), root, (a, b) -> a.compareTo(b) <= 0 ? a : b);
  }

  /**
   * The fields that say to which thread a message belongs. Messages behind it may reply to it.
   *
   * @param otherwise what stands for a message id that it does not have
   */
  BsonDocument fields(UserId user, ReceivedMessage message, String otherwise) {
    ObjectId root =
        message.parents().stream()
            .flatMap(parent -> Optional.ofNullable(roots.get(new Name(user, parent))).stream())
            .findFirst()
            .orElseGet(() -> {
              String first = message.threadRoot();
              return hash(user.hex(), first.isEmpty() ? otherwise : first);
            });
    message.messageIds().forEach(id -> note(user, id, root));
    return new BsonDocument("thread", new BsonObjectId(hash(root.toHexString(), message.subject())))
        .append(ROOT, new BsonObjectId(root));
  }

  private static ObjectId hash(String first, String second) {
    try {
      MessageDigest hash = MessageDigest.getInstance("SHA-256");
      hash.update(first.getBytes(UTF_8)); // of one length: 24 digits
      return new ObjectId(Arrays.copyOf(hash.digest(second.getBytes(UTF_8)), 12));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }
}
