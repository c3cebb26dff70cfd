package net.mailagent.store.mongo;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import net.mailagent.model.StoreUnavailable;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Publisher;
import org.reactivestreams.Subscriber;
import org.reactivestreams.Subscription;

/**
 * Joins a reactive publisher from a virtual thread, with demand and a time limit. One instance
 * reads one publisher; it is used by one thread, the publisher signals on the driver's. The reader
 * is woken once for all items it asked for: on a busy machine each wake-up waits for its turn.
 */
final class Await<T> implements Subscriber<T>, AutoCloseable {
  /** Most items that are asked for at a time. */
  private static final int DEMAND = 256;

  private final long timeoutNanos;
  private final int demandOnSubscribe;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition arrived = lock.newCondition();

  // guarded by the lock
  private List<T> items = new ArrayList<>();
  private int wanted;
  private @Nullable Throwable failure;
  private boolean ended;
  private boolean cancelled;
  private @Nullable Subscription subscription;

  private Await(int demandOnSubscribe, Duration timeout) {
    this.demandOnSubscribe = demandOnSubscribe;
    this.wanted = demandOnSubscribe;
    this.timeoutNanos = timeout.toNanos();
  }

  /** The only item of the publisher, or empty. */
  static <T> Optional<T> one(Publisher<T> publisher, Duration timeout) {
    List<T> list = list(publisher, 1, timeout);
    return list.isEmpty() ? Optional.empty() : Optional.of(list.get(0));
  }

  /**
   * The first {@code max} items at most; the publisher is cancelled when it has more. Reads them
   * with a demand of 256 at a time, all within the time limit.
   */
  static <T> List<T> list(Publisher<T> publisher, int max, Duration timeout) {
    int open = Math.min(max, DEMAND);
    try (Await<T> await = new Await<>(open, timeout)) {
      long deadline = System.nanoTime() + await.timeoutNanos;
      publisher.subscribe(await);
      List<T> all = await.take(open, deadline);
      int got = all.size();
      while (got == open && all.size() < max) {
        open = Math.min(max - all.size(), DEMAND);
        await.request(open);
        List<T> more = await.take(open, deadline);
        got = more.size();
        all.addAll(more);
      }
      return all;
    }
  }

  /** A stream to be read by {@link #batch}. */
  static <T> Await<T> stream(Publisher<T> publisher, Duration timeout) {
    Await<T> await = new Await<>(0, timeout);
    publisher.subscribe(await);
    return await;
  }

  /** Up to {@code size} further items; fewer, or an empty list, at the end. */
  List<T> batch(int size) {
    long deadline = System.nanoTime() + timeoutNanos;
    request(size);
    return take(size, deadline);
  }

  private void request(int more) {
    Subscription s;
    lock.lock();
    try {
      wanted = more;
      s = subscription;
      if (ended) {
        return;
      }
    } finally {
      lock.unlock();
    }
    if (s == null) {
      throw new IllegalStateException("the publisher has not called onSubscribe");
    }
    s.request(more);
  }

  /** Waits for that many items or for the end. */
  private List<T> take(int count, long deadline) {
    lock.lock();
    try {
      while (items.size() < count && !ended) {
        if (arrived.awaitNanos(deadline - System.nanoTime()) <= 0
            && items.size() < count
            && !ended) {
          throw new StoreUnavailable("the database did not answer in time");
        }
      }
      Throwable failed = failure;
      if (failed != null && items.size() < count) {
        throw Failures.meaning(failed);
      }
      List<T> taken = items;
      items = new ArrayList<>();
      return taken;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new StoreUnavailable("interrupted while waiting for the database", e);
    } finally {
      lock.unlock();
    }
  }

  @Override
  public void onSubscribe(Subscription s) {
    boolean late;
    lock.lock();
    try {
      subscription = s;
      late = cancelled;
    } finally {
      lock.unlock();
    }
    if (late) {
      s.cancel();
    } else if (demandOnSubscribe > 0) {
      s.request(demandOnSubscribe);
    }
  }

  @Override
  public void onNext(T item) {
    lock.lock();
    try {
      items.add(item);
      if (items.size() >= wanted) {
        arrived.signal();
      }
    } finally {
      lock.unlock();
    }
  }

  @Override
  public void onError(Throwable failed) {
    end(failed);
  }

  @Override
  public void onComplete() {
    end(null);
  }

  private void end(@Nullable Throwable failed) {
    lock.lock();
    try {
      failure = failed;
      ended = true;
      arrived.signal();
    } finally {
      lock.unlock();
    }
  }

  /** Ends reading; the driver closes its cursor. */
  @Override
  public void close() {
    Subscription s;
    lock.lock();
    try {
      cancelled = true;
      s = ended ? null : subscription;
      ended = true;
    } finally {
      lock.unlock();
    }
    if (s != null) {
      s.cancel();
    }
  }
}
