package net.mailagent.store.journal;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import net.mailagent.model.UserId;

/**
 * Wakes what no wake-up reached: reads on from time to time, for all users with subscribers on this
 * node and for hundreds in one query, and at once for users whose channel was just (re)subscribed
 * (journal.md 9). Without Redis this alone brings news from other nodes. Runs on one virtual thread
 * of its own.
 */
public final class SlowTimer implements AutoCloseable {
  /**
   * @param interval from one round to the next; default 10 s
   * @param users asked about in one query; default 500
   */
  public record Settings(Duration interval, int users) {
    public static final Settings DEFAULT = new Settings(Duration.ofSeconds(10), 500);
  }

  private final CatchUps catchUps;
  private final Settings settings;
  private final Thread thread;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition work = lock.newCondition();
  private final Set<UserId> due = new LinkedHashSet<>(); // at most the users with subscribers
  private boolean closed;

  public SlowTimer(Journals journals, Subscribers subscribers, Settings settings) {
    this.catchUps = new CatchUps(journals, subscribers, settings.users());
    this.settings = settings;
    this.thread = Thread.ofVirtual().name("slow timer").start(this::run);
  }

  /** Asks about those users without waiting for the next round. */
  public void soon(Collection<UserId> users) {
    lock.lock();
    try {
      due.addAll(users);
      work.signal();
    } finally {
      lock.unlock();
    }
  }

  private void run() {
    try {
      long next = System.nanoTime() + pause();
      while (true) {
        List<UserId> now = await(next);
        if (now == null) {
          return;
        }
        if (now.isEmpty()) {
          next = System.nanoTime() + pause();
          catchUps.round();
        } else {
          catchUps.ask(now);
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt(); // the node is closing
    }
  }

  /** Nodes that started together drift apart. */
  private long pause() {
    long nanos = settings.interval().toNanos();
    return nanos - ThreadLocalRandom.current().nextLong(nanos / 10 + 1);
  }

  /** The users that are due, none when it is time for all, null at the end. */
  private @org.jspecify.annotations.Nullable List<UserId> await(long next)
      throws InterruptedException {
    lock.lock();
    try {
      long left = next - System.nanoTime();
      while (!closed && due.isEmpty() && left > 0) {
        left = work.awaitNanos(left);
      }
      if (closed) {
        return null;
      }
      List<UserId> now = left > 0 ? new ArrayList<>(due) : List.of(); // a round asks about all
      due.clear();
      return now;
    } finally {
      lock.unlock();
    }
  }

  @Override
  public void close() {
    lock.lock();
    try {
      closed = true;
      work.signal();
    } finally {
      lock.unlock();
    }
    try {
      if (!thread.join(Duration.ofSeconds(5))) {
        thread.interrupt();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
