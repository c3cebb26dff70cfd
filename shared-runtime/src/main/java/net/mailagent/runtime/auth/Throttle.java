package net.mailagent.runtime.auth;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.LongSupplier;

/**
 * Growing delays for keys (a client address, a login) that gave wrong passwords. An attempt
 * reserves its turn, so that attempts side by side are no faster than one after the other. Keys are
 * kept in a bounded map, the one that was quiet the longest leaving first. Any thread.
 */
final class Throttle {
  private static final int REMEMBERED_PASSWORDS = 8;

  private static final class Key {
    int failures;
    long nextTurn;
    long lastSeen;
    // Digests of wrong passwords: a client that repeats one does not guess.
    final ArrayDeque<Long> wrong = new ArrayDeque<>(0);
  }

  private final int freeFailures;
  private final long firstDelay;
  private final long maxDelay;
  private final LongSupplier nanoTime;
  private final Map<String, Key> keys;

  Throttle(
      int freeFailures, Duration firstDelay, Duration maxDelay, int maxKeys, LongSupplier clock) {
    this.freeFailures = freeFailures;
    this.firstDelay = firstDelay.toNanos();
    this.maxDelay = maxDelay.toNanos();
    this.nanoTime = clock;
    this.keys =
        new LinkedHashMap<>(16, 0.75f, true) {
          private static final long serialVersionUID = 1;

          @Override
          protected boolean removeEldestEntry(Map.Entry<String, Key> eldest) {
            return size() > maxKeys;
          }
        };
  }

  /**
   * How long an attempt has to wait, in nanoseconds; its turn is reserved when that is no more than
   * {@code mostWait}.
   */
  synchronized long reserve(String name, long mostWait) {
    Key key = keys.get(name);
    if (key == null) {
      return 0;
    }
    long now = nanoTime.getAsLong();
    long delay = delay(key);
    if (delay == 0) {
      return 0;
    }
    // What was a burst of failures once is forgotten after a quiet while.
    if (now - key.lastSeen > 4 * maxDelay) {
      keys.remove(name);
      return 0;
    }
    long wait = Math.max(0, key.nextTurn - now);
    if (wait <= mostWait) {
      key.nextTurn = now + wait + delay;
    }
    return wait;
  }

  /** Counts a wrong password, unless it is one that was counted already. */
  synchronized void failed(String name, long passwordDigest) {
    Key key = keys.computeIfAbsent(name, n -> new Key());
    long now = nanoTime.getAsLong();
    key.lastSeen = now;
    if (key.wrong.contains(passwordDigest)) {
      return;
    }
    if (key.wrong.size() == REMEMBERED_PASSWORDS) {
      key.wrong.removeFirst();
    }
    key.wrong.addLast(passwordDigest);
    key.failures++;
    key.nextTurn = Math.max(key.nextTurn, now + delay(key));
  }

  /** Forgets what a key did wrong; says whether there was something. */
  synchronized boolean succeeded(String name) {
    return keys.remove(name) != null;
  }

  private long delay(Key key) {
    int over = key.failures - freeFailures;
    if (over <= 0) {
      return 0;
    }
    return over > 30 ? maxDelay : Math.min(maxDelay, firstDelay << Math.min(over - 1, 30));
  }
}
