package net.mailagent.store.redis;

import static org.assertj.core.api.Assertions.assertThat;

import io.lettuce.core.RedisClient;
import java.io.IOException;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import net.mailagent.model.Origin;
import net.mailagent.model.UserId;
import net.mailagent.model.journal.OpenAccount;
import net.mailagent.model.port.Changes;
import net.mailagent.model.port.LoginFailures;
import net.mailagent.store.OneMessage;
import net.mailagent.store.Store;
import net.mailagent.store.StoreSettings;
import net.mailagent.store.TestDatabase;
import net.mailagent.store.journal.SlowTimer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import redis.embedded.RedisServer;

/** Wake-ups across nodes with a real Redis, without it, and after it came back. */
class WakesTest {
  private static final Origin ORIGIN = new Origin("test", "", "");

  private final TestDatabase database = TestDatabase.open();
  private final int port = freePort();
  private final UserId user = UserId.random();
  private final List<AutoCloseable> open = new ArrayList<>();

  @AfterEach
  void close() throws Exception {
    Collections.reverse(open);
    for (AutoCloseable one : open) {
      one.close();
    }
    database.close();
  }

  private static int freePort() {
    try (ServerSocket socket = new ServerSocket(0)) {
      return socket.getLocalPort();
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  private RedisServer redis() throws IOException {
    RedisServer server =
        RedisServer.newRedisServer()
            .port(port)
            .setting("bind 127.0.0.1")
            .setting("save \"\"")
            .setting("appendonly no")
            .build();
    server.start();
    return server;
  }

  private Store node(Duration slow) {
    RedisSettings d = RedisSettings.of("redis://127.0.0.1:" + port);
    RedisSettings redis =
        new RedisSettings(
            d.url(),
            d.channelPrefix(),
            Duration.ofSeconds(1),
            Duration.ofMillis(500),
            Duration.ofMillis(500),
            d.queued(),
            d.channels());
    StoreSettings settings =
        database.settings().withRedis(redis).withSlowTimer(new SlowTimer.Settings(slow, 100));
    Store store = Store.open(settings);
    open.add(store);
    return store;
  }

  /** A reader as sessions are: woken, it reads on from where it was. */
  private static final class Follower implements AutoCloseable {
    private final Store store;
    private final UserId user;
    private final LinkedBlockingQueue<Boolean> wakes = new LinkedBlockingQueue<>();
    private final Changes.Subscription subscription;
    private long seq;

    Follower(Store store, UserId user) {
      this.store = store;
      this.user = user;
      subscription = store.changes().subscribe(user, () -> wakes.add(true));
      seq = store.mailboxes().current(user).seq();
    }

    /** Waits until it has read that entry; says how many milliseconds it took. */
    long await(long wanted, Duration limit) throws InterruptedException {
      long began = System.nanoTime();
      while (seq < wanted) {
        long left = limit.toNanos() - (System.nanoTime() - began);
        assertThat(left > 0 && wakes.poll(left, TimeUnit.NANOSECONDS) != null)
            .as("woken for %d within %s", wanted, limit)
            .isTrue();
        seq = store.mailboxes().latest(user, Set.of()).seq();
      }
      return Duration.ofNanos(System.nanoTime() - began).toMillis();
    }

    @Override
    public void close() {
      subscription.close();
    }
  }

  private static long commit(Store store, UserId user) {
    return store.mailboxes().commit(user, ORIGIN, OneMessage.add()).seq();
  }

  private static void awaitConnected(Store store, boolean connected) throws InterruptedException {
    for (int i = 0; i < 200 && store.wakesOtherNodes() != connected; i++) {
      Thread.sleep(50);
    }
    assertThat(store.wakesOtherNodes()).isEqualTo(connected);
  }

  @Test
  void nodesTellEachOtherOfWrongPasswords() throws Exception {
    RedisServer redis = redis();
    LoginFailures a = nodeConnected().loginFailures();
    LoginFailures b = nodeConnected().loginFailures();
    assertThat(a.key()).hasSize(32).isEqualTo(b.key()).isEqualTo(a.key());
    LinkedBlockingQueue<LoginFailures.Attempt> heard = new LinkedBlockingQueue<>();
    LinkedBlockingQueue<LoginFailures.Attempt> echo = new LinkedBlockingQueue<>();
    a.listen(echo::add);
    b.listen(heard::add);
    LoginFailures.Attempt wrong = new LoginFailures.Attempt(-1, Long.MIN_VALUE, 7, false);
    LoginFailures.Attempt right = new LoginFailures.Attempt(1, 2, 0, true);
    for (LoginFailures.Attempt attempt : List.of(wrong, right)) {
      LoginFailures.Attempt told = null;
      for (int i = 0; i < 50 && told == null; i++) { // until b listens
        a.tell(attempt);
        told = heard.poll(100, TimeUnit.MILLISECONDS);
      }
      assertThat(told).isEqualTo(attempt);
      Thread.sleep(200);
      heard.clear();
    }
    assertThat(echo).as("what it told itself").isEmpty();
    redis.stop();
    a.tell(wrong); // nobody hears it, and nobody waits
  }

  private Store nodeConnected() throws InterruptedException {
    Store node = node(Duration.ofMinutes(10));
    awaitConnected(node, true);
    return node;
  }

  @Test
  void withRedisTheOtherNodeKnowsAtOnceWithoutItSoonAndAfterwardsNothingIsMissed()
      throws Exception {
    RedisServer redis = redis();
    Store a = node(Duration.ofMinutes(10)); // the slow timer must not help
    a.journals().begin(user, ORIGIN, new OpenAccount(Map.of(), 0));
    Store b = node(Duration.ofMinutes(10));
    Store slow = node(Duration.ofMillis(300));
    awaitConnected(a, true);
    awaitConnected(b, true);
    awaitConnected(slow, true);
    try (Follower follower = new Follower(b, user);
        Follower late = new Follower(slow, user)) {
      follower.await(commit(a, user), Duration.ofSeconds(10)); // by then it is subscribed
      List<Long> took = new ArrayList<>();
      for (int i = 0; i < 50; i++) {
        took.add(follower.await(commit(a, user), Duration.ofSeconds(10)));
      }
      Collections.sort(took);
      System.out.printf(
          "commit on A to read on B by Redis: median %d ms, worst %d ms%n",
          took.get(25), took.get(49));
      assertThat(took.get(25)).isLessThan(250);

      redis.stop();
      awaitConnected(a, false);
      long missed = commit(a, user);
      late.await(missed, Duration.ofSeconds(10));

      redis = redis();
      follower.await(missed, Duration.ofSeconds(20));
      awaitConnected(a, true);
      follower.await(commit(a, user), Duration.ofSeconds(10));
    } finally {
      redis.stop();
    }
  }

  @Test
  void aRedisThatHangsDelaysNoCommit() throws Exception {
    RedisServer redis = redis();
    RedisClient client = RedisClient.create("redis://127.0.0.1:" + port);
    try {
      Store a = node(Duration.ofMillis(300));
      a.journals().begin(user, ORIGIN, new OpenAccount(Map.of(), 0));
      Store b = node(Duration.ofMillis(300));
      awaitConnected(a, true);
      awaitConnected(b, true);
      try (Follower follower = new Follower(b, user);
          var connection = client.connect()) {
        follower.await(commit(a, user), Duration.ofSeconds(10));
        connection.sync().clientPause(6000);
        long began = System.nanoTime();
        long last = 0;
        for (int i = 0; i < 50; i++) {
          last = commit(a, user);
        }
        assertThat(Duration.ofNanos(System.nanoTime() - began)).isLessThan(Duration.ofSeconds(5));
        follower.await(last, Duration.ofSeconds(10));
        awaitConnected(a, false); // the ping has noticed
        awaitConnected(a, true);
      }
    } finally {
      client.shutdown();
      redis.stop();
    }
  }

  @Test
  void aNodeStartsWithoutRedisAndWakesItself() throws Exception {
    Store a = node(Duration.ofMinutes(10));
    a.journals().begin(user, ORIGIN, new OpenAccount(Map.of(), 0));
    try (Follower one = new Follower(a, user);
        Follower two = new Follower(a, user)) {
      long seq = commit(a, user);
      one.await(seq, Duration.ofSeconds(5));
      two.await(seq, Duration.ofSeconds(5));
    }
    assertThat(a.wakesOtherNodes()).isFalse();
  }

  @Test
  void aUserWithoutSubscribersIsUnsubscribed() throws Exception {
    RedisServer redis = redis();
    try {
      Store a = node(Duration.ofMinutes(10));
      Store b = node(Duration.ofMinutes(10));
      awaitConnected(a, true);
      awaitConnected(b, true);
      a.journals().begin(user, ORIGIN, new OpenAccount(Map.of(), 0));
      for (int i = 0; i < 20; i++) { // comes and goes faster than commands travel
        try (Follower follower = new Follower(b, user)) {
          if (i % 5 == 0) {
            follower.await(commit(a, user), Duration.ofSeconds(10));
          }
        }
      }
      try (Follower follower = new Follower(b, user)) {
        follower.await(commit(a, user), Duration.ofSeconds(10));
      }
    } finally {
      redis.stop();
    }
  }
}
