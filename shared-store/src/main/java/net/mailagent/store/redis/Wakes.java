package net.mailagent.store.redis;

import io.lettuce.core.ClientOptions;
import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisURI;
import io.lettuce.core.SocketOptions;
import io.lettuce.core.resource.ClientResources;
import io.lettuce.core.resource.DefaultClientResources;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import net.mailagent.model.UserId;
import net.mailagent.store.journal.Journals;
import net.mailagent.store.journal.SlowTimer;
import net.mailagent.store.journal.Subscribers;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Wake-ups by Redis: a commit publishes {@code {v, user, seq}} on the user's channel, and this node
 * subscribes to the channels of the users that have subscribers here. A channel per user, not a few
 * shared ones: a node then hears of its own users only, however many nodes and commits there are,
 * and Redis keeps tens of thousands of subscriptions of a connection with ease.
 *
 * <p>One virtual thread owns the connection: it subscribes and unsubscribes, pings, and when
 * anything fails begins anew after a random pause. After every subscription the slow timer asks for
 * what was committed before it. Commits only put a message into a bounded queue, or drop it.
 */
public final class Wakes implements Journals.CommitListener, Subscribers.Interest, AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Wakes.class);

  private final RedisSettings settings;
  private final Subscribers subscribers;
  private final SlowTimer timer;
  private final ClientResources resources;
  private final RedisClient client;
  private final String node = UUID.randomUUID().toString();
  private final Thread thread;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition work = lock.newCondition();
  private final Set<UserId> changed = new LinkedHashSet<>();
  private final List<Consumer<String>> listeners = new CopyOnWriteArrayList<>();
  private boolean closed;
  private volatile @Nullable RedisLink link; // for publishing; the thread's own otherwise

  public Wakes(RedisSettings settings, Subscribers subscribers, SlowTimer timer) {
    this.settings = settings;
    this.subscribers = subscribers;
    this.timer = timer;
    this.resources =
        DefaultClientResources.builder().ioThreadPoolSize(2).computationThreadPoolSize(2).build();
    RedisURI uri = RedisURI.create(settings.url());
    uri.setTimeout(settings.timeout());
    this.client = RedisClient.create(resources, uri);
    client.setOptions(
        ClientOptions.builder()
            .autoReconnect(false) // we must know of it: see run()
            .disconnectedBehavior(ClientOptions.DisconnectedBehavior.REJECT_COMMANDS)
            .requestQueueSize(settings.queued())
            .socketOptions(SocketOptions.builder().connectTimeout(settings.timeout()).build())
            .build());
    this.thread = Thread.ofVirtual().name("redis wake-ups").start(this::run);
  }

  @Override
  public void committed(UserId user, long seq) {
    send(open ->
        open.publish(
            user,
            "{\"v\":1,\"user\":\"" + user + "\",\"seq\":" + seq + ",\"node\":\"" + node + "\"}"));
  }

  /** Tells all other nodes that can be reached; returns at once. */
  public void tell(String message) {
    send(open -> open.tell(node + " " + message));
  }

  private void send(Consumer<RedisLink> message) {
    RedisLink open = link;
    if (open != null) {
      try {
        message.accept(open);
      } catch (RuntimeException e) {
        LOG.debug("a message to the other nodes was dropped: {}", e.toString());
      }
    }
  }

  /**
   * Hears of what other nodes {@link #tell}; called on the client's thread, must return at once.
   */
  public void listen(Consumer<String> listener) {
    listeners.add(listener);
  }

  @Override
  public void changed(UserId user) {
    lock.lock();
    try {
      changed.add(user);
      work.signal();
    } finally {
      lock.unlock();
    }
  }

  /** Whether wake-ups can be sent and received right now. */
  public boolean isConnected() {
    RedisLink open = link;
    return open != null && open.isOpen();
  }

  private void run() {
    int failures = 0;
    while (!isClosed()) {
      try (RedisLink open = new RedisLink(client, settings, listener())) {
        link = open;
        if (failures > 0) {
          LOG.info("Redis is back");
        }
        failures = 0;
        serve(open);
      } catch (RuntimeException | Error e) {
        if (!isClosed() && failures++ == 0) {
          LOG.warn("no wake-ups by Redis, the slow timer goes on: {}", e.toString());
        }
      } finally {
        link = null;
      }
      pause(failures);
    }
  }

  private RedisLink.Listener listener() {
    return new RedisLink.Listener() {
      @Override
      public void woken(UserId user, String message) {
        if (!message.contains(node)) { // what this node commits it tells its subscribers itself
          subscribers.wake(user);
        }
      }

      @Override
      public void told(String message) {
        int space = message.indexOf(' ');
        if (space > 0 && !message.substring(0, space).equals(node)) {
          listeners.forEach(listener -> listener.accept(message.substring(space + 1)));
        }
      }

      @Override
      public void subscribed(UserId user) {
        timer.soon(List.of(user));
      }
    };
  }

  private void serve(RedisLink open) {
    open.listenToAll();
    Set<UserId> subscribed = new HashSet<>();
    Collection<UserId> now = subscribers.users();
    long nextPing = System.nanoTime() + settings.ping().toNanos();
    while (!isClosed() && open.isOpen()) {
      List<UserId> begin = new ArrayList<>();
      List<UserId> end = new ArrayList<>();
      for (UserId user : now) {
        if (subscribers.has(user) && subscribed.add(user)) {
          begin.add(user);
        } else if (!subscribers.has(user) && subscribed.remove(user)) {
          end.add(user);
        }
      }
      inParts(begin, open::subscribe);
      inParts(end, open::unsubscribe);
      if (System.nanoTime() - nextPing >= 0) {
        open.ping();
        nextPing = System.nanoTime() + settings.ping().toNanos();
      }
      now = take(nextPing);
    }
  }

  private void inParts(List<UserId> users, Consumer<List<UserId>> action) {
    for (int from = 0; from < users.size(); from += settings.channels()) {
      action.accept(users.subList(from, Math.min(users.size(), from + settings.channels())));
    }
  }

  /** Users that got or lost subscribers; waits for some until then. */
  private Collection<UserId> take(long until) {
    lock.lock();
    try {
      long left = until - System.nanoTime();
      while (!closed && changed.isEmpty() && left > 0) {
        left = work.awaitNanos(left);
      }
      List<UserId> taken = new ArrayList<>(changed);
      changed.clear();
      return taken;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted", e);
    } finally {
      lock.unlock();
    }
  }

  private void pause(int failures) {
    long most = settings.maxReconnect().toMillis() >> Math.max(0, 5 - Math.max(1, failures));
    lock.lock();
    try {
      changed.clear(); // the next connection begins with all who have subscribers
      long left = TimeUnit.MILLISECONDS.toNanos(1 + ThreadLocalRandom.current().nextLong(most + 1));
      while (!closed && left > 0) {
        left = work.awaitNanos(left);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      lock.unlock();
    }
  }

  private boolean isClosed() {
    lock.lock();
    try {
      return closed || Thread.currentThread().isInterrupted();
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
      if (!thread.join(settings.timeout().plusSeconds(1))) {
        thread.interrupt();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    client.shutdown(Duration.ZERO, settings.timeout());
    var _ = resources.shutdown(0, settings.timeout().toMillis(), TimeUnit.MILLISECONDS);
  }
}
