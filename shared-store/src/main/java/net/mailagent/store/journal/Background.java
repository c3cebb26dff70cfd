package net.mailagent.store.journal;

import java.time.Duration;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/** One virtual thread for work in the background, which sleeps and wakes at once when closed. */
public final class Background implements AutoCloseable {
  private final String name;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition closing = lock.newCondition();
  private boolean closed;
  private @Nullable Thread thread;

  public Background(String name) {
    this.name = name;
  }

  /** Begins; once. */
  public void start(Runnable work) {
    thread = Thread.ofVirtual().name(name).start(work);
  }

  /** Sleeps; whether there is still work to do afterwards. */
  public boolean sleep(Duration duration) {
    long left = duration.toNanos();
    lock.lock();
    try {
      while (!closed && left > 0) {
        left = closing.awaitNanos(left);
      }
      return !closed;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    } finally {
      lock.unlock();
    }
  }

  public boolean isClosed() {
    lock.lock();
    try {
      return closed;
    } finally {
      lock.unlock();
    }
  }

  /** Has it end; waits for some seconds. */
  @Override
  public void close() {
    lock.lock();
    try {
      closed = true;
      closing.signalAll();
    } finally {
      lock.unlock();
    }
    Thread running = thread;
    try {
      if (running != null && !running.join(Duration.ofSeconds(5))) {
        running.interrupt();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
