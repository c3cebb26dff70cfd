package net.mailagent.embedded;

import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Stands between the connections and the engine and does to commands what {@link Faults} says. Only
 * what reads or writes documents is touched: no greeting, no building of indexes. Any thread; each
 * connection has its own.
 */
final class FaultMode implements CommandHandler, AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(FaultMode.class);
  private static final Set<String> READS =
      Set.of("find", "getMore", "count", "distinct", "aggregate");
  private static final Set<String> WRITES =
      Set.of("insert", "update", "delete", "findAndModify", "findandmodify");
  private static final Set<String> STRUCTURAL =
      Set.of(
          "create",
          "drop",
          "dropDatabase",
          "createIndexes",
          "dropIndexes",
          "deleteIndexes",
          "shardCollection");
  private static final int NO_CONFIRMATION = 64; // WriteConcernFailed

  private final CommandHandler engine;
  private final Catalog catalog;
  private final Store store;
  private final Faults faults;
  private final @Nullable ShardRules shards;
  private final HeldCommitPoint commitPoint;
  private final AtomicInteger term = new AtomicInteger();
  private final AtomicInteger late = new AtomicInteger(); // writes that are still to come
  private volatile boolean heldUntilTold;
  private final Map<String, StaleView> stale = new ConcurrentHashMap<>();
  private final Map<String, StaleView> remembered = new ConcurrentHashMap<>();
  private final ThreadLocal<Peer> peers = ThreadLocal.withInitial(() -> new Peer(term.get()));
  private final ScheduledExecutorService timer =
      Executors.newSingleThreadScheduledExecutor(
          Thread.ofPlatform().name("mongo-faults").daemon().factory());

  /** The other side of a connection. */
  private static final class Peer {
    private final int term;
    private String application = "";
    private @Nullable StaleView view;

    /** Whether the server it is connected to has meanwhile learnt that it is none any more. */
    boolean isDeposed(int now) {
      return term != now || (view != null && view.isOver());
    }

    Peer(int term) {
      this.term = term;
    }
  }

  FaultMode(CommandHandler engine, Catalog catalog, Store store, Faults faults) {
    this.engine = engine;
    this.catalog = catalog;
    this.store = store;
    this.faults = faults;
    this.shards = faults.shardKeys() ? new ShardRules(catalog, faults) : null;
    this.commitPoint = new HeldCommitPoint(store);
    store.commitPoint(commitPoint);
    faults.engine(this);
    log.warn("FAULT MODE, for tests only: this store loses on purpose what it is told: {}", faults);
  }

  @Override
  public void handle(Command command, DocWriter out) {
    Peer peer = peers.get();
    String name = command.name();
    if (READS.contains(name) || WRITES.contains(name)) {
      if (peer.isDeposed(term.get())) {
        throw new ConnectionLost();
      }
      try {
        onDocuments(command, peer, out);
      } catch (MongoError e) {
        Commands.refuse(e, out.position(), out);
      }
      if (peer.term != term.get()) {
        throw new ConnectionLost(); // or while it waited: nothing is certain
      }
    } else if (STRUCTURAL.contains(name)) {
      commitPoint.structural(catalog.all(), () -> structural(command, out));
    } else {
      greet(command, peer);
      engine.handle(command, out);
    }
  }

  private static void greet(Command command, Peer peer) {
    String application =
        command
            .body()
            .getDoc("client", Doc.EMPTY)
            .getDoc("application", Doc.EMPTY)
            .getString("name");
    if (application != null) {
      peer.application = application;
    }
  }

  private void structural(Command command, DocWriter out) {
    if (shards == null) {
      engine.handle(command, out);
      return;
    }
    int start = out.position();
    try {
      if (command.name().equals("shardCollection")) {
        shards.shard(command.body());
        out.begin().put("collectionsharded", command.collection()).put("ok", 1.0).end();
      } else {
        shards.checkStructure(command);
        engine.handle(command, out);
      }
    } catch (MongoError e) {
      Commands.refuse(e, start, out);
    }
  }

  private void onDocuments(Command command, Peer peer, DocWriter out) {
    if (shards != null) {
      shards.check(command);
    }
    boolean write = WRITES.contains(command.name());
    String what = describe(command);
    String by = peer.application;
    StaleView view = staleView(by, what);
    if (view != null && view.enter()) {
      peer.view = view;
      try {
        if (write) {
          lostWrite(command, view, out);
        } else {
          ScopedValue.where(View.CURRENT, view).run(() -> engine.handle(command, out));
        }
        return;
      } finally {
        view.leave();
      }
    }
    if (faults.strikes(Fault.CALL_LOST, by, what)) {
      throw new ConnectionLost();
    }
    if (write) {
      write(command, by, what, out);
    } else if (isLocal(command)) {
      ScopedValue.where(View.CURRENT, View.LIVE).run(() -> engine.handle(command, out));
    } else {
      engine.handle(command, out);
    }
    if (faults.strikes(Fault.REPLY_LOST, by, what)) {
      throw new ConnectionLost();
    }
  }

  private static String describe(Command command) {
    String collection = command.body().getString("collection");
    return command.name()
        + " "
        + (command.name().equals("getMore") && collection != null
            ? collection
            : command.collection());
  }

  private static boolean isLocal(Command command) {
    String level = command.body().getDoc("readConcern", Doc.EMPTY).getString("level");
    return level == null || level.equals("local") || level.equals("available");
  }

  // ---- writes

  private void write(Command command, String by, String what, DocWriter out) {
    if (faults.strikes(Fault.LATE, by, what)) {
      late.incrementAndGet();
      later(
          () -> {
            try {
              engine.handle(command, new DocWriter());
            } finally {
              late.decrementAndGet();
            }
          },
          faults.nextNanos(Fault.LATE));
      throw new ConnectionLost();
    }
    if (faults.strikes(Fault.LAG, by, what)) {
      hold(by);
    }
    if (isUnconfirmed(by, what)) {
      DocWriter reply = new DocWriter();
      ScopedValue.where(HeldCommitPoint.IMPATIENT, true).run(() -> engine.handle(command, reply));
      unconfirmed(reply.toDoc(), out);
    } else {
      engine.handle(command, out);
    }
  }

  /** Whether a write is answered without the majority's having it. */
  private boolean isUnconfirmed(String by, String what) {
    if (heldUntilTold) {
      faults.injected(Fault.WRITE_CONCERN, what);
      return true;
    }
    return faults.strikes(Fault.WRITE_CONCERN, by, what) && (commitPoint.isHeld() || hold(by));
  }

  private boolean hold(String by) {
    if (!commitPoint.hold()) {
      return false;
    }
    boolean undo = faults.strikes(Fault.ROLLBACK, by, "what a majority does not get");
    later(() -> end(undo), faults.nextNanos(Fault.LAG));
    return true;
  }

  private void end(boolean undo) {
    if (undo) {
      // before anybody is told: who waited in vain must not take it for a success
      term.incrementAndGet();
      commitPoint.undo(catalog.all());
    } else {
      commitPoint.confirm(catalog.all());
    }
  }

  // ---- what a test says itself

  void holdUntilTold() {
    if (heldUntilTold) {
      return;
    }
    while (!commitPoint.hold()) { // the engine writes a checkpoint, which is over soon
      LockSupport.parkNanos(1_000_000);
    }
    heldUntilTold = true;
    faults.injected(Fault.LAG, "until it is told");
  }

  void endHold(boolean undo) {
    if (heldUntilTold) {
      heldUntilTold = false;
      if (undo) {
        faults.injected(Fault.ROLLBACK, "what a majority does not get");
      }
      end(undo);
    }
  }

  void remember(String application) {
    StaleView before = remembered.put(application, stopped());
    if (before != null) {
      before.leave();
    }
  }

  private StaleView stopped() {
    return new StaleView(store, catalog.all(), Long.MAX_VALUE / 2);
  }

  void replace(String application) {
    StaleView then = remembered.get(application);
    StaleView begun = then == null ? stopped() : then.again();
    if (stale.putIfAbsent(application, begun) == null) {
      faults.injected(Fault.STALE, "until it is told, of '" + application + "'");
    } else {
      begun.leave();
    }
  }

  void reconnect(String application) {
    StaleView view = stale.remove(application);
    if (view != null) {
      view.end();
      view.leave();
    }
  }

  boolean isQuiet() {
    return late.get() == 0
        && !commitPoint.isHeld()
        && stale.values().stream().allMatch(StaleView::isOver);
  }

  private void later(Runnable action, long nanos) {
    Runnable logged =
        () -> {
          try {
            action.run();
          } catch (MongoError e) { // on a full disk what was to be undone stands
            log.info("this fault ends otherwise than it should: {}", e.getMessage());
          } catch (RuntimeException e) {
            log.error("in fault mode", e);
          }
        };
    try {
      var _ = timer.schedule(logged, nanos, TimeUnit.NANOSECONDS);
    } catch (RejectedExecutionException e) {
      logged.run(); // the engine closes
    }
  }

  private static void unconfirmed(Doc reply, DocWriter out) {
    out.begin().copyFields(reply).beginDocument("writeConcernError");
    out.put("code", NO_CONFIRMATION)
        .put("codeName", "WriteConcernFailed")
        .put("errmsg", "waiting for replication timed out");
    out.beginDocument("errInfo").put("wtimeout", true).end().end().end();
  }

  // ---- a primary that was replaced

  private @Nullable StaleView staleView(String application, String what) {
    StaleView view = stale.get(application);
    if (view != null && view.isOver() && stale.remove(application, view)) {
      view.leave();
      view = null;
    }
    if (view == null
        && faults.strikes(Fault.STALE, application, what + " of '" + application + "'")) {
      StaleView begun = new StaleView(store, catalog.all(), faults.nextNanos(Fault.STALE));
      StaleView other = stale.putIfAbsent(application, begun);
      if (other != null) {
        begun.leave();
      }
      return other == null ? begun : other;
    }
    return view;
  }

  /** Accepts a write that nobody else will ever see. */
  private void lostWrite(Command command, StaleView view, DocWriter out) {
    DocWriter reply = new DocWriter().begin();
    Collection collection = catalog.find(command.namespace());
    int done = 0;
    if (command.name().equals("insert") && collection != null) {
      DocWriter errors = new DocWriter().begin().beginArray("writeErrors");
      int index = 0;
      int failed = 0;
      for (Doc doc : command.docs("documents")) {
        try {
          view.insert(collection, doc);
          done++;
        } catch (MongoError e) {
          failed++;
          errors.beginElement().put("index", index);
          e.writeTo(errors);
          errors.end();
          if (command.body().getBoolean("ordered", true)) {
            break;
          }
        }
        index++;
      }
      reply.put("n", done);
      if (failed > 0) {
        reply.copyFields(errors.end().end().toDoc());
      }
    } else if (command.name().equals("update") || command.name().equals("delete")) {
      reply.put("n", done).put("nModified", done);
    } else {
      throw new ConnectionLost();
    }
    unconfirmed(reply.put("ok", 1.0).end().toDoc(), out);
  }

  /** Ends what has begun, without harm, and begins no more. */
  @Override
  public void close() {
    faults.calm();
    timer.shutdownNow();
    commitPoint.confirm(catalog.all());
    stale.values().forEach(StaleView::leave);
    stale.clear();
    remembered.values().forEach(StaleView::leave);
    remembered.clear();
  }
}
