package net.mailagent.embedded;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.h2.mvstore.Cursor;
import org.jspecify.annotations.Nullable;

/**
 * What a sharded cluster refuses: writes to one document that do not say on which shard it is,
 * changes of a shard key, unique indexes that no shard could guard alone. What it must ask of all
 * shards is allowed, and told to {@link Faults}. Which collections are sharded is kept where a
 * cluster keeps it, in config.collections. Any thread.
 *
 * <p>A shard is known when the filter gives each field of the key by equality, or {@code _id}.
 */
final class ShardRules {
  private static final String CATALOG = "config.collections";

  private final Catalog catalog;
  private final Faults faults;
  private final Map<String, KeyPattern> keys = new ConcurrentHashMap<>();

  ShardRules(Catalog catalog, Faults faults) {
    this.catalog = catalog;
    this.faults = faults;
    Collection saved = catalog.find(CATALOG);
    if (saved != null) {
      Cursor<byte[], byte[]> all = new Cursor<>(saved.live().docs(), null, null, false);
      while (all.hasNext()) {
        all.next();
        Doc doc = new Doc(all.getValue());
        String namespace = doc.getString("_id");
        if (namespace != null) {
          keys.put(namespace, KeyPattern.parse(doc.getDoc("key", Doc.EMPTY)));
        }
      }
    }
  }

  // ---- collections and indexes

  /**
   * shardCollection: repeated with the same key it changes nothing.
   *
   * @throws MongoError AlreadyInitialized, InvalidOptions
   */
  void shard(Doc command) {
    String namespace = command.getString("shardCollection");
    if (namespace == null) {
      throw new MongoError(ErrorKind.FAILED_TO_PARSE, "shardCollection wants a namespace");
    }
    KeyPattern key = KeyPattern.parse(command.getDoc("key", Doc.EMPTY));
    KeyPattern before = keys.get(namespace);
    if (before != null) {
      if (before.equals(key)) {
        return;
      }
      throw new MongoError(
          ErrorKind.ALREADY_INITIALIZED,
          namespace + " is sharded already, with the key " + before.toDoc());
    }
    Collection collection = catalog.findOrCreate(namespace);
    boolean indexed = isId(key);
    for (IndexSpec spec : collection.indexes()) {
      requireGuardable(spec.pattern(), spec.unique(), key, ErrorKind.INVALID_OPTIONS);
      indexed |= startsWith(spec.pattern(), key);
    }
    if (!indexed && collection.live().count() > 0) {
      throw new MongoError(
          ErrorKind.INVALID_OPTIONS,
          "Please create an index that starts with the proposed shard key before sharding the"
              + " collection");
    }
    Doc saved = new DocWriter().begin().put("_id", namespace).put("key", key.toDoc()).end().toDoc();
    Collection all = catalog.findOrCreate(CATALOG);
    var _ =
        all.exclusively(() -> {
          if (all.live().find(Collection.id(saved)) == null) {
            all.insert(saved);
          }
          return true;
        });
    keys.put(namespace, key);
  }

  /**
   * Of createIndexes and the like.
   *
   * @throws MongoError CannotCreateIndex
   */
  void checkStructure(Command command) {
    if (command.name().equals("dropDatabase")) {
      keys.keySet().removeIf(namespace -> namespace.startsWith(command.database() + "."));
      return;
    }
    KeyPattern key = keys.get(command.namespace());
    if (key != null && command.name().equals("createIndexes")) {
      for (Doc index : command.docs("indexes")) {
        requireGuardable(
            KeyPattern.parse(index.getDoc("key", Doc.EMPTY)),
            index.getBoolean("unique", false),
            key,
            ErrorKind.CANNOT_CREATE_INDEX);
      }
    }
  }

  private static void requireGuardable(
      KeyPattern index, boolean unique, KeyPattern key, ErrorKind kind) {
    if (unique && !isId(index) && !startsWith(index, key)) {
      throw new MongoError(
          kind,
          "cannot create unique index over "
              + index.toDoc()
              + " with shard key pattern "
              + key.toDoc());
    }
  }

  private static boolean isId(KeyPattern pattern) {
    return pattern.size() == 1 && pattern.parts().getFirst().path().equals("_id");
  }

  private static boolean startsWith(KeyPattern index, KeyPattern key) {
    return index.size() >= key.size() && index.parts().subList(0, key.size()).equals(key.parts());
  }

  // ---- documents

  /**
   * @throws MongoError ShardKeyNotFound, InvalidOptions, IllegalOperation
   */
  void check(Command command) {
    if (command.name().equals("getMore")) {
      return;
    }
    KeyPattern key = keys.get(command.namespace());
    if (key == null) {
      return;
    }
    switch (command.name()) {
      case "find" -> target(command, command.body().getDoc("filter", Doc.EMPTY), key);
      case "count", "distinct" -> target(command, command.body().getDoc("query", Doc.EMPTY), key);
      case "aggregate" -> target(command, firstMatch(command.body()), key);
      case "update" -> command.docs("updates").forEach(one -> checkUpdate(command, one, key));
      case "delete" -> command.docs("deletes").forEach(one -> checkDelete(command, one, key));
      case "findAndModify", "findandmodify" -> checkFindAndModify(command.body(), key);
      default -> {} // an insert goes where its document says
    }
  }

  private static Doc firstMatch(Doc aggregate) {
    Value stages = aggregate.get("pipeline");
    List<Value> all = stages != null && stages.isArray() ? stages.elements() : List.of();
    return all.isEmpty() || !all.getFirst().isDocument()
        ? Doc.EMPTY
        : all.getFirst().asDoc().getDoc("$match", Doc.EMPTY);
  }

  private void checkUpdate(Command command, Doc statement, KeyPattern key) {
    Doc query = statement.getDoc("q", Doc.EMPTY);
    Map<String, Value> equal = equalities(query);
    boolean full = isFull(equal, key);
    if (statement.getBoolean("upsert", false) && !full) {
      throw noKey("upsert", query, key);
    }
    if (statement.getBoolean("multi", false)) {
      target(command, query, key);
    } else if (!full && !equal.containsKey("_id")) {
      throw new MongoError(
          ErrorKind.INVALID_OPTIONS,
          "A {multi:false} update on a sharded collection must contain an exact match on _id or"
              + " contain the shard key "
              + key.toDoc());
    }
    checkChange(statement.getDoc("u", Doc.EMPTY), equal, key);
  }

  private void checkDelete(Command command, Doc statement, KeyPattern key) {
    Doc query = statement.getDoc("q", Doc.EMPTY);
    Map<String, Value> equal = equalities(query);
    if (statement.getLong("limit", 0) != 1) {
      target(command, query, key);
    } else if (!isFull(equal, key) && !equal.containsKey("_id")) {
      throw new MongoError(
          ErrorKind.INVALID_OPTIONS,
          "A single delete on a sharded collection must contain an exact match on _id or contain"
              + " the shard key "
              + key.toDoc());
    }
  }

  private static void checkFindAndModify(Doc body, KeyPattern key) {
    Doc query = body.getDoc("query", Doc.EMPTY);
    Map<String, Value> equal = equalities(query);
    if (!isFull(equal, key)) {
      throw noKey("findAndModify", query, key);
    }
    checkChange(body.getDoc("update", Doc.EMPTY), equal, key);
  }

  private static MongoError noKey(String what, Doc query, KeyPattern key) {
    return new MongoError(
        ErrorKind.SHARD_KEY_NOT_FOUND,
        "Failed to target " + what + ": no exact shard key " + key.toDoc() + " in " + query);
  }

  /** An update, or a replacement, that would change the key of its document. */
  private static void checkChange(Doc update, Map<String, Value> equal, KeyPattern key) {
    boolean replaces = Documents.isReplacement(update) && !update.isEmpty();
    for (KeyPattern.Part part : key.parts()) {
      String field = part.path();
      if (field.equals("_id")) {
        continue; // no update changes it, sharded or not
      }
      Value known = equal.get(field);
      if (replaces ? !same(update.get(field), known) : operatorChanges(update, field, known)) {
        throw new MongoError(
            ErrorKind.ILLEGAL_OPERATION,
            "Must run update to shard key field '"
                + field
                + "' in a multi-statement transaction or with retryWrites: true");
      }
    }
  }

  private static boolean same(@Nullable Value a, @Nullable Value b) {
    return a != null
        && b != null
        && java.util.Arrays.equals(KeyWriter.encode(a), KeyWriter.encode(b));
  }

  private static boolean operatorChanges(Doc update, String field, @Nullable Value known) {
    Fields operators = update.fields();
    while (operators.next()) {
      if (operators.name().equals("$setOnInsert") || !operators.value().isDocument()) {
        continue;
      }
      Fields changed = operators.value().asDoc().fields();
      while (changed.next()) {
        boolean touches = changed.name().equals(field) || changed.name().startsWith(field + ".");
        if (touches && !(operators.name().equals("$set") && same(changed.value(), known))) {
          return true;
        }
      }
    }
    return false;
  }

  // ---- which shards a filter means

  private static boolean isFull(Map<String, Value> equal, KeyPattern key) {
    return key.parts().stream().allMatch(part -> equal.containsKey(part.path()));
  }

  /** The fields that the filter gives by equality, also in an $and. */
  private static Map<String, Value> equalities(Doc query) {
    Map<String, Value> found = new HashMap<>();
    Fields fields = query.fields();
    while (fields.next()) {
      Value value = fields.value();
      if (fields.name().equals("$and") && value.isArray()) {
        value.elements().forEach(part -> found.putAll(equalities(part.asDoc())));
      } else if (!fields.name().startsWith("$")) {
        Value equal = equal(value);
        if (equal != null) {
          found.put(fields.name(), equal);
        }
      }
    }
    return found;
  }

  private static @Nullable Value equal(Value value) {
    if (value.isDocument()) {
      Fields inside = value.asDoc().fields();
      if (inside.next() && inside.name().startsWith("$")) {
        return value.asDoc().get("$eq");
      }
    }
    return value.type() == Bson.REGEX ? null : value;
  }

  private void target(Command command, Doc query, KeyPattern key) {
    if (!isTargeted(query, key.parts().getFirst().path())) {
      List<String> names = new ArrayList<>();
      Fields fields = query.fields();
      while (fields.next()) {
        names.add(fields.name());
      }
      faults.broadcast(command.name() + " " + command.collection() + " " + String.join(",", names));
    }
  }

  /** Whether the filter says anything about the first field of the key. */
  private static boolean isTargeted(Doc query, String first) {
    Fields fields = query.fields();
    while (fields.next()) {
      Value value = fields.value();
      boolean targeted =
          switch (fields.name()) {
            case "$and" ->
                value.isArray()
                    && value.elements().stream().anyMatch(part -> isTargeted(part.asDoc(), first));
            case "$or" ->
                value.isArray()
                    && value.elements().stream().allMatch(part -> isTargeted(part.asDoc(), first));
            default -> fields.name().equals(first);
          };
      if (targeted) {
        return true;
      }
    }
    return false;
  }
}
