package net.mailagent.store.mongo;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import net.mailagent.model.StoreUnavailable;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Publisher;
import org.reactivestreams.Subscriber;
import org.reactivestreams.Subscription;

/**
 * Joins a reactive publisher from a virtual thread, with demand and a time limit. One instance
 * reads one publisher; it is used by one thread, the publisher signals on the driver's.
 */
final class Await<T> implements Subscriber<T>, AutoCloseable {
  /** What the publisher signalled. */
  private sealed interface Signal<T> {
    record Item<T>(T item) implements Signal<T> {}

    record Failed<T>(Throwable failure) implements Signal<T> {}

    record Completed<T>() implements Signal<T> {}
  }

  private final BlockingQueue<Signal<T>> signals;
  private final long timeoutNanos;
  private volatile @Nullable Subscription subscription;
  private volatile boolean cancelled;
  private long demandOnSubscribe;
  private boolean ended;

  /**
   * @param mostDemand the most items that are ever asked for and not yet taken
   */
  private Await(int mostDemand, Duration timeout) {
    this.signals = new ArrayBlockingQueue<>(mostDemand + 2);
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
    int demand = Math.min(max, 256);
    List<T> items = new ArrayList<>(Math.min(max, 64));
    try (Await<T> await = subscribe(publisher, demand, timeout)) {
      long deadline = System.nanoTime() + await.timeoutNanos;
      int open = demand;
      T item;
      while (items.size() < max && (item = await.next(deadline)) != null) {
        items.add(item);
        if (--open == 0 && items.size() < max) {
          open = Math.min(max - items.size(), demand);
          await.request(open);
        }
      }
    }
    return items;
  }

  /** A stream to be read by {@link #batch}. */
  static <T> Await<T> stream(Publisher<T> publisher, int mostDemand, Duration timeout) {
    return subscribe(publisher, 0, mostDemand, timeout);
  }

  private static <T> Await<T> subscribe(Publisher<T> publisher, int demand, Duration timeout) {
    return subscribe(publisher, demand, demand, timeout);
  }

  private static <T> Await<T> subscribe(
      Publisher<T> publisher, int demand, int mostDemand, Duration timeout) {
    Await<T> await = new Await<>(mostDemand, timeout);
    await.demandOnSubscribe = demand;
    publisher.subscribe(await);
    return await;
  }

  /** Up to {@code size} further items; an empty list at the end. */
  List<T> batch(int size) {
    List<T> items = new ArrayList<>(size);
    if (!ended) {
      long deadline = System.nanoTime() + timeoutNanos;
      request(size);
      T item;
      while (items.size() < size && (item = next(deadline)) != null) {
        items.add(item);
      }
    }
    return items;
  }

  private void request(int more) {
    Subscription s = subscription;
    if (s == null) {
      throw new IllegalStateException("the publisher has not called onSubscribe");
    }
    s.request(more);
  }

  private @Nullable T next(long deadline) {
    if (ended) {
      return null;
    }
    Signal<T> signal;
    try {
      signal = signals.poll(deadline - System.nanoTime(), TimeUnit.NANOSECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new StoreUnavailable("interrupted while waiting for the database", e);
    }
    return switch (signal) {
      case null -> throw new StoreUnavailable("the database did not answer in time");
      case Signal.Item<T> i -> i.item();
      case Signal.Failed<T> f -> {
        ended = true;
        throw Failures.meaning(f.failure());
      }
      case Signal.Completed<T> c -> {
        ended = true;
        yield null;
      }
    };
  }

  @Override
  public void onSubscribe(Subscription s) {
    subscription = s;
    if (cancelled) {
      s.cancel();
    } else if (demandOnSubscribe > 0) {
      s.request(demandOnSubscribe);
    }
  }

  @Override
  public void onNext(T item) {
    offer(new Signal.Item<>(item));
  }

  @Override
  public void onError(Throwable failure) {
    offer(new Signal.Failed<>(failure));
  }

  @Override
  public void onComplete() {
    offer(new Signal.Completed<>());
  }

  private void offer(Signal<T> signal) {
    if (!signals.offer(signal) && !cancelled) {
      throw new IllegalStateException("the publisher sends more than was asked for");
    }
  }

  /** Ends reading; the driver closes its cursor. */
  @Override
  public void close() {
    cancelled = true;
    Subscription s = subscription;
    if (s != null && !ended) {
      s.cancel();
    }
    ended = true;
  }
}
