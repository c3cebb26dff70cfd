package net.mailagent.embedded;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * insert, update, delete, findAndModify. Any thread; each document is one operation, and the reply
 * is written only when all that the command did is on disk.
 */
final class WriteCommands {
  private final Catalog catalog;
  private final Store store;
  private final EmbeddedMongoSettings settings;

  WriteCommands(Catalog catalog, Store store, EmbeddedMongoSettings settings) {
    this.catalog = catalog;
    this.store = store;
    this.settings = settings;
  }

  /** What an update did to one statement's documents. */
  private static final class Outcome {
    private long matched;
    private long modified;
    private @Nullable Value upserted;
  }

  void insert(Command command, DocWriter out) {
    List<Doc> docs = command.docs("documents");
    Errors errors = new Errors(command);
    int[] inserted = {0};
    onCollection(
        command.namespace(),
        collection -> {
          for (int i = errors.next; i < docs.size() && !errors.stop(); i++) {
            errors.next = i + 1;
            Doc doc = docs.get(i);
            errors.run(
                i,
                () -> {
                  Doc storable = Documents.storable(doc);
                  inTurn(collection, () -> collection.insert(storable));
                  inserted[0]++;
                });
          }
        });
    out.put("n", inserted[0]);
    errors.write(out);
  }

  void update(Command command, DocWriter out) {
    List<Doc> updates = command.docs("updates");
    Errors errors = new Errors(command);
    Outcome total = new Outcome();
    if (catalog.find(command.namespace()) == null
        && updates.stream().noneMatch(statement -> statement.getBoolean("upsert", false))) {
      out.put("n", 0).put("nModified", 0);
      return;
    }
    DocWriter upserts = new DocWriter().begin().beginArray("upserted");
    onCollection(
        command.namespace(),
        collection -> {
          for (int i = errors.next; i < updates.size() && !errors.stop(); i++) {
            errors.next = i + 1;
            int index = i;
            Doc statement = updates.get(i);
            errors.run(
                i,
                () -> {
                  Outcome outcome = update(collection, statement);
                  total.matched += outcome.matched;
                  total.modified += outcome.modified;
                  if (outcome.upserted != null) {
                    total.upserted = outcome.upserted;
                    total.matched++;
                    upserts.beginElement().put("index", index).put("_id", outcome.upserted).end();
                  }
                });
          }
        });
    out.put("n", (int) total.matched).put("nModified", (int) total.modified);
    if (total.upserted != null) {
      out.copyFields(upserts.end().end().toDoc());
    }
    errors.write(out);
  }

  private Outcome update(Collection collection, Doc statement) {
    QueryPlans.refuse(statement, "collation");
    Doc query = statement.getDoc("q", Doc.EMPTY);
    Value update = statement.get("u");
    if (update == null || !update.isDocument()) {
      throw new MongoError(
          ErrorKind.COMMAND_NOT_SUPPORTED, "the embedded engine has no pipeline updates");
    }
    Doc change = update.asDoc();
    boolean multi = statement.getBoolean("multi", false);
    if (multi && Documents.isReplacement(change)) {
      throw new MongoError(
          ErrorKind.FAILED_TO_PARSE, "multi update is not supported for replacement-style update");
    }
    Outcome outcome = new Outcome();
    Plan.Chosen chosen =
        QueryPlans.plan(query, null, statement.getNonNull("hint"), collection.indexes());
    Value arrayFilters = statement.getNonNull("arrayFilters");
    if (multi) {
      forEach(
          collection,
          chosen,
          doc -> {
            outcome.matched++;
            Doc updated = Documents.updated(doc, query, change, arrayFilters);
            if (!updated.equals(doc)) {
              collection.replace(doc, updated);
              outcome.modified++;
            }
          });
      if (outcome.matched > 0 || !statement.getBoolean("upsert", false)) {
        return outcome;
      }
    }
    inTurn(
        collection,
        () -> {
          Doc doc = first(collection, chosen);
          if (doc != null) {
            outcome.matched++;
            Doc updated = Documents.updated(doc, query, change, arrayFilters);
            if (!updated.equals(doc)) {
              collection.replace(doc, updated);
              outcome.modified++;
            }
          } else if (statement.getBoolean("upsert", false)) {
            Doc created = Documents.storable(UpdateRun.apply(null, query, change, arrayFilters));
            collection.insert(created);
            outcome.upserted = created.get("_id");
          }
        });
    return outcome;
  }

  void delete(Command command, DocWriter out) {
    List<Doc> deletes = command.docs("deletes");
    Errors errors = new Errors(command);
    int[] deleted = {0};
    Collection existing = catalog.find(command.namespace());
    if (existing != null) {
      onCollection(
          command.namespace(),
          collection -> {
            for (int i = errors.next; i < deletes.size() && !errors.stop(); i++) {
              errors.next = i + 1;
              Doc statement = deletes.get(i);
              errors.run(i, () -> deleted[0] += delete(collection, statement));
            }
          });
    }
    out.put("n", deleted[0]);
    errors.write(out);
  }

  private int delete(Collection collection, Doc statement) {
    QueryPlans.refuse(statement, "collation");
    Plan.Chosen chosen =
        QueryPlans.plan(
            statement.getDoc("q", Doc.EMPTY),
            null,
            statement.getNonNull("hint"),
            collection.indexes());
    int[] deleted = {0};
    if (statement.getLong("limit", 0) == 1) {
      inTurn(
          collection,
          () -> {
            Doc doc = first(collection, chosen);
            if (doc != null) {
              collection.delete(doc);
              deleted[0]++;
            }
          });
    } else {
      forEach(
          collection,
          chosen,
          doc -> {
            collection.delete(doc);
            deleted[0]++;
          });
    }
    return deleted[0];
  }

  void findAndModify(Command command, DocWriter out) {
    Doc body = command.body();
    QueryPlans.refuse(body, "collation");
    Doc query = body.getDoc("query", Doc.EMPTY);
    boolean remove = body.getBoolean("remove", false);
    boolean upsert = body.getBoolean("upsert", false);
    Value update = body.getNonNull("update");
    if (remove == (update != null)) {
      throw new MongoError(
          ErrorKind.FAILED_TO_PARSE, "Either an update or remove=true must be specified");
    }
    if (update != null && !update.isDocument()) {
      throw new MongoError(
          ErrorKind.COMMAND_NOT_SUPPORTED, "the embedded engine has no pipeline updates");
    }
    Projection projection =
        Projection.parse(body.getDoc("fields", body.getDoc("projection", Doc.EMPTY)));
    FindAndModify run = new FindAndModify(query, update, upsert, body);
    if (upsert || catalog.find(command.namespace()) != null) {
      onCollection(command.namespace(), run::on);
    }
    out.beginDocument("lastErrorObject").put("n", run.found || run.upserted != null ? 1 : 0);
    if (!remove) {
      out.put("updatedExisting", run.found);
    }
    if (run.upserted != null) {
      out.put("upserted", run.upserted);
    }
    out.end();
    Doc value = run.value;
    if (value == null) {
      out.putNull("value");
    } else if (projection == null) {
      out.put("value", value);
    } else {
      out.beginDocument("value");
      projection.write(value, out);
      out.end();
    }
  }

  /** One findAndModify and what came of it. */
  private final class FindAndModify {
    private final Doc query;
    private final @Nullable Value update;
    private final boolean upsert;
    private final Doc body;
    private boolean found;
    private @Nullable Value upserted;
    private @Nullable Doc value;

    FindAndModify(Doc query, @Nullable Value update, boolean upsert, Doc body) {
      this.query = query;
      this.update = update;
      this.upsert = upsert;
      this.body = body;
    }

    void on(Collection collection) {
      Plan.Chosen chosen =
          QueryPlans.plan(
              query, body.getDoc("sort", Doc.EMPTY), body.getNonNull("hint"), collection.indexes());
      inTurn(collection, () -> change(collection, chosen));
    }

    private void change(Collection collection, Plan.Chosen chosen) {
      boolean wantsNew = body.getBoolean("new", false);
      Value arrayFilters = body.getNonNull("arrayFilters");
      Doc doc = first(collection, chosen);
      found = doc != null;
      if (update == null) {
        if (doc != null) {
          collection.delete(doc);
          value = doc;
        }
      } else if (doc != null) {
        Doc updated = Documents.updated(doc, query, update.asDoc(), arrayFilters);
        if (!updated.equals(doc)) {
          collection.replace(doc, updated);
        }
        value = wantsNew ? updated : doc;
      } else if (upsert) {
        Doc created =
            Documents.storable(UpdateRun.apply(null, query, update.asDoc(), arrayFilters));
        collection.insert(created);
        upserted = created.get("_id");
        value = wantsNew ? created : null;
      }
    }
  }

  // ---- what they share ----

  /**
   * Runs on the collection, made if it is not there, and again on a new one if it was dropped
   * before the action came to its turn; settled at the end however it ends.
   */
  private void onCollection(String namespace, Consumer<Collection> action) {
    while (true) {
      Collection collection = catalog.findOrCreate(namespace);
      try {
        action.accept(collection);
        return;
      } catch (Dropped again) {
        // the catalog makes a new one
      } finally {
        collection.settle();
      }
    }
  }

  /** Thrown where the turn comes after the collection was dropped. */
  private static final class Dropped extends RuntimeException {
    private static final long serialVersionUID = 1L;

    Dropped() {
      super(null, null, false, false);
    }
  }

  private static void inTurn(Collection collection, Runnable action) {
    collection.inTurn(() -> {
      if (collection.live().dropped()) {
        throw new Dropped();
      }
      action.run();
      return true;
    });
  }

  /** The first document the plan finds; the caller has the turn. */
  private @Nullable Doc first(Collection collection, Plan.Chosen chosen) {
    Results results = new Results(chosen, 0, 1, settings.maxSortBytes(), new Scan.Counts());
    results.attach(collection.live());
    return results.next();
  }

  private interface OnDoc {
    void accept(Doc doc);
  }

  /**
   * First finds the ids of all, then takes each in a turn of its own if it still matches: what the
   * action changes is never met again, and other writers come in between.
   */
  private void forEach(Collection collection, Plan.Chosen chosen, OnDoc action) {
    List<byte[]> ids = new ArrayList<>();
    Store.Pin pin = store.pin();
    try {
      Results results = new Results(chosen, 0, 0, settings.maxSortBytes(), new Scan.Counts());
      results.attach(collection.live());
      for (Doc doc = results.next(); doc != null; doc = results.next()) {
        ids.add(Collection.id(doc));
      }
    } finally {
      store.unpin(pin);
    }
    for (byte[] id : ids) {
      inTurn(
          collection,
          () -> {
            Doc doc = collection.live().find(id);
            if (doc != null && chosen.filter().matches(doc)) {
              action.accept(doc);
            }
          });
    }
  }

  /** The write errors of one command; where it is ordered, the first ends it. */
  private static final class Errors {
    private final boolean ordered;
    private final DocWriter errors = new DocWriter().begin().beginArray("writeErrors");
    private int count;
    private int next;

    Errors(Command command) {
      this.ordered = command.body().getBoolean("ordered", true);
    }

    boolean stop() {
      return ordered && count > 0;
    }

    void run(int index, Runnable action) {
      try {
        action.run();
      } catch (MongoError e) {
        count++;
        errors.beginElement().put("index", index);
        e.writeTo(errors);
        errors.end();
      } catch (Dropped e) {
        next = index;
        throw e;
      }
    }

    void write(DocWriter out) {
      if (count > 0) {
        out.copyFields(errors.end().end().toDoc());
      }
    }
  }
}
