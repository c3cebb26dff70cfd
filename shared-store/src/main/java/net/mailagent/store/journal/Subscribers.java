package net.mailagent.store.journal;

import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import net.mailagent.model.UserId;
import net.mailagent.model.port.Changes;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Who on this node wants to be woken for whom. Wake-ups carry no facts; what this node has itself
 * read or committed is remembered beside them, so that the slow timer knows what to ask. Any
 * thread.
 */
public final class Subscribers {
  /** Hears that a user got its first subscriber or lost its last; {@link #has} says which. */
  @FunctionalInterface
  public interface Interest {
    void changed(UserId user);
  }

  private static final Logger LOG = LoggerFactory.getLogger(Subscribers.class);

  private static final class Watched {
    final List<Runnable> wakes = new CopyOnWriteArrayList<>();
    private long seen;
    private boolean owed;

    synchronized boolean moves(long seq) {
      boolean news = seq > seen;
      seen = Math.max(seen, seq);
      return news;
    }

    synchronized long seen() {
      return seen;
    }

    synchronized void owe() {
      owed = true;
    }

    synchronized boolean takeOwed() {
      boolean was = owed;
      owed = false;
      return was;
    }
  }

  private final Map<UserId, Watched> users = new ConcurrentHashMap<>();
  private final List<Interest> interests = new CopyOnWriteArrayList<>();

  public void addInterest(Interest interest) {
    interests.add(interest);
  }

  /** Calls {@code wake} whenever the user's journal may have grown. */
  public Changes.Subscription subscribe(UserId user, Runnable wake) {
    AtomicBoolean first = new AtomicBoolean();
    users.compute(
        user,
        (u, known) -> {
          Watched watched = known;
          if (watched == null) {
            watched = new Watched();
            first.set(true);
          }
          watched.wakes.add(wake);
          return watched;
        });
    if (first.get()) {
      interests.forEach(interest -> interest.changed(user));
    }
    AtomicBoolean closed = new AtomicBoolean();
    return () -> {
      if (closed.compareAndSet(false, true)) {
        unsubscribe(user, wake);
      }
    };
  }

  private void unsubscribe(UserId user, Runnable wake) {
    Watched left =
        users.computeIfPresent(
            user,
            (u, watched) -> {
              watched.wakes.remove(wake);
              return watched.wakes.isEmpty() ? null : watched;
            });
    if (left == null) {
      interests.forEach(interest -> interest.changed(user));
    }
  }

  /** Something outside this node says that there may be news: wakes all subscribers to read. */
  public void wake(UserId user) {
    Watched watched = users.get(user);
    if (watched != null) {
      watched.owe(); // before they are woken: who comes first reads for all
      tell(user, watched);
    }
  }

  /**
   * Whether somebody outside said that there may be news and nobody took it upon himself to read
   * them yet; the caller does now.
   */
  boolean takeOwed(UserId user) {
    Watched watched = users.get(user);
    return watched == null || watched.takeOwed();
  }

  /** Who took the news upon himself could not read them. */
  void owe(UserId user) {
    Watched watched = users.get(user);
    if (watched != null) {
      watched.owe();
    }
  }

  private static void tell(UserId user, Watched watched) {
    for (Runnable wake : watched.wakes) {
      try {
        wake.run();
      } catch (RuntimeException e) {
        LOG.error("a subscriber of user {} failed to take a wake-up", user, e);
      }
    }
  }

  /** All users with subscribers. */
  public Set<UserId> users() {
    return Set.copyOf(users.keySet());
  }

  /**
   * This node has read or committed the journal of that user up to that seq: wakes all subscribers
   * if that is news.
   */
  void seen(UserId user, long seq) {
    Watched watched = users.get(user);
    if (watched != null && watched.moves(seq)) {
      tell(user, watched);
    }
  }

  /** Whether anybody wants to be woken for that user. */
  public boolean has(UserId user) {
    return users.containsKey(user);
  }

  /** Up to which seq subscribers of that user were woken; 0 if they never were. */
  long seen(UserId user) {
    Watched watched = users.get(user);
    return watched == null ? 0 : watched.seen();
  }
}
