package net.mailagent.store.journal;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import net.mailagent.model.MailboxId;
import net.mailagent.model.MailboxPath;
import net.mailagent.model.Origin;
import net.mailagent.model.UserId;
import net.mailagent.model.journal.OpenAccount;
import net.mailagent.model.port.Changes;
import net.mailagent.store.OneMessage;
import net.mailagent.store.Store;
import net.mailagent.store.TestDatabase;
import net.mailagent.store.mongo.Call;
import net.mailagent.store.mongo.Interceptor;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * A node was lost and everybody who idled there comes here at once (journal.md 9): loads are
 * bounded, what is asked about many is asked together. {@code -Dherd.users=50000} for the long run.
 */
class HerdTest {
  private static final int USERS = Integer.getInteger("herd.users", 1_500);
  private static final Origin ORIGIN = new Origin("test", "", "");

  private static TestDatabase database;

  /** Counts the calls that are made and how many are under way at once. */
  private static final class Gauge implements Interceptor {
    final AtomicInteger now = new AtomicInteger();
    final AtomicInteger most = new AtomicInteger();
    final AtomicLong calls = new AtomicLong();

    @Override
    public <T> T around(Call call, Supplier<T> effect) {
      calls.incrementAndGet();
      most.accumulateAndGet(now.incrementAndGet(), Math::max);
      try {
        return effect.get();
      } finally {
        now.decrementAndGet();
      }
    }

    void reset() {
      most.set(0);
      calls.set(0);
    }
  }

  /** A session in IDLE, as far as the store sees it. */
  private static final class Idler implements AutoCloseable {
    final UserId user;
    private final Store store;
    private final MailboxId inbox;
    private final Changes.Subscription subscription;
    volatile long seq;

    Idler(Store store, UserId user) {
      this.store = store;
      this.user = user;
      this.inbox = store.mailboxes().current(user).mailbox(MailboxPath.INBOX).orElseThrow().id();
      this.subscription =
          store.changes().subscribe(user, () -> Thread.startVirtualThread(this::look));
      this.seq = store.mailboxes().current(user, Set.of(inbox)).seq();
    }

    private void look() {
      seq = Math.max(seq, store.mailboxes().latest(user, Set.of(inbox)).seq());
    }

    @Override
    public void close() {
      subscription.close();
    }
  }

  @BeforeAll
  static void open() {
    database = TestDatabase.open();
  }

  @AfterAll
  static void close() {
    database.close();
  }

  @Test
  void everybodyComesAtOnce() throws Exception {
    Gauge gauge = new Gauge();
    SlowTimer.Settings never = new SlowTimer.Settings(Duration.ofHours(1), 500);
    List<UserId> users = new ArrayList<>();
    try (Store other = Store.open(database.settings());
        Store here = Store.open(database.settings().withSlowTimer(never), gauge);
        ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      for (int i = 0; i < USERS; i++) {
        users.add(UserId.random());
      }
      Semaphore few = new Semaphore(32);
      all(
          threads,
          users,
          user -> {
            few.acquireUninterruptibly();
            try {
              return other.journals().begin(user, ORIGIN, new OpenAccount(Map.of(), 0)).seq();
            } finally {
              few.release();
            }
          });

      gauge.reset();
      long began = System.nanoTime();
      List<Idler> idlers = all(threads, users, user -> new Idler(here, user));
      print("cold loads, all at once", users.size(), began, gauge);
      assertThat(gauge.most.get())
          .isLessThanOrEqualTo(database.settings().mongo().maxConnections());
      assertThat(gauge.calls.get()).isLessThanOrEqualTo(12L * USERS);

      List<UserId> some = new ArrayList<>(users);
      Collections.shuffle(some);
      some = some.subList(0, USERS / 10);
      all(
          threads,
          some,
          user -> {
            few.acquireUninterruptibly();
            try {
              return other.mailboxes().commit(user, ORIGIN, OneMessage.add()).seq();
            } finally {
              few.release();
            }
          });
      gauge.reset();
      began = System.nanoTime();
      here.catchUpSoon(users);
      Set<UserId> moved = Set.copyOf(some);
      long deadline = System.nanoTime() + Duration.ofSeconds(60).toNanos();
      for (Idler idler : idlers) {
        while (moved.contains(idler.user) && idler.seq < 2) {
          assertThat(System.nanoTime()).as("everybody hears of it").isLessThan(deadline);
          Thread.sleep(1);
        }
      }
      print("catch-up of all, a tenth moved", users.size(), began, gauge);
      // one call asks about 500 users, another reads on for those of them that moved
      assertThat(gauge.calls.get()).isLessThanOrEqualTo(3L * Math.ceilDiv(USERS, never.users()));
      idlers.forEach(Idler::close);
    }
  }

  /** What is done for one user. */
  @FunctionalInterface
  private interface Work<T> {
    T of(UserId user) throws Exception;
  }

  private static <T> List<T> all(ExecutorService threads, List<UserId> users, Work<T> work)
      throws Exception {
    List<Future<T>> futures = new ArrayList<>();
    for (UserId user : users) {
      futures.add(threads.submit(() -> work.of(user)));
    }
    List<T> results = new ArrayList<>();
    for (Future<T> future : futures) {
      results.add(future.get());
    }
    return results;
  }

  private static void print(String what, int users, long began, Gauge gauge) {
    System.out.printf(
        "%-32s %6d users  %7d ms  %8d calls  at most %d at once%n",
        what, users, (System.nanoTime() - began) / 1_000_000, gauge.calls.get(), gauge.most.get());
  }
}
