package net.mailagent.embedded;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Handshake, databases, collections, statistics. Any thread. */
final class AdminCommands {
  /** MongoDB 6.0: what the rest of the product requires of a server. */
  private static final int WIRE_VERSION = 17;

  private static final int MAX_WRITE_BATCH = 100_000;

  private final Catalog catalog;
  private final Store store;
  private final Cursors cursors;
  private final EmbeddedMongoSettings settings;

  AdminCommands(Catalog catalog, Store store, Cursors cursors, EmbeddedMongoSettings settings) {
    this.catalog = catalog;
    this.store = store;
    this.cursors = cursors;
    this.settings = settings;
  }

  void hello(Command command, DocWriter out) {
    out.put(command.name().equals("hello") ? "isWritablePrimary" : "ismaster", true)
        .put("helloOk", true)
        .put("maxBsonObjectSize", Bson.MAX_DOCUMENT_BYTES)
        .put("maxMessageSizeBytes", settings.maxMessageBytes())
        .put("maxWriteBatchSize", MAX_WRITE_BATCH)
        .putDate("localTime", System.currentTimeMillis())
        .put("minWireVersion", 0)
        .put("maxWireVersion", WIRE_VERSION)
        .put("readOnly", false);
  }

  void buildInfo(DocWriter out) {
    out.put("version", "6.0.0").put("gitVersion", "embedded");
    out.beginArray("versionArray");
    for (int part : new int[] {6, 0, 0, 0}) {
      out.element(Bson.INT32);
      out.writeInt32(part);
    }
    out.end().put("bits", 64).put("maxBsonObjectSize", Bson.MAX_DOCUMENT_BYTES);
  }

  void create(Command command, DocWriter out) {
    QueryPlans.refuse(
        command.body(),
        "capped",
        "timeseries",
        "viewOn",
        "validator",
        "collation",
        "clusteredIndex");
    if (catalog.find(command.namespace()) != null) {
      throw new MongoError(
          ErrorKind.NAMESPACE_EXISTS, "Collection " + command.namespace() + " already exists.");
    }
    catalog.findOrCreate(command.namespace());
  }

  void drop(Command command, DocWriter out) {
    Collection collection = catalog.find(command.namespace());
    int indexes = collection == null ? 0 : collection.indexes().size() + 1;
    if (!catalog.drop(command.namespace())) {
      throw new MongoError(ErrorKind.NAMESPACE_NOT_FOUND, "ns not found");
    }
    out.put("nIndexesWas", indexes).put("ns", command.namespace());
  }

  void dropDatabase(Command command, DocWriter out) {
    Map<String, Collection> all = catalog.database(command.database());
    all.values().forEach(collection -> catalog.drop(collection.namespace()));
    if (!all.isEmpty()) {
      out.put("dropped", command.database());
    }
  }

  void listCollections(Command command, DocWriter out) {
    Filter filter = FilterParser.parse(command.body().getDoc("filter", Doc.EMPTY));
    out.beginDocument("cursor").beginArray("firstBatch");
    for (String name : catalog.database(command.database()).keySet()) {
      DocWriter one = new DocWriter().begin().put("name", name).put("type", "collection");
      one.beginDocument("options").end();
      one.beginDocument("info").put("readOnly", false).end();
      one.beginDocument("idIndex").put("v", 2);
      one.beginDocument("key").put("_id", 1).end().put("name", Plan.ID).end();
      Doc doc = one.end().toDoc();
      if (filter.matches(doc)) {
        out.add(doc);
      }
    }
    out.end().put("id", 0L).put("ns", command.database() + ".$cmd.listCollections").end();
  }

  void listDatabases(Command command, DocWriter out) {
    Filter filter = FilterParser.parse(command.body().getDoc("filter", Doc.EMPTY));
    out.beginArray("databases");
    for (String name : catalog.databases()) {
      Doc doc =
          new DocWriter()
              .begin()
              .put("name", name)
              .put("sizeOnDisk", store.fileBytes())
              .put("empty", false)
              .end()
              .toDoc();
      if (filter.matches(doc)) {
        out.add(doc);
      }
    }
    out.end().put("totalSize", store.fileBytes());
  }

  void collectionStats(Command command, DocWriter out) {
    Collection collection = catalog.find(command.namespace());
    long count = collection == null ? 0 : collection.snapshot().count();
    out.put("ns", command.namespace())
        .put("count", (int) Math.min(count, Integer.MAX_VALUE))
        .put("nindexes", collection == null ? 0 : collection.indexes().size() + 1)
        .put("storageSize", store.fileBytes());
  }

  void databaseStats(Command command, DocWriter out) {
    List<Collection> all = new ArrayList<>(catalog.database(command.database()).values());
    long count = 0;
    int indexes = 0;
    for (Collection collection : all) {
      count += collection.snapshot().count();
      indexes += collection.indexes().size() + 1;
    }
    out.put("db", command.database())
        .put("collections", all.size())
        .put("objects", count)
        .put("indexes", indexes)
        .put("storageSize", store.fileBytes());
  }

  void serverStatus(DocWriter out) {
    out.put("version", "6.0.0")
        .put("process", "embedded-mongo")
        .putDate("localTime", System.currentTimeMillis());
    out.beginDocument("metrics").beginDocument("cursor").beginDocument("open");
    out.put("total", (long) cursors.size()).end().end().end();
    out.beginDocument("storageEngine").put("name", "mvstore").put("persistent", true).end();
  }
}
