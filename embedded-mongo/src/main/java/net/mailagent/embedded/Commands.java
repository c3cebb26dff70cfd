package net.mailagent.embedded;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes a command to what answers it; the one place where a refusal becomes a reply. Any thread.
 */
final class Commands implements CommandHandler {
  private static final Logger log = LoggerFactory.getLogger(Commands.class);

  private final ReadCommands reads;
  private final WriteCommands writes;
  private final IndexCommands indexes;
  private final AdminCommands admin;
  private final Explain explain;
  private final Store store;

  Commands(Catalog catalog, Store store, Cursors cursors, EmbeddedMongoSettings settings) {
    this.store = store;
    this.reads = new ReadCommands(catalog, store, cursors, settings);
    this.writes = new WriteCommands(catalog, store, settings);
    this.indexes = new IndexCommands(catalog);
    this.admin = new AdminCommands(catalog, store, cursors, settings);
    this.explain = new Explain(catalog, store, settings);
  }

  @Override
  public void handle(Command command, DocWriter out) {
    int start = out.position();
    out.begin();
    try {
      dispatch(command, out);
      out.put("ok", 1.0).end();
    } catch (MongoError e) {
      refuse(e, start, out);
    } catch (RuntimeException | StackOverflowError | OutOfMemoryError e) {
      if (store.failure().isDone()) { // said once, and this engine stops
        refuse(
            new MongoError(ErrorKind.INTERRUPTED_AT_SHUTDOWN, "the engine cannot go on"),
            start,
            out);
        return;
      }
      log.error("command {} on {} failed", command.name(), command.database(), e);
      refuse(
          new MongoError(ErrorKind.INTERNAL_ERROR, "the embedded engine failed: " + e), start, out);
    }
  }

  /** Writes the reply that says no, in the place of what was begun at that position. */
  static void refuse(MongoError error, int start, DocWriter out) {
    out.restart(start).begin().put("ok", 0.0);
    error.writeTo(out);
    out.end();
  }

  private void dispatch(Command command, DocWriter out) {
    switch (command.name()) {
      case "find" -> reads.find(command, out);
      case "getMore" -> reads.getMore(command, out);
      case "killCursors" -> reads.killCursors(command, out);
      case "count" -> reads.count(command, out);
      case "distinct" -> reads.distinct(command, out);
      case "aggregate" -> {
        if (command.body().getBoolean("explain", false)) {
          explain.explain(command, false, out);
        } else {
          reads.aggregate(command, out);
        }
      }
      case "insert" -> writes.insert(command, out);
      case "update" -> writes.update(command, out);
      case "delete" -> writes.delete(command, out);
      case "findAndModify", "findandmodify" -> writes.findAndModify(command, out);
      case "explain" -> explain.explain(command, out);
      case "createIndexes" -> indexes.create(command, out);
      case "listIndexes" -> indexes.list(command, out);
      case "dropIndexes", "deleteIndexes" -> indexes.drop(command, out);
      case "hello", "isMaster", "ismaster" -> admin.hello(command, out);
      case "buildInfo", "buildinfo" -> admin.buildInfo(out);
      case "ping", "endSessions" -> {}
      case "create" -> admin.create(command, out);
      case "drop" -> admin.drop(command, out);
      case "dropDatabase" -> admin.dropDatabase(command, out);
      case "listCollections" -> admin.listCollections(command, out);
      case "listDatabases" -> admin.listDatabases(command, out);
      case "collStats", "collstats" -> admin.collectionStats(command, out);
      case "dbStats", "dbstats" -> admin.databaseStats(command, out);
      case "serverStatus" -> admin.serverStatus(out);
      default ->
          throw new MongoError(
              ErrorKind.COMMAND_NOT_FOUND, "no such command: '" + command.name() + "'");
    }
  }
}
