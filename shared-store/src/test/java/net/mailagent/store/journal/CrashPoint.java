package net.mailagent.store.journal;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import net.mailagent.model.StoreUnavailable;
import net.mailagent.store.mongo.Call;
import net.mailagent.store.mongo.Interceptor;

/**
 * Does something to the n-th call from now on. When the node dies there, all its later calls die,
 * too. Any thread.
 */
final class CrashPoint implements Interceptor {
  /** What happens at the call. */
  enum Fate {
    /** Nothing, but what the test does to the database before. */
    PASSES,
    /** The node dies before the call is made. */
    DIES_BEFORE,
    /** The node dies after the call has taken effect. */
    DIES_AFTER,
    /** The node dies; the call is on its way, and takes effect when another node has gone on. */
    DIES_LATE,
    /** The call is lost, and fails; the node goes on. */
    CALL_LOST,
    /** It takes effect, its reply is lost, and it fails; the node goes on. */
    REPLY_LOST,
    /** It fails by time-out, the node goes on; it takes effect when the node is done. */
    LATE;

    boolean kills() {
      return this == DIES_BEFORE || this == DIES_AFTER || this == DIES_LATE;
    }
  }

  /** The process is gone: nothing of it runs on, no catch clause, no retry. */
  static final class Died extends Error {
    private static final long serialVersionUID = 1;

    Died() {
      super("the node died", null, false, false);
    }
  }

  private int at;
  private Fate fate = Fate.CALL_LOST;
  private Runnable before = () -> {};
  private int made;
  private boolean dead;
  private final List<Call> calls = new ArrayList<>();
  private final List<Runnable> late = new ArrayList<>();

  /** From now on; 0 for nowhere, then calls are only recorded. */
  void plan(int call, Fate what) {
    plan(call, what, () -> {});
  }

  /** As {@link #plan(int, Fate)}; that is run before the call is made. */
  synchronized void plan(int call, Fate what, Runnable first) {
    at = call;
    before = first;
    fate = what;
    made = 0;
    dead = false;
    calls.clear();
    late.clear();
  }

  /** Lets later calls pass; says whether the planned one came. */
  synchronized boolean disarm() {
    boolean came = at > 0 && made >= at;
    at = 0;
    return came;
  }

  /** The calls since the plan was made. */
  synchronized List<Call> calls() {
    return List.copyOf(calls);
  }

  synchronized boolean died() {
    return dead;
  }

  /** What was on its way takes effect. */
  void release() {
    List<Runnable> all;
    synchronized (this) {
      all = List.copyOf(late);
      late.clear();
    }
    for (Runnable effect : all) {
      try {
        effect.run();
      } catch (RuntimeException e) {
        // nobody waits for it any more
      }
    }
  }

  @Override
  public <T> T around(Call call, Supplier<T> effect) {
    Fate now;
    Runnable first = () -> {};
    synchronized (this) {
      if (dead) {
        throw new Died();
      }
      calls.add(call);
      if (++made != at) {
        now = null;
      } else {
        now = fate;
        first = before;
        dead = fate.kills();
        if (fate == Fate.LATE || fate == Fate.DIES_LATE) {
          late.add(effect::get);
        }
      }
    }
    first.run();
    return switch (now) {
      case null -> effect.get();
      case PASSES -> effect.get();
      case DIES_BEFORE, DIES_LATE -> throw new Died();
      case DIES_AFTER -> {
        T ignored = effect.get();
        throw new Died();
      }
      case CALL_LOST, LATE -> throw new StoreUnavailable("lost: " + call);
      case REPLY_LOST -> {
        T ignored = effect.get();
        throw new StoreUnavailable("reply lost: " + call);
      }
    };
  }
}
