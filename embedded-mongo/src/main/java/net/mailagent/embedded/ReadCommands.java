package net.mailagent.embedded;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** find, getMore, killCursors, count, distinct, aggregate. Any thread; writes into the reply. */
final class ReadCommands {
  private final Catalog catalog;
  private final Store store;
  private final Cursors cursors;
  private final EmbeddedMongoSettings settings;

  ReadCommands(Catalog catalog, Store store, Cursors cursors, EmbeddedMongoSettings settings) {
    this.catalog = catalog;
    this.store = store;
    this.cursors = cursors;
    this.settings = settings;
  }

  void find(Command command, DocWriter out) {
    Collection collection = catalog.find(command.namespace());
    if (collection == null) {
      QueryPlans.ofFind(command.body(), List.of());
      Cursors.none(command.namespace(), out);
      return;
    }
    Doc body = command.body();
    QueryPlans query = QueryPlans.ofFind(body, collection.readable());
    Results results = query.results(settings.maxSortBytes(), new Scan.Counts());
    cursors.first(
        collection,
        results,
        query.projection(),
        body.getLong("batchSize", Cursors.FIRST_BATCH),
        !body.getBoolean("singleBatch", false),
        out);
  }

  void getMore(Command command, DocWriter out) {
    Doc body = command.body();
    cursors.next(
        body.getLong("getMore", 0),
        command.database() + "." + body.getString("collection"),
        body.getLong("batchSize", 0),
        out);
  }

  void killCursors(Command command, DocWriter out) {
    List<Long> killed = new java.util.ArrayList<>();
    List<Long> unknown = new java.util.ArrayList<>();
    Value ids = command.body().getNonNull("cursors");
    if (ids != null && ids.isArray()) {
      for (Value id : ids.elements()) {
        (cursors.kill(id.asLong()) ? killed : unknown).add(id.asLong());
      }
    }
    out.putLongs("cursorsKilled", killed)
        .putLongs("cursorsNotFound", unknown)
        .putLongs("cursorsAlive", List.of())
        .putLongs("cursorsUnknown", List.of());
  }

  void count(Command command, DocWriter out) {
    Collection collection = catalog.find(command.namespace());
    Doc body = command.body();
    QueryPlans.refuse(body, "collation");
    long count = 0;
    if (collection != null) {
      Plan.Chosen chosen =
          QueryPlans.plan(
              body.getDoc("query", Doc.EMPTY),
              null,
              body.getNonNull("hint"),
              collection.readable());
      count =
          count(collection, chosen, body.getLong("skip", 0), Math.abs(body.getLong("limit", 0)));
    }
    out.put("n", (int) Math.min(count, Integer.MAX_VALUE));
  }

  private long count(Collection collection, Plan.Chosen chosen, long skip, long limit) {
    Store.Pin pin = store.pin();
    try {
      Snapshot snapshot = collection.snapshot();
      if (chosen.filter().equals(Filter.ALL)) {
        long all = Math.max(0, snapshot.count() - skip);
        return limit > 0 ? Math.min(limit, all) : all;
      }
      Results results =
          new Results(chosen, skip, limit, settings.maxSortBytes(), new Scan.Counts());
      results.attach(snapshot);
      long count = 0;
      while (results.next() != null) {
        count++;
      }
      return count;
    } finally {
      store.unpin(pin);
    }
  }

  void distinct(Command command, DocWriter out) {
    Doc body = command.body();
    QueryPlans.refuse(body, "collation");
    String key = body.getString("key");
    if (key == null) {
      throw new MongoError(ErrorKind.TYPE_MISMATCH, "\"key\" had the wrong type");
    }
    Map<byte[], Value> values = new TreeMap<>(Arrays::compareUnsigned);
    Collection collection = catalog.find(command.namespace());
    if (collection != null) {
      Plan.Chosen chosen =
          QueryPlans.plan(
              body.getDoc("query", Doc.EMPTY),
              null,
              body.getNonNull("hint"),
              collection.readable());
      Store.Pin pin = store.pin();
      try {
        Results results = new Results(chosen, 0, 0, settings.maxSortBytes(), new Scan.Counts());
        results.attach(collection.snapshot());
        List<String> steps = Path.steps(key);
        for (Doc doc = results.next(); doc != null; doc = results.next()) {
          Path.any(doc, steps, value -> addDistinct(values, value));
        }
      } finally {
        store.unpin(pin);
      }
    }
    out.beginArray("values");
    values.values().forEach(out::add);
    out.end();
  }

  private static boolean addDistinct(Map<byte[], Value> values, @Nullable Value value) {
    if (value != null && value.isArray()) {
      value.elements().forEach(element -> values.put(KeyWriter.encode(element), element));
    } else if (value != null) {
      values.put(KeyWriter.encode(value), value);
    }
    return false;
  }

  void aggregate(Command command, DocWriter out) {
    Value target = command.body().get("aggregate");
    if (target == null || !target.isString()) {
      throw new MongoError(
          ErrorKind.COMMAND_NOT_SUPPORTED,
          "the embedded engine aggregates collections only, not whole databases");
    }
    Doc body = command.body();
    Doc cursor = body.getDoc("cursor", Doc.EMPTY);
    Collection collection = catalog.find(command.namespace());
    Pipeline pipeline =
        Pipeline.parse(body, collection == null ? List.of() : collection.readable());
    if (collection == null) {
      Cursors.none(command.namespace(), out);
      return;
    }
    Source source =
        pipeline.source(
            settings.maxSortBytes(),
            (chosen, skip, limit) -> count(collection, chosen, skip, limit));
    cursors.first(
        collection,
        source,
        pipeline.projection(),
        cursor.getLong("batchSize", Cursors.FIRST_BATCH),
        true,
        out);
  }
}
