package net.mailagent.store;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Predicate;
import java.util.function.Supplier;
import net.mailagent.model.StoreUnavailable;
import net.mailagent.store.mongo.Call;
import net.mailagent.store.mongo.Interceptor;

/** Records calls, and loses some: the call itself, or the reply of one that took effect. */
public final class Faults implements Interceptor {
  /** What is done to a call. */
  public enum Fault {
    NONE,
    CALL_LOST,
    REPLY_LOST,
    /** It fails for the caller and takes effect some time afterwards. */
    LATE
  }

  /** Says for each call what is done to it. */
  public interface Plan {
    Fault of(Call call);
  }

  public static final Plan NOTHING = call -> Fault.NONE;

  private final List<Call> calls = Collections.synchronizedList(new ArrayList<>());
  private volatile Plan plan = NOTHING;

  public void plan(Plan other) {
    plan = other;
  }

  /** The next call that fits gets that fault, those after it none. */
  public void once(Predicate<Call> fits, Fault fault) {
    plan =
        new Plan() {
          private boolean done;

          @Override
          public synchronized Fault of(Call call) {
            if (done || !fits.test(call)) {
              return Fault.NONE;
            }
            done = true;
            return fault;
          }
        };
  }

  /** All calls since the last time. */
  public List<Call> take() {
    synchronized (calls) {
      List<Call> all = List.copyOf(calls);
      calls.clear();
      return all;
    }
  }

  @Override
  public <T> T around(Call call, Supplier<T> effect) {
    calls.add(call);
    return switch (plan.of(call)) {
      case NONE -> effect.get();
      case CALL_LOST -> throw new StoreUnavailable("lost: " + call);
      case REPLY_LOST -> {
        T ignored = effect.get();
        throw new StoreUnavailable("reply lost: " + call);
      }
      case LATE -> {
        Thread.startVirtualThread(() -> {
          try {
            Thread.sleep(ThreadLocalRandom.current().nextInt(200));
            T ignored = effect.get();
          } catch (InterruptedException | RuntimeException e) {
            // nobody waits for it any more
          }
        });
        throw new StoreUnavailable("late: " + call);
      }
    };
  }
}
