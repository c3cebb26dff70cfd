package net.mailagent.store.journal;

import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import net.mailagent.model.StoreUnavailable;
import net.mailagent.store.StoreSettings;
import net.mailagent.store.journal.CrashPoint.Died;
import net.mailagent.store.mongo.Call;
import net.mailagent.store.mongo.Interceptor;
import net.mailagent.store.mongo.MongoConnection;
import net.mailagent.store.mongo.Query;
import org.bson.BsonDateTime;
import org.bson.BsonDocument;
import org.jspecify.annotations.Nullable;

/**
 * A node that does one thing at a time, on a thread of its own, and stands still before every call
 * to the database until it is told what becomes of that call. So of several actors exactly one
 * runs, and the one who tells them decides everything. Told by one thread.
 */
final class Actor implements Interceptor, AutoCloseable {
  /** What becomes of a call. */
  enum Fate {
    PASSES,
    /** Lost, and fails. */
    LOST,
    /** Takes effect, and fails. */
    REPLY_LOST,
    /** The database loses the connection before it runs the call. */
    CUT_OFF,
    /** The database loses the connection when it has run the call. */
    CUT_OFF_AFTER,
    /** Fails, and takes effect when {@link #release} is called. */
    LATE,
    /** The node dies, and is there again without any memory. */
    DIES,
    /** The node dies after the call took effect. */
    DIES_AFTER
  }

  private static final long PATIENCE_SECONDS = 60;

  final String name;
  private final MongoConnection connection;
  private final StoreSettings settings;
  private final Ticks ticks;
  private final Thread thread;
  private final Semaphore resume = new Semaphore(0);
  private final Semaphore stopped = new Semaphore(0);

  // handed over by the semaphores
  private Node node;
  private @Nullable Runnable job;
  private @Nullable Call parked;
  private Fate fate = Fate.PASSES;
  private @Nullable Runnable late;
  private @Nullable Throwable failure;
  private boolean closed;

  Actor(String name, StoreSettings settings, Ticks ticks) {
    this.name = name;
    this.settings = settings;
    this.ticks = ticks;
    this.connection = MongoConnection.open(settings.mongo(), this);
    this.node = new Node(connection, settings, ticks);
    this.thread = Thread.ofVirtual().name("actor " + name).start(this::run);
  }

  /** The node as it is now; it is another one after a death. */
  Node node() {
    return node;
  }

  boolean isBusy() {
    return job != null;
  }

  /** Before which call it stands. */
  @Nullable Call parked() {
    return parked;
  }

  /** Begins something, and stops before the first call. */
  void begin(Runnable what) {
    job = what;
    proceed();
  }

  /** Goes on to the next call, or to the end. */
  void go(Fate what) {
    fate = what;
    proceed();
  }

  private void proceed() {
    resume.release();
    try {
      if (!stopped.tryAcquire(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
        throw new AssertionError(name + " hangs after " + parked);
      }
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
    Throwable failed = failure;
    failure = null;
    if (failed != null) {
      throw new AssertionError(name + " failed", failed);
    }
  }

  /** A call that is on its way takes effect. */
  void release() {
    Runnable effect = late;
    late = null;
    if (effect != null) {
      try {
        effect.run();
      } catch (RuntimeException e) {
        // nobody waits for it any more
      }
    }
  }

  /** Finds the database again after connections were lost. */
  void reconnect() {
    for (int tries = 0; ; tries++) {
      try {
        connection.documents("schema").findOne(Query.of(new BsonDocument()));
        return;
      } catch (StoreUnavailable e) {
        if (tries == 100) {
          throw e;
        }
      }
    }
  }

  /** Ends whatever it does, and begins anew. */
  void reset() {
    late = null;
    while (isBusy()) {
      go(Fate.DIES);
    }
    node = new Node(connection, settings, ticks);
  }

  private void run() {
    while (true) {
      resume.acquireUninterruptibly();
      Runnable now = job;
      if (closed || now == null) {
        return;
      }
      try {
        now.run();
      } catch (Died e) {
        node = new Node(connection, settings, ticks);
      } catch (Throwable e) {
        failure = e;
      }
      job = null;
      stopped.release();
    }
  }

  /** Has the database live in that time. */
  static Interceptor in(Ticks ticks) {
    return new Interceptor() {
      @Override
      @SuppressWarnings("unchecked") // a document in the place of another
      public <T> T around(Call call, Supplier<T> effect) {
        T result = effect.get();
        if (result instanceof BsonDocument hello && hello.containsKey("localTime")) {
          BsonDocument then = new BsonDocument();
          hello.forEach(then::append);
          return (T) then.append("localTime", new BsonDateTime(ticks.wallMillis()));
        }
        return result;
      }
    };
  }

  @Override
  public <T> T around(Call call, Supplier<T> does) {
    Supplier<T> effect = () -> in(ticks).around(call, does);
    if (Thread.currentThread() != thread) {
      return effect.get();
    }
    parked = call;
    stopped.release();
    resume.acquireUninterruptibly();
    parked = null;
    return switch (fate) {
      case PASSES, CUT_OFF, CUT_OFF_AFTER -> effect.get();
      case LOST -> throw new StoreUnavailable("lost: " + call);
      case REPLY_LOST -> {
        T ignored = effect.get();
        throw new StoreUnavailable("reply lost: " + call);
      }
      case LATE -> {
        late = effect::get;
        throw new StoreUnavailable("late: " + call);
      }
      case DIES -> throw new Died();
      case DIES_AFTER -> {
        T ignored = effect.get();
        throw new Died();
      }
    };
  }

  @Override
  public void close() {
    reset();
    closed = true;
    resume.release();
    connection.close();
  }
}
