package net.mailagent.store.journal;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.ReentrantLock;
import net.mailagent.model.UserId;
import net.mailagent.model.journal.Fold;
import net.mailagent.model.journal.JournalEntry;
import org.jspecify.annotations.Nullable;

/**
 * One user on one node: the state as far as it is known, the edits that wait, whose turn it is. If
 * a user ever had two lanes on a node nothing would break: each is as right as another node.
 */
final class Lane {
  final UserId user;

  /** Held by the one thread that commits for this user. */
  final ReentrantLock turn = new ReentrantLock(true);

  /** Held by the one thread that reads for this user; whoever takes both takes the turn first. */
  final ReentrantLock reading = new ReentrantLock(true);

  /** So many reads for nothing end the caution after a lost race. */
  private static final int CALM_READS = 3;

  private final AtomicInteger caution = new AtomicInteger(); // reads still to be made first

  private final Deque<Waiting<?>> queue = new ArrayDeque<>();
  private volatile @Nullable Snapshot snapshot;

  Lane(UserId user) {
    this.user = user;
  }

  /**
   * Whether other nodes have written lately: then a commit reads first, which costs less than a
   * race that is lost, and gives all nodes the same chance.
   */
  boolean isContested() {
    return caution.get() > 0;
  }

  /** Another node was faster, or has gone on meanwhile. */
  void contested() {
    caution.set(CALM_READS);
  }

  /** Nobody else has written meanwhile. */
  void calm() {
    caution.decrementAndGet();
  }

  @Nullable Snapshot snapshot() {
    return snapshot;
  }

  void enqueue(Waiting<?> waiting) {
    synchronized (queue) {
      queue.add(waiting);
    }
  }

  /** Takes an edit back; false if somebody works on it. */
  boolean withdraw(Waiting<?> waiting) {
    synchronized (queue) {
      return queue.remove(waiting);
    }
  }

  /**
   * Takes what waits and may go into one entry with {@code first}, or with the oldest if that is
   * null, in the order it came.
   */
  List<Waiting<?>> take(@Nullable Waiting<?> first, int most) {
    List<Waiting<?>> group = new ArrayList<>();
    synchronized (queue) {
      Waiting<?> like = first == null ? queue.peek() : first;
      for (Iterator<Waiting<?>> all = queue.iterator(); all.hasNext() && group.size() < most; ) {
        Waiting<?> next = all.next();
        if (next.joins(like)) {
          all.remove();
          group.add(next);
        }
      }
    }
    return group;
  }

  /** Takes over what was read, unless a commit went past it meanwhile. */
  synchronized Snapshot install(Snapshot read) {
    Snapshot now = snapshot;
    if (now == null || now.state().seq() <= read.state().seq()) {
      snapshot = read;
      return read;
    }
    // what is there holds all that was read, but perhaps not the placements that were loaded
    Snapshot kept =
        new Snapshot(
            now.state(),
            read.since().notBefore(now.since()) ? read.since() : now.since(),
            Math.max(now.mark(), read.mark()),
            now.tailBytes());
    snapshot = kept;
    return kept;
  }

  /** Moves forward by an entry that this node has just committed on that base. */
  @SuppressWarnings("ReferenceEquality") // the same snapshot, not an equal one
  synchronized void committed(Snapshot base, JournalEntry entry, Snapshot after) {
    Snapshot now = snapshot;
    if (now == null || now == base) {
      snapshot = after;
    } else if (now.state().seq() == entry.seq() - 1) { // placements were loaded meanwhile
      snapshot =
          new Snapshot(
              Fold.fold(now.state(), entry),
              after.since(),
              Math.max(now.mark(), after.mark()),
              after.tailBytes());
    }
  }

  synchronized void marked(long mark) {
    Snapshot now = snapshot;
    if (now != null) {
      snapshot = now.withMark(mark);
    }
  }

  /** Forgets the state, so that the next use loads it cold. */
  synchronized void forget() {
    snapshot = null;
  }
}
