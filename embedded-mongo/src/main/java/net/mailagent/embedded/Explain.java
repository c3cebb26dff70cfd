package net.mailagent.embedded;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * explain: which index would run a command and, from executionStats on, what running the query
 * looks at; nothing is changed by it. In MongoDB's shape. Any thread.
 */
final class Explain {
  private final Catalog catalog;
  private final Store store;
  private final EmbeddedMongoSettings settings;

  Explain(Catalog catalog, Store store, EmbeddedMongoSettings settings) {
    this.catalog = catalog;
    this.store = store;
    this.settings = settings;
  }

  /** The query within a command, and the stages the command puts around it, outermost first. */
  private record Explained(
      Plan.Chosen chosen,
      Doc query,
      long skip,
      long limit,
      List<String> around,
      List<Value> rest) {}

  void explain(Command command, DocWriter out) {
    Doc inner = command.body().getDoc("explain", Doc.EMPTY);
    String verbosity = command.body().getString("verbosity");
    explain(
        new Command(
            Command.of(inner, command.sequences(), false).name(),
            command.database(),
            inner,
            command.sequences(),
            false),
        verbosity == null || !verbosity.equals("queryPlanner"),
        out);
  }

  void explain(Command command, boolean execute, DocWriter out) {
    Collection collection = catalog.find(command.namespace());
    Explained explained = explained(command, collection);
    boolean staged = !explained.rest().isEmpty();
    out.put("explainVersion", "1");
    if (staged) {
      out.beginArray("stages").beginElement().beginDocument("$cursor");
    }
    out.beginDocument("queryPlanner")
        .put("namespace", command.namespace())
        .put("indexFilterSet", false)
        .put("parsedQuery", explained.query())
        .beginDocument("winningPlan");
    writePlan(explained, collection, out);
    out.end().beginArray("rejectedPlans").end().end();
    if (execute) {
      writeExecution(explained, collection, out);
    }
    if (staged) {
      out.end().end();
      explained.rest().forEach(out::add);
      out.end();
    }
    out.put("command", command.body()).beginDocument("serverInfo").put("version", "6.0.0").end();
  }

  private static Explained explained(Command command, @Nullable Collection collection) {
    List<IndexSpec> indexes = collection == null ? List.of() : collection.readable();
    Doc body = command.body();
    return switch (command.name()) {
      case "find" -> {
        QueryPlans find = QueryPlans.ofFind(body, indexes);
        List<String> around = find.projection() == null ? List.of() : List.of("PROJECTION_DEFAULT");
        yield new Explained(
            find.chosen(), find.query(), find.skip(), find.limit(), around, List.of());
      }
      case "count" -> explained(body, "query", body.getLong("limit", 0), List.of("COUNT"), indexes);
      case "distinct" -> explained(body, "query", 0, List.of(), indexes);
      case "findAndModify", "findandmodify" ->
          explained(
              body,
              "query",
              1,
              List.of(body.getBoolean("remove", false) ? "DELETE" : "UPDATE"),
              indexes);
      case "update" -> {
        Doc statement = command.docs("updates").getFirst();
        yield explained(
            statement,
            "q",
            statement.getBoolean("multi", false) ? 0 : 1,
            List.of("UPDATE"),
            indexes);
      }
      case "delete" -> {
        Doc statement = command.docs("deletes").getFirst();
        yield explained(statement, "q", statement.getLong("limit", 0), List.of("DELETE"), indexes);
      }
      case "aggregate" -> {
        Pipeline pipeline = Pipeline.parse(body, indexes);
        yield new Explained(
            pipeline.chosen(),
            pipeline.query(),
            pipeline.skip(),
            pipeline.limit(),
            List.of(),
            pipeline.rest());
      }
      default ->
          throw new MongoError(
              ErrorKind.COMMAND_NOT_SUPPORTED, "cannot explain '" + command.name() + "'");
    };
  }

  private static Explained explained(
      Doc command, String field, long limit, List<String> around, List<IndexSpec> indexes) {
    Doc query = command.getDoc(field, Doc.EMPTY);
    Plan.Chosen chosen =
        QueryPlans.plan(
            query, command.getDoc("sort", Doc.EMPTY), command.getNonNull("hint"), indexes);
    return new Explained(chosen, query, command.getLong("skip", 0), limit, around, List.of());
  }

  private static void writePlan(
      Explained explained, @Nullable Collection collection, DocWriter out) {
    int open = 0;
    for (String stage : explained.around()) {
      out.put("stage", stage).beginDocument("inputStage");
      open++;
    }
    if (explained.limit() > 0) {
      out.put("stage", "LIMIT").put("limitAmount", explained.limit()).beginDocument("inputStage");
      open++;
    }
    Plan.Chosen chosen = explained.chosen();
    KeyPattern sort = chosen.sort();
    if (sort != null && chosen.needsSort()) {
      out.put("stage", "SORT").put("sortPattern", sort.toDoc()).beginDocument("inputStage");
      open++;
    }
    if (collection == null) {
      out.put("stage", "EOF");
    } else {
      writeAccess(chosen, collection, explained.query(), out);
    }
    for (; open > 0; open--) {
      out.end();
    }
  }

  private static void writeAccess(
      Plan.Chosen chosen, Collection collection, Doc query, DocWriter out) {
    switch (chosen.plan()) {
      case Plan.CollectionScan scan -> {
        out.put("stage", "COLLSCAN");
        if (!query.isEmpty()) {
          out.put("filter", query);
        }
        out.put("direction", scan.reverse() ? "backward" : "forward");
      }
      case Plan.IndexScan scan -> {
        if (scan.index().equals(Plan.ID) && isIdEquality(query)) {
          out.put("stage", "IDHACK");
          return;
        }
        out.put("stage", "FETCH").put("filter", query).beginDocument("inputStage");
        writeScan(scan, collection, out);
        out.end();
      }
      case Plan.Union union -> {
        out.put("stage", "FETCH").put("filter", query).beginDocument("inputStage");
        writeScans("OR", union.branches(), collection, out);
        out.end();
      }
      case Plan.Merge merge -> {
        out.put("stage", "FETCH").put("filter", query).beginDocument("inputStage");
        writeScans("SORT_MERGE", merge.branches(), collection, out);
        out.end();
      }
    }
  }

  private static boolean isIdEquality(Doc query) {
    Fields fields = query.fields();
    boolean id = fields.next() && fields.name().equals("_id") && !fields.next();
    return id
        && FilterParser.parse(query) instanceof Filter.At at
        && at.test() instanceof Filter.Compare compare
        && compare.relation() == Filter.Relation.EQUAL;
  }

  private static void writeScans(
      String stage, List<Plan.IndexScan> scans, Collection collection, DocWriter out) {
    out.put("stage", stage).beginArray("inputStages");
    for (Plan.IndexScan scan : scans) {
      out.beginElement();
      writeScan(scan, collection, out);
      out.end();
    }
    out.end();
  }

  private static void writeScan(Plan.IndexScan scan, Collection collection, DocWriter out) {
    boolean unique = scan.index().equals(Plan.ID);
    for (IndexSpec spec : collection.indexes()) {
      unique |= spec.name().equals(scan.index()) && spec.unique();
    }
    out.put("stage", scan.ranges().isEmpty() ? "EOF" : "IXSCAN")
        .put("keyPattern", scan.pattern().toDoc())
        .put("indexName", scan.index())
        .put("isMultiKey", scan.repeats())
        .put("isUnique", unique)
        .put("indexVersion", 2)
        .put("direction", scan.reverse() ? "backward" : "forward")
        .put("seeks", scan.ranges().size());
  }

  private void writeExecution(Explained explained, @Nullable Collection collection, DocWriter out) {
    Scan.Counts counts = new Scan.Counts();
    long start = System.nanoTime();
    long returned = 0;
    if (collection != null) {
      Store.Pin pin = store.pin();
      try {
        Results results =
            new Results(
                explained.chosen(),
                explained.skip(),
                explained.limit(),
                settings.maxSortBytes(),
                counts);
        results.attach(collection.snapshot());
        while (results.next() != null) {
          returned++;
        }
      } finally {
        store.unpin(pin);
      }
    }
    boolean scan = explained.chosen().plan() instanceof Plan.CollectionScan;
    out.beginDocument("executionStats")
        .put("executionSuccess", true)
        .put("nReturned", (int) returned)
        .put("executionTimeMillis", (int) ((System.nanoTime() - start) / 1_000_000))
        .put("totalKeysExamined", (int) (scan ? 0 : counts.keys))
        .put("totalDocsExamined", (int) counts.docs)
        .beginDocument("executionStages");
    writePlan(explained, collection, out);
    out.end().end();
  }
}
