package net.mailagent.store.journal;

import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Lock;
import net.mailagent.model.StoreUnavailable;

/** How long one request may still take. One thread. */
public final class Deadline {
  /** After so many lost races the pause grows no longer. */
  private static final int MOST_RACES = 8;

  private final long end;
  private final JournalSettings settings;
  private int pauses;

  Deadline(JournalSettings settings) {
    this.settings = settings;
    this.end = System.nanoTime() + settings.commitTimeout().toNanos();
  }

  public boolean passed() {
    return remainingNanos() <= 0;
  }

  long remainingNanos() {
    return end - System.nanoTime();
  }

  /**
   * @throws StoreUnavailable when the time is over
   */
  void check(String what) {
    if (passed()) {
      throw new StoreUnavailable(what + " took longer than " + settings.commitTimeout());
    }
  }

  /**
   * Takes the lock.
   *
   * @throws StoreUnavailable when it is not free in time
   */
  void lock(Lock lock, String what) {
    try {
      if (!lock.tryLock(Math.max(0, remainingNanos()), TimeUnit.NANOSECONDS)) {
        throw new StoreUnavailable(what + " waited longer than " + settings.commitTimeout());
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new StoreUnavailable("interrupted", e);
    }
  }

  /** A random pause, longer from time to time, while the database does not answer. */
  public void pause() {
    pause(
        Math.min(
            settings.backOff().toNanos() << Math.min(pauses++, 20),
            settings.maxBackOff().toNanos()));
  }

  /**
   * A random pause after {@code lost} lost races, so that nodes that met do not meet again. It
   * stays short: whoever pauses for long loses to those who do not.
   */
  void pauseAfterRace(int lost) {
    pause(settings.backOff().toNanos() * Math.min(lost, MOST_RACES));
  }

  private void pause(long most) {
    try {
      TimeUnit.NANOSECONDS.sleep(
          Math.min(ThreadLocalRandom.current().nextLong(most + 1), Math.max(0, remainingNanos())));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new StoreUnavailable("interrupted", e);
    }
  }
}
