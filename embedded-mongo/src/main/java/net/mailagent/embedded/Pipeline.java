package net.mailagent.embedded;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Set;
import java.util.Spliterator;
import java.util.Spliterators;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.jspecify.annotations.Nullable;

/**
 * An aggregation: what leads ($match, $sort, $skip, $limit) is planned like a find, the stages
 * after it run in mongo-java-server on the documents that come out. Immutable; any thread.
 */
final class Pipeline {
  private static final Set<String> OFFERED =
      Set.of(
          "$match",
          "$sort",
          "$skip",
          "$limit",
          "$project",
          "$count",
          "$group",
          "$addFields",
          "$set",
          "$unwind",
          "$replaceRoot",
          "$sortByCount",
          "$bucket",
          "$unset",
          "$sample");

  /** How many documents a plan finds, without reading them into anything. */
  interface Counting {
    long count(Plan.Chosen chosen, long skip, long limit);
  }

  private final Plan.Chosen chosen;
  private final Doc query;
  private final long skip;
  private final long limit;
  private final List<Value> rest;
  private final @Nullable String countName;
  private final @Nullable Value countId;

  private Pipeline(Plan.Chosen chosen, Doc query, long skip, long limit, List<Value> rest) {
    this.chosen = chosen;
    this.query = query;
    this.skip = skip;
    this.limit = limit;
    this.rest = rest;
    Doc last = rest.size() == 1 ? rest.getFirst().asDoc() : Doc.EMPTY;
    Value count = last.get("$count");
    Doc group = last.getDoc("$group", Doc.EMPTY);
    this.countId = count == null ? group.get("_id") : null;
    this.countName =
        count != null && count.isString() ? count.asString() : sumOfOnes(group, countId);
  }

  /** The field of a group that counts all documents (how drivers count), or null. */
  private static @Nullable String sumOfOnes(Doc group, @Nullable Value id) {
    if (id == null || !(id.isNull() || id.isNumber())) {
      return null;
    }
    Fields fields = group.fields();
    String name = null;
    while (fields.next()) {
      if (fields.name().equals("_id")) {
        continue;
      }
      Value sum = fields.value().isDocument() ? fields.value().asDoc().get("$sum") : null;
      if (name != null
          || sum == null
          || sum.type() != Bson.INT32
          || sum.asLong() != 1
          || fields.value().elements().size() != 1) {
        return null;
      }
      name = fields.name();
    }
    return name;
  }

  static Pipeline parse(Doc command, List<IndexSpec> indexes) {
    QueryPlans.refuse(command, "collation", "let");
    Value stages = command.getNonNull("pipeline");
    if (stages == null || !stages.isArray()) {
      throw new MongoError(ErrorKind.TYPE_MISMATCH, "'pipeline' option must be an array");
    }
    List<Value> rest = new ArrayList<>();
    for (Value stage : stages.elements()) {
      Fields fields = stage.isDocument() ? stage.asDoc().fields() : Doc.EMPTY.fields();
      if (!fields.next()) {
        throw new MongoError(
            40323,
            "Location40323",
            "A pipeline stage specification object must contain exactly one field.",
            null);
      }
      if (!OFFERED.contains(fields.name())) {
        throw new MongoError(
            40324,
            "Location40324",
            "Unrecognized pipeline stage name, or one the embedded engine does not have: '"
                + fields.name()
                + "'",
            null);
      }
      rest.add(renamed(stage, fields));
    }
    return lead(rest, command.getNonNull("hint"), indexes);
  }

  /** $set is another name of $addFields, which mongo-java-server does not know. */
  private static Value renamed(Value stage, Fields fields) {
    return fields.name().equals("$set")
        ? Value.of(new DocWriter().begin().put("$addFields", fields.value()).end().toDoc())
        : stage;
  }

  private static Pipeline lead(List<Value> stages, @Nullable Value hint, List<IndexSpec> indexes) {
    int at = 0;
    Doc query = Doc.EMPTY;
    Doc sort = null;
    long skip = 0;
    long limit = 0;
    if (at < stages.size() && stages.get(at).asDoc().get("$match") != null) {
      query = stages.get(at++).asDoc().getDoc("$match", Doc.EMPTY);
    }
    if (at < stages.size() && stages.get(at).asDoc().get("$sort") != null) {
      sort = stages.get(at++).asDoc().getDoc("$sort", Doc.EMPTY);
    }
    if (at < stages.size() && stages.get(at).asDoc().get("$skip") != null) {
      skip = stages.get(at++).asDoc().getLong("$skip", 0);
    }
    if (at < stages.size() && stages.get(at).asDoc().get("$limit") != null) {
      limit = stages.get(at++).asDoc().getLong("$limit", 0);
    }
    return new Pipeline(
        QueryPlans.plan(query, sort, hint, indexes),
        query,
        skip,
        limit,
        List.copyOf(stages.subList(at, stages.size())));
  }

  Plan.Chosen chosen() {
    return chosen;
  }

  Doc query() {
    return query;
  }

  List<Value> rest() {
    return rest;
  }

  long skip() {
    return skip;
  }

  long limit() {
    return limit;
  }

  /** A last $project of plain fields is done on the bytes. */
  @Nullable Projection projection() {
    return plainProjection() ? Projection.parse(projectStage()) : null;
  }

  private boolean plainProjection() {
    if (rest.size() != 1 || rest.getFirst().asDoc().get("$project") == null) {
      return false;
    }
    Fields fields = projectStage().fields();
    while (fields.next()) {
      if (!fields.value().isNumber() && fields.type() != Bson.BOOLEAN) {
        return false;
      }
    }
    return true;
  }

  private Doc projectStage() {
    return rest.getFirst().asDoc().getDoc("$project", Doc.EMPTY);
  }

  Source source(long maxSortBytes, Counting counting) {
    String name = countName;
    if (name != null) {
      return new Computed(() -> {
        long count = counting.count(chosen, skip, limit);
        DocWriter out = new DocWriter().begin();
        if (countId != null) {
          out.put("_id", countId);
        }
        out.put(name, (int) Math.min(count, Integer.MAX_VALUE));
        Doc result = out.end().toDoc();
        return (count == 0 ? List.<Doc>of() : List.of(result)).iterator();
      });
    }
    Results results = new Results(chosen, skip, limit, maxSortBytes, new Scan.Counts());
    return rest.isEmpty() || plainProjection() ? results : new Staged(results, rest);
  }

  /** A result that is computed at once when first asked for. */
  private static final class Computed implements Source {
    private final Supplier<Iterator<Doc>> computation;
    private @Nullable Iterator<Doc> result;

    Computed(Supplier<Iterator<Doc>> computation) {
      this.computation = computation;
    }

    @Override
    public void attach(Snapshot snapshot) {}

    @Override
    public void detach() {}

    @Override
    public @Nullable Doc next() {
      Iterator<Doc> all = result;
      if (all == null) {
        all = computation.get();
        result = all;
      }
      return all.hasNext() ? all.next() : null;
    }
  }

  private static Stream<Doc> stream(Results results) {
    return StreamSupport.stream(
        new Spliterators.AbstractSpliterator<Doc>(Long.MAX_VALUE, Spliterator.ORDERED) {
          @Override
          public boolean tryAdvance(Consumer<? super Doc> action) {
            Doc doc = results.next();
            if (doc != null) {
              action.accept(doc);
            }
            return doc != null;
          }
        },
        false);
  }

  /** Documents pulled through mongo-java-server's stages. */
  private static final class Staged implements Source {
    private final Results results;
    private final List<Value> stages;
    private @Nullable Iterator<Doc> output;

    Staged(Results results, List<Value> stages) {
      this.results = results;
      this.stages = stages;
    }

    @Override
    public void attach(Snapshot snapshot) {
      results.attach(snapshot);
    }

    @Override
    public void detach() {
      results.detach();
    }

    @Override
    public @Nullable Doc next() {
      Iterator<Doc> all = output;
      if (all == null) {
        all = Library.aggregate(stages, stream(results)).iterator();
        output = all;
      }
      Iterator<Doc> pulled = all;
      return Library.call(() -> pulled.hasNext() ? pulled.next() : null);
    }
  }
}
