package net.mailagent.embedded;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** createIndexes, listIndexes, dropIndexes. Any thread. */
final class IndexCommands {
  private static final Set<String> KNOWN_OPTIONS =
      Set.of("v", "key", "name", "unique", "sparse", "background", "ns");

  private final Catalog catalog;

  IndexCommands(Catalog catalog) {
    this.catalog = catalog;
  }

  void create(Command command, DocWriter out) {
    boolean made = catalog.find(command.namespace()) == null;
    List<Doc> wanted = command.docs("indexes");
    if (wanted.isEmpty()) {
      throw new MongoError(ErrorKind.BAD_VALUE, "Must specify at least one index to create");
    }
    List<IndexSpec> specs = new ArrayList<>();
    wanted.forEach(doc -> specs.add(spec(doc)));
    Collection collection = catalog.findOrCreate(command.namespace());
    int[] counts = new int[2];
    collection.exclusively(() -> {
      counts[0] = collection.indexes().size() + 1;
      for (IndexSpec spec : specs) {
        if (isNew(collection, spec)) {
          collection.createIndex(
              new IndexSpec(
                  catalog.newMap(), spec.name(), spec.pattern(), spec.unique(), spec.sparse(), 0));
        }
      }
      counts[1] = collection.indexes().size() + 1;
      return true;
    });
    out.put("numIndexesBefore", counts[0])
        .put("numIndexesAfter", counts[1])
        .put("createdCollectionAutomatically", made);
    if (counts[0] == counts[1]) {
      out.put("note", "all indexes already exist");
    }
  }

  private static IndexSpec spec(Doc doc) {
    KeyPattern pattern = KeyPattern.parse(doc.getDoc("key", Doc.EMPTY));
    Fields fields = doc.fields();
    while (fields.next()) {
      if (!KNOWN_OPTIONS.contains(fields.name()) && fields.value().asBoolean()) {
        throw new MongoError(
            ErrorKind.CANNOT_CREATE_INDEX,
            "the embedded engine has no index option '" + fields.name() + "'");
      }
    }
    String name = doc.getString("name");
    return new IndexSpec(
        0,
        name == null ? pattern.defaultName() : name,
        pattern,
        doc.getBoolean("unique", false),
        doc.getBoolean("sparse", false),
        0);
  }

  private static boolean isNew(Collection collection, IndexSpec spec) {
    if (isId(spec)) {
      return false;
    }
    if (spec.name().equals(Plan.ID)) {
      throw new MongoError(
          ErrorKind.BAD_VALUE, "The index name '_id_' is reserved for the _id index");
    }
    for (IndexSpec existing : collection.indexes()) {
      boolean sameName = existing.name().equals(spec.name());
      if (sameName && existing.sameAs(spec)) {
        return false;
      }
      if (sameName) {
        throw new MongoError(
            ErrorKind.INDEX_KEY_SPECS_CONFLICT,
            "An existing index has the same name as the requested index: " + spec.name());
      }
      if (existing.pattern().equals(spec.pattern())) {
        throw new MongoError(
            ErrorKind.INDEX_OPTIONS_CONFLICT,
            "Index already exists with a different name: " + existing.name());
      }
    }
    return true;
  }

  private static boolean isId(IndexSpec spec) {
    return spec.pattern().size() == 1 && spec.pattern().parts().getFirst().path().equals("_id");
  }

  void list(Command command, DocWriter out) {
    Collection collection = existing(command);
    out.beginDocument("cursor").beginArray("firstBatch");
    out.beginElement().put("v", 2);
    out.beginDocument("key").put("_id", 1).end().put("name", Plan.ID).end();
    for (IndexSpec spec : collection.indexes()) {
      out.beginElement();
      spec.describe(out);
      out.end();
    }
    out.end().put("id", 0L).put("ns", collection.namespace()).end();
  }

  void drop(Command command, DocWriter out) {
    Collection collection = existing(command);
    Value which = command.body().get("index");
    if (which == null) {
      throw new MongoError(ErrorKind.FAILED_TO_PARSE, "'index' is missing");
    }
    int before =
        collection.exclusively(() -> {
          List<IndexSpec> specs = collection.indexes();
          List<IndexSpec> unwanted = new ArrayList<>();
          if (which.isString() && which.asString().equals("*")) {
            unwanted.addAll(specs);
          } else {
            for (Value one : which.isArray() ? which.elements() : List.of(which)) {
              unwanted.add(find(specs, one));
            }
          }
          if (!unwanted.isEmpty()) {
            collection.dropIndexes(unwanted);
          }
          return specs.size() + 1;
        });
    out.put("nIndexesWas", before);
  }

  private static IndexSpec find(List<IndexSpec> specs, Value which) {
    if (which.isString() && which.asString().equals(Plan.ID)) {
      throw new MongoError(ErrorKind.INVALID_OPTIONS, "cannot drop _id index");
    }
    for (IndexSpec spec : specs) {
      boolean meant =
          which.isString()
              ? spec.name().equals(which.asString())
              : which.isDocument() && KeyPattern.parse(which.asDoc()).equals(spec.pattern());
      if (meant) {
        return spec;
      }
    }
    throw new MongoError(ErrorKind.INDEX_NOT_FOUND, "index not found with name [" + which + "]");
  }

  private Collection existing(Command command) {
    Collection collection = catalog.find(command.namespace());
    if (collection == null) {
      throw new MongoError(
          ErrorKind.NAMESPACE_NOT_FOUND, "ns does not exist: " + command.namespace());
    }
    return collection;
  }
}
