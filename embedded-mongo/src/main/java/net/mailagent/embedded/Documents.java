package net.mailagent.embedded;

import java.security.SecureRandom;
import java.util.concurrent.atomic.AtomicInteger;

/** What every stored document must be: an {@code _id} in front, no more than 16 MB. Any thread. */
final class Documents {
  private static final byte[] PROCESS = new byte[5];
  private static final AtomicInteger COUNTER;

  static {
    SecureRandom random = new SecureRandom();
    random.nextBytes(PROCESS);
    COUNTER = new AtomicInteger(random.nextInt());
  }

  private Documents() {}

  /**
   * The document with its {@code _id} first, a new ObjectId where it had none.
   *
   * @throws MongoError InvalidIdField, BSONObjectTooLarge
   */
  static Doc storable(Doc doc) {
    if (doc.size() > Bson.MAX_DOCUMENT_BYTES) {
      throw new MongoError(
          ErrorKind.OBJECT_TOO_LARGE,
          "object to insert too large. size in bytes: "
              + doc.size()
              + ", max size: "
              + Bson.MAX_DOCUMENT_BYTES);
    }
    Fields fields = doc.fields();
    boolean first = fields.next() && fields.name().equals("_id");
    Value id = first ? fields.value() : doc.get("_id");
    if (id != null) {
      checkId(id);
    }
    return first ? doc : withId(doc, id == null ? newId() : id);
  }

  private static void checkId(Value id) {
    String refused =
        switch (id.type()) {
          case Bson.ARRAY -> "array";
          case Bson.REGEX -> "regex";
          case Bson.UNDEFINED -> "undefined";
          default -> "";
        };
    if (!refused.isEmpty()) {
      throw new MongoError(
          ErrorKind.INVALID_ID_FIELD, "The '_id' value cannot be of type " + refused);
    }
  }

  private static Doc withId(Doc doc, Value id) {
    DocWriter out = new DocWriter(doc.size() + id.length() + 16).begin().put("_id", id);
    Fields fields = doc.fields();
    while (fields.next()) {
      if (!fields.name().equals("_id")) {
        out.copy(doc.bytes(), fields.start(), fields.end());
      }
    }
    return out.end().toDoc();
  }

  /** Seconds, five random bytes of this process, a counter: as drivers make ObjectIds. */
  private static Value newId() {
    byte[] id = new byte[12];
    int seconds = (int) (System.currentTimeMillis() / 1000);
    int count = COUNTER.getAndIncrement();
    for (int i = 0; i < 4; i++) {
      id[i] = (byte) (seconds >>> (24 - 8 * i));
    }
    System.arraycopy(PROCESS, 0, id, 4, 5);
    for (int i = 0; i < 3; i++) {
      id[9 + i] = (byte) (count >>> (16 - 8 * i));
    }
    return new Value(Bson.OBJECT_ID, id, 0, 12);
  }

  /**
   * The document after an update or a replacement.
   *
   * @throws MongoError ImmutableField, and what the operators refuse
   */
  static Doc updated(
      Doc old, Doc query, Doc update, @org.jspecify.annotations.Nullable Value arrayFilters) {
    boolean replaces = isReplacement(update);
    Doc result =
        replaces ? replacement(old, update) : UpdateRun.apply(old, query, update, arrayFilters);
    if (result.size() > Bson.MAX_DOCUMENT_BYTES) {
      throw new MongoError(
          ErrorKind.UPDATED_OBJECT_TOO_LARGE,
          "Resulting document after update is larger than " + Bson.MAX_DOCUMENT_BYTES);
    }
    return replaces ? result : storable(result);
  }

  static boolean isReplacement(Doc update) {
    Fields fields = update.fields();
    return !fields.next() || !fields.name().startsWith("$");
  }

  private static Doc replacement(Doc old, Doc replacement) {
    Value oldId = old.get("_id");
    Value newId = replacement.get("_id");
    if (oldId == null) {
      return storable(replacement);
    }
    if (newId != null
        && !java.util.Arrays.equals(KeyWriter.encode(oldId), KeyWriter.encode(newId))) {
      throw new MongoError(
          ErrorKind.IMMUTABLE_FIELD,
          "After applying the update, the (immutable) field '_id' was found to have been altered"
              + " to _id: "
              + newId);
    }
    return withId(replacement, oldId);
  }
}
