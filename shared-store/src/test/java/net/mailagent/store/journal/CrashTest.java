package net.mailagent.store.journal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import net.mailagent.embedded.Faults;
import net.mailagent.model.ContentId;
import net.mailagent.model.MailboxPath;
import net.mailagent.model.Refused;
import net.mailagent.model.StoreUnavailable;
import net.mailagent.model.UserId;
import net.mailagent.model.journal.UserState;
import net.mailagent.model.port.Account;
import net.mailagent.model.port.Messages;
import net.mailagent.model.port.NewAccount;
import net.mailagent.store.Store;
import net.mailagent.store.StoreSettings;
import net.mailagent.store.TestDatabase;
import net.mailagent.store.TestJournal;
import net.mailagent.store.content.ContentSettings;
import net.mailagent.store.journal.CrashPoint.Fate;
import net.mailagent.store.journal.Kind.Trial;
import net.mailagent.store.mongo.Call;
import net.mailagent.store.mongo.Interceptor;
import net.mailagent.store.mongo.MongoConnection;
import net.mailagent.store.sweep.Leftovers;
import org.bson.BsonDateTime;
import org.bson.BsonDocument;
import org.bson.BsonString;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Crash at every step: each kind of change is tried with each fate at its 1st, 2nd, … last call to
 * the database, and then another node goes on. What was acknowledged is there, once; what was not
 * is there once or not at all; who asks again doubles nothing; state, counters and quota are those
 * of the whole history; every octet of every message is there; in the end the sweeper leaves
 * nothing behind. Shard keys are enforced; other faults of the database are those of {@link
 * UnsteadyStepsTest}.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class CrashTest {
  private static final int WORKERS = 4;
  private static final boolean ALL = "all".equals(System.getProperty("crash.points"));

  private final TestDatabase database = TestDatabase.openWith(Faults.seeded(1));
  private final StoreSettings settings = settings(database.settings("node"));
  private final BlockingQueue<Worker> workers = new LinkedBlockingQueue<>();
  private final List<String> table = new ArrayList<>();
  private final Collection<UserId> users = new ConcurrentLinkedQueue<>();
  private final AtomicInteger points = new AtomicInteger();
  private int all;

  /** Two connections: that of the node that crashes, and that of those that go on. */
  private final class Worker implements AutoCloseable {
    final CrashPoint crash = new CrashPoint();
    final MongoConnection crashing = MongoConnection.open(settings.mongo(), crash);
    final MongoConnection calm = MongoConnection.open(settings.mongo(), Interceptor.NONE);

    Node calm() {
      return new Node(calm, settings);
    }

    @Override
    public void close() {
      crashing.close();
      calm.close();
    }
  }

  static StoreSettings settings(StoreSettings base) {
    return base.withContent(ContentSettings.standard().withSizes(100, 4096, 100, 64 << 10))
        .withJournal(
            TestJournal.withDefaults()
                .commitTimeout(Duration.ofSeconds(5))
                .backOff(Duration.ofMillis(1), Duration.ofMillis(10))
                .parts(600, 400) // so that long entries have parts
                .settings());
  }

  @BeforeAll
  void open() {
    // threads of a dead node end without a word
    Thread.UncaughtExceptionHandler others = Thread.getDefaultUncaughtExceptionHandler();
    Thread.setDefaultUncaughtExceptionHandler((thread, e) -> {
      if (e instanceof CrashPoint.Died) {
        return;
      }
      if (others == null) {
        e.printStackTrace();
      } else {
        others.uncaughtException(thread, e);
      }
    });
    Store.open(settings).close(); // installs the indexes
    for (int i = 0; i < WORKERS; i++) {
      workers.add(new Worker());
    }
  }

  @AfterAll
  void close() {
    table.forEach(System.out::println);
    System.out.println("crash points tried: " + all);
    workers.forEach(Worker::close);
    try {
      Leftovers.requireNoneAfterSweeping(settings, users);
    } finally {
      database.close();
    }
  }

  static Stream<Kind> kinds() {
    return Kind.all().stream();
  }

  @ParameterizedTest
  @MethodSource("kinds")
  void everyStep(Kind kind) throws Exception {
    List<Call> calls = at(kind, 0, Fate.CALL_LOST);
    List<Future<?>> tries = new ArrayList<>();
    try (ExecutorService threads = Executors.newFixedThreadPool(WORKERS)) {
      for (int n = 1; n <= calls.size(); n++) {
        int call = n;
        for (Fate fate : tried(n, calls.get(n - 1))) {
          tries.add(threads.submit(() -> at(kind, call, fate)));
        }
      }
    }
    for (Future<?> one : tries) {
      one.get();
    }
    tried(kind.name(), calls.size());
  }

  /**
   * To die before a call leaves what dying after the last write before it leaves: only the first
   * call is tried both ways, unless {@code -Dcrash.points=all} asks for the others, too.
   */
  private static List<Fate> tried(int n, Call call) {
    List<Fate> fates = new ArrayList<>();
    if (n == 1 || ALL) {
      fates.add(Fate.DIES_BEFORE);
    }
    fates.add(Fate.CALL_LOST);
    if (call.operation().isWrite()) {
      fates.addAll(List.of(Fate.DIES_AFTER, Fate.DIES_LATE, Fate.REPLY_LOST, Fate.LATE));
    }
    return fates;
  }

  private void tried(String kind, int calls) {
    int now = points.getAndSet(0);
    assertThat(now).as("crash points of " + kind).isGreaterThan(calls);
    all += now;
    table.add("%-28s %2d calls, %3d crash points".formatted(kind, calls, now));
  }

  private List<Call> at(Kind kind, int call, Fate fate) throws InterruptedException {
    Worker worker = workers.take();
    try {
      return new Crash(worker, kind).at(call, fate);
    } catch (RuntimeException | AssertionError e) {
      throw new AssertionError(
          kind + ", call " + call + " " + fate + ": " + worker.crash.calls(), e);
    } finally {
      worker.crash.plan(0, Fate.CALL_LOST);
      workers.add(worker);
    }
  }

  /** Does something with a user of that name, of which one call does not pass; 0 for none. */
  @FunctionalInterface
  private interface OfAUser {
    List<Call> act(Worker worker, String name, int call, Fate fate);
  }

  @Test
  void everyStepOfMakingAUser() throws Exception {
    everyStep("make a user", "u", this::makeUser);
  }

  @Test
  void everyStepOfDeletingAUser() throws Exception {
    everyStep("delete a user", "d", this::deleteUser);
  }

  private void everyStep(String what, String prefix, OfAUser tried) throws Exception {
    Worker worker = workers.take();
    try {
      List<Call> calls = tried.act(worker, prefix, 0, Fate.CALL_LOST);
      for (int n = 1; n <= calls.size(); n++) {
        for (Fate fate : tried(n, calls.get(n - 1))) {
          try {
            tried.act(worker, prefix + n + fate, n, fate);
          } catch (RuntimeException | AssertionError e) {
            throw new AssertionError(what + ", call " + n + " " + fate, e);
          }
        }
      }
      tried(what, calls.size());
    } finally {
      worker.crash.plan(0, Fate.CALL_LOST);
      workers.add(worker);
    }
  }

  /** Somebody makes a user, and, if he is not told that there is one, makes it again. */
  private List<Call> makeUser(Worker worker, String name, int call, Fate fate) {
    NewAccount account =
        new NewAccount(name, name + "@x", List.of(name + "@y"), "$none$", "", "", 0, Map.of());
    worker.crash.plan(call, fate);
    Optional<UserId> made = Optional.empty();
    try {
      UserId user = new Node(worker.crashing, settings).accounts.create(account);
      made = worker.crash.died() ? made : Optional.of(user);
    } catch (StoreUnavailable | CrashPoint.Died e) {
      // there may be one
    }
    List<Call> calls = worker.crash.calls();
    if (worker.crash.disarm()) {
      points.incrementAndGet();
    }
    worker.crash.release();
    Node other = worker.calm();
    Optional<UserId> there = other.accounts.byLogin(name).map(Account::id);
    if (made.isPresent()) {
      assertThat(there).isEqualTo(made);
    } else if (there.isEmpty()) {
      forget(worker, "usernames");
      forget(worker, "addresses");
      there = Optional.of(other.accounts.create(account));
    }
    assertThat(there).isPresent();
    assertThatThrownBy(() -> other.accounts.create(account)).isInstanceOf(Refused.class);
    for (String address : List.of(name + "@x", name + "@y")) {
      assertThat(other.accounts.byAddress(address).map(Account::id)).isEqualTo(there);
    }
    BsonDocument named = new BsonDocument("username", new BsonString(name));
    assertThat(worker.calm.documents("users").count(named, 10)).isEqualTo(1);
    UserState state = new Audit(worker.calm(), there.orElseThrow()).checkTwice();
    assertThat(state.mailbox(MailboxPath.INBOX)).isPresent();
    return calls;
  }

  /**
   * Somebody deletes a user, again if he is not told that it is gone, and makes another so named.
   */
  private List<Call> deleteUser(Worker worker, String name, int call, Fate fate) {
    NewAccount account =
        new NewAccount(name, name + "@x", List.of(), "$none$", "", "", 0, Map.of());
    UserId user = worker.calm().accounts.create(account);
    worker.crash.plan(call, fate);
    boolean told = false;
    try {
      new Node(worker.crashing, settings).accounts.delete(user);
      told = !worker.crash.died();
    } catch (StoreUnavailable | CrashPoint.Died e) {
      // it may be gone
    }
    List<Call> calls = worker.crash.calls();
    if (worker.crash.disarm()) {
      points.incrementAndGet();
    }
    worker.crash.release();
    Node other = worker.calm();
    if (!told) {
      other.accounts.delete(user);
    }
    assertThat(other.accounts.byLogin(name)).isEmpty();
    assertThat(other.accounts.byAddress(name + "@x")).isEmpty();
    assertThatThrownBy(() -> worker.calm().journals.current(user)).isInstanceOf(Refused.class);
    Messages.Delivery delivery = new Messages.Delivery(user, new byte[0], null);
    assertThat(
            other.messages.deliver(
                other.receive("Subject: late\r\n\r\n"), List.of(delivery), Node.ORIGIN))
        .allMatch(verdict -> verdict instanceof Messages.Verdict.NotDelivered);
    UserId namesake = other.accounts.create(account);
    assertThat(worker.calm().accounts.byLogin(name).map(Account::id)).contains(namesake);
    return calls;
  }

  /** Time goes by: what is reserved for nobody is free. */
  private void forget(Worker worker, String reservations) {
    long before =
        System.currentTimeMillis() - settings.accounts().reservationAge().toMillis() - 60_000;
    worker
        .calm
        .documents(reservations)
        .updateAll(
            new BsonDocument(),
            new BsonDocument("$set", new BsonDocument("at", new BsonDateTime(before))));
  }

  /** One change that is disturbed. */
  private final class Crash {
    private final Worker worker;
    private final Kind kind;
    private final Trial trial;
    private final List<Audit> audits = new ArrayList<>();

    Crash(Worker worker, Kind kind) {
      this.worker = worker;
      this.kind = kind;
      this.trial = new Trial(kind.users());
    }

    /** Disturbs that call, and answers which calls the change made. */
    List<Call> at(int call, Fate fate) {
      Mail before = kind.prepare(worker.calm(), trial);
      users.addAll(trial.users);
      trial.users.forEach(user -> audits.add(new Audit(worker.calm(), user).read()));
      worker.crash.plan(call, fate);
      Node node = new Node(worker.crashing, settings);
      List<Boolean> acknowledged = kind.acknowledged(node, trial, worker.crash);
      List<Call> calls = worker.crash.calls();
      boolean died = worker.crash.died();
      if (worker.crash.disarm()) {
        points.incrementAndGet();
      }
      if (fate == Fate.LATE) {
        worker.crash.release();
      }
      boolean again = seen(before, acknowledged);
      Node other = worker.calm();
      if (again) {
        assertThat(kind.act().on(other, trial)).as("asked again").doesNotContain(false);
      }
      worker.crash.release();
      Mail after = kind.after(before, trial);
      next(after, died ? other : node);
      for (Audit audit : audits) {
        UserState last = fate.kills() ? audit.checkTwice() : audit.check();
        assertThat(mail(audit, last)).as("in the end").hasToString(after.toString());
      }
      return calls;
    }

    /** What everybody sees now; says whether the client asks again. */
    private boolean seen(Mail before, List<Boolean> acknowledged) {
      String old = before.toString();
      String changed = kind.after(before, trial).toString();
      boolean allOld = true;
      for (int i = 0; i < audits.size(); i++) {
        String seen = mail(audits.get(i), audits.get(i).check()).toString();
        if (acknowledged.get(i)) {
          assertThat(seen).as("what was acknowledged").isEqualTo(changed);
        } else {
          assertThat(seen).as("what was not acknowledged").isIn(old, changed);
        }
        allOld &= seen.equals(old);
      }
      return acknowledged.contains(false) && (kind.repeatable() || allOld);
    }

    private Mail mail(Audit audit, UserState state) {
      Map<ContentId, String> contents = audit.contents(state);
      return Mail.of(state, id -> trial.identity(contents.getOrDefault(id, "")));
    }

    /** Life goes on: one delivery more, at that node. */
    private void next(Mail after, Node at) {
      String name = "afterwards";
      Messages.Received received = at.receive(trial.small(name));
      List<Messages.Delivery> deliveries =
          trial.users.stream().map(user -> new Messages.Delivery(user, new byte[0], null)).toList();
      assertThat(at.messages.deliver(received, deliveries, Node.ORIGIN))
          .as("a message afterwards")
          .allMatch(verdict -> verdict instanceof Messages.Verdict.Delivered);
      after.box("INBOX").add(trial.letter(name, Set.of()));
    }
  }
}
