package net.mailagent.embedded;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * A commit point that can be held for a time, as when the other members of a replica set lag: who
 * writes meanwhile waits, or is told that the majority does not confirm. At the end all becomes
 * visible, or all is undone. Any thread.
 *
 * <p>What is undone: a document goes back to what readers still see of it. No operation is in the
 * middle then, for all turns are taken. No checkpoint falls into a hold, because it would lose the
 * pages of what readers still see; nor does a change of collections and indexes.
 */
final class HeldCommitPoint implements CommitPoint {
  /** Bound for a command that does not wait for the majority. */
  static final ScopedValue<Boolean> IMPATIENT = ScopedValue.newInstance();

  private final Store store;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition ended = lock.newCondition();
  private volatile long era;
  private volatile @Nullable Hold hold; // written with the lock
  private int structural; // changes of collections and indexes that run, with the lock

  /** A time in which nothing reaches a majority, and what was written in it. */
  private static final class Hold {
    private final Store.Quiet quiet;
    private final Map<Collection, Set<byte[]>> written = new ConcurrentHashMap<>();

    Hold(Store.Quiet quiet) {
      this.quiet = quiet;
    }
  }

  HeldCommitPoint(Store store) {
    this.store = store;
  }

  @Override
  public long era() {
    return era;
  }

  @Override
  public boolean publish(long captured, Runnable publish) {
    lock.lock();
    try {
      if (hold == null) {
        boolean valid = era == captured;
        if (valid) {
          publish.run();
        }
        return valid;
      }
      if (IMPATIENT.isBound()) {
        return true;
      }
      Hold mine = hold;
      while (hold == mine) {
        ended.awaitUninterruptibly();
      }
      return false;
    } finally {
      lock.unlock();
    }
  }

  @Override
  public void writing(Collection collection, byte[] id) {
    Hold now = hold;
    if (now != null) {
      Set<byte[]> ids =
          now.written.computeIfAbsent(collection, key -> new TreeSet<>(Arrays::compareUnsigned));
      ids.add(id.clone()); // by one thread at a time, the one with the turn
    }
  }

  /** Whether it is held. */
  boolean isHeld() {
    return hold != null;
  }

  /**
   * Holds it, if nothing speaks against it.
   *
   * @return whether it is held now and was not before
   */
  boolean hold() {
    Store.Quiet quiet = store.tryQuiet();
    if (quiet == null) {
      return false;
    }
    lock.lock();
    try {
      if (hold == null && structural == 0) {
        hold = new Hold(quiet);
        return true;
      }
    } finally {
      lock.unlock();
    }
    quiet.end();
    return false;
  }

  /** Ends a hold: the majority has everything. */
  void confirm(List<Collection> collections) {
    lock.lock();
    try {
      end(collections);
    } finally {
      lock.unlock();
    }
  }

  /** Ends a hold: what was written in it is undone. */
  void undo(List<Collection> collections) {
    collections.forEach(Collection::takeTurn);
    try {
      lock.lock();
      try {
        Hold ending = hold;
        if (ending != null) {
          era++;
          try {
            undo(ending, collections);
          } finally { // on a full disk it stands, which nobody was told
            end(collections);
          }
        }
      } finally {
        lock.unlock();
      }
    } finally {
      collections.forEach(Collection::giveTurn);
    }
  }

  /** As one operation: a crash must not find half of it. */
  private void undo(Hold ending, List<Collection> collections) {
    Store.Pin pin = store.pin();
    try {
      List<Change> changes = new ArrayList<>();
      ending.written.forEach((collection, ids) -> changes.addAll(collection.undo(ids)));
      long unused =
          store.apply(
              changes, position -> collections.forEach(collection -> collection.undone(position)));
    } finally {
      store.unpin(pin);
    }
  }

  /** What there is becomes visible before anybody can hold it again; the caller has the lock. */
  private void end(List<Collection> collections) {
    Hold ending = hold;
    if (ending != null) {
      try {
        collections.forEach(Collection::show);
      } finally { // what a full disk does not take is shown when it does
        hold = null;
        ended.signalAll();
        ending.quiet.end();
      }
    }
  }

  /** Runs what changes collections or indexes; no hold falls into it. */
  void structural(List<Collection> collections, Runnable action) {
    lock.lock();
    try {
      structural++;
    } finally {
      lock.unlock();
    }
    try {
      confirm(collections);
      action.run();
    } finally {
      lock.lock();
      try {
        structural--;
      } finally {
        lock.unlock();
      }
    }
  }
}
