package net.mailagent.store.journal;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import net.mailagent.embedded.Fault;
import net.mailagent.embedded.Faults;
import net.mailagent.model.ContentId;
import net.mailagent.model.StoreUnavailable;
import net.mailagent.model.UserId;
import net.mailagent.model.journal.UserState;
import net.mailagent.model.port.Messages;
import net.mailagent.store.Store;
import net.mailagent.store.StoreSettings;
import net.mailagent.store.TestDatabase;
import net.mailagent.store.journal.CrashPoint.Fate;
import net.mailagent.store.journal.Kind.Trial;
import net.mailagent.store.mongo.Call;
import net.mailagent.store.mongo.Interceptor;
import net.mailagent.store.mongo.MongoConnection;
import net.mailagent.store.sweep.Leftovers;
import org.bson.BsonDocument;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * What {@link CrashTest} does to a node this does to the database: at the 1st, 2nd, … last write of
 * each kind of change it does what replica sets do, and at the same moment another node delivers to
 * the same users. When all is calm again: what was acknowledged is there, once, and so on as there;
 * in the end the sweeper leaves nothing behind. On the embedded engine only.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class UnsteadyStepsTest {
  private static final int WORKERS = 3;
  private static final boolean ALL = "all".equals(System.getProperty("crash.points"));
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  /** How long what lasts may last. */
  private static final Duration MOST = Duration.ofMillis(40);

  /** What happens to the database at a call. */
  private enum Trouble {
    /** The majority lags: writes wait, for a time. */
    LAG(Fault.LAG),
    /** And then there is a failover. */
    LAG_UNDONE(Fault.LAG, Fault.ROLLBACK),
    /** The write is not confirmed by a majority, which has it later. */
    UNCONFIRMED(Fault.WRITE_CONCERN),
    /** Or never. */
    UNDONE(Fault.WRITE_CONCERN, Fault.ROLLBACK),
    /** The same, and the node does not live to hear of it. */
    DIES_UNCONFIRMED(Fault.WRITE_CONCERN),
    DIES_UNDONE(Fault.WRITE_CONCERN, Fault.ROLLBACK),
    /** The node talks to a primary that was replaced. */
    STALE(Fault.STALE),
    CALL_LOST(Fault.CALL_LOST),
    REPLY_LOST(Fault.REPLY_LOST),
    LATE(Fault.LATE);

    private final List<Fault> faults;

    Trouble(Fault... faults) {
      this.faults = List.of(faults);
    }

    boolean kills() {
      return this == DIES_UNCONFIRMED || this == DIES_UNDONE;
    }
  }

  private final BlockingQueue<Worker> workers = new LinkedBlockingQueue<>();
  private final List<String> table = new ArrayList<>();
  private final Map<Trouble, Integer> befell = new ConcurrentSkipListMap<>();
  private final AtomicInteger tried = new AtomicInteger();
  private int all;

  /** An engine of its own, whose troubles do not disturb the others. */
  private static final class Worker implements AutoCloseable {
    static final String CRASHING = "crashing";

    final Faults faults = Faults.seeded(1);
    final TestDatabase database = TestDatabase.open(faults);
    final StoreSettings settings = CrashTest.settings(database.settings("calm"));
    final StoreSettings own = settings.withMongo(database.settings(CRASHING).mongo());
    final CrashPoint crash = new CrashPoint();
    final MongoConnection crashing = MongoConnection.open(own.mongo(), crash);
    final MongoConnection calm = MongoConnection.open(settings.mongo(), Interceptor.NONE);
    final List<UserId> users = new ArrayList<>();

    Worker() {
      Store.open(settings).close(); // installs the indexes
      for (Fault fault : List.of(Fault.LAG, Fault.LATE, Fault.STALE)) {
        faults.atMost(fault, MOST);
      }
    }

    Node calm() {
      return new Node(calm, settings);
    }

    @Override
    public void close() {
      crashing.close();
      calm.close();
      database.close();
    }
  }

  @BeforeAll
  void open() {
    for (int i = 0; i < WORKERS; i++) {
      workers.add(new Worker());
    }
  }

  @AfterAll
  void close() {
    table.forEach(System.out::println);
    Map<Fault, Long> injected = new TreeMap<>();
    workers.forEach(worker ->
        worker.faults.counts().forEach((fault, count) -> injected.merge(fault, count, Long::sum)));
    System.out.printf("steps troubled: %d, %s, injected: %s%n", all, befell, injected);
    try {
      for (Worker worker : workers) {
        assertThat(worker.faults.broadcasts()).as("asked of all shards").isEmpty();
        Leftovers.requireNoneAfterSweeping(worker.settings, worker.users);
      }
    } finally {
      workers.forEach(Worker::close);
    }
    assertThat(befell).as("each trouble").hasSize(Trouble.values().length);
  }

  static Stream<Kind> kinds() {
    return Kind.all().stream();
  }

  @ParameterizedTest
  @MethodSource("kinds")
  void everyStep(Kind kind) throws Exception {
    List<Call> calls = at(kind, 0, Trouble.LAG);
    List<Future<?>> tries = new ArrayList<>();
    int turn = kind.name().length(); // begins elsewhere with each kind
    try (ExecutorService threads = Executors.newFixedThreadPool(WORKERS)) {
      for (int n = 1; n <= calls.size(); n++) {
        if (calls.get(n - 1).operation().isWrite()) {
          int call = n;
          boolean every = ALL || calls.get(n - 1).collection().equals("journal");
          for (int t = 0; t < (every ? Trouble.values().length : 3); t++) {
            Trouble trouble = Trouble.values()[turn++ % Trouble.values().length];
            tries.add(threads.submit(() -> at(kind, call, trouble)));
          }
        }
      }
    }
    for (Future<?> one : tries) {
      one.get();
    }
    int now = tried.getAndSet(0);
    assertThat(now).as("steps of " + kind).isPositive();
    all += now;
    table.add("%-28s %3d steps troubled".formatted(kind, now));
  }

  private List<Call> at(Kind kind, int call, Trouble trouble) throws InterruptedException {
    Worker worker = workers.take();
    try {
      return new Disturbed(worker, kind).at(call, trouble);
    } catch (Exception | AssertionError e) {
      throw new AssertionError(
          kind + ", call " + call + " " + trouble + ": " + worker.crash.calls(), e);
    } finally {
      worker.faults.calm();
      worker.crash.plan(0, Fate.PASSES);
      workers.add(worker);
    }
  }

  /** One change that the database disturbs. */
  private final class Disturbed {
    private final Worker worker;
    private final Kind kind;
    private final Trial trial;
    private final List<Audit> audits = new ArrayList<>();

    Disturbed(Worker worker, Kind kind) {
      this.worker = worker;
      this.kind = kind;
      this.trial = new Trial(kind.users());
    }

    /** Disturbs that call, and answers which calls the change made. */
    List<Call> at(int call, Trouble trouble) throws Exception {
      Mail before = kind.prepare(worker.calm(), trial);
      worker.users.addAll(trial.users);
      trial.users.forEach(user -> audits.add(new Audit(worker.calm(), user).read()));
      trial.cutoff = System.currentTimeMillis(); // so that no check misses what comes now
      CountDownLatch struck = new CountDownLatch(1);
      worker.crash.plan(
          call,
          trouble.kills() ? Fate.DIES_AFTER : Fate.PASSES,
          () -> {
            trouble.faults.forEach(fault -> worker.faults.next(fault, Worker.CRASHING));
            struck.countDown();
          });
      List<Boolean> acknowledged;
      List<Call> calls;
      try (ExecutorService thread = Executors.newVirtualThreadPerTaskExecutor()) {
        Future<List<Boolean>> asked =
            thread.submit(() -> {
              try {
                return kind.acknowledged(
                    new Node(worker.crashing, worker.own), trial, worker.crash);
              } finally {
                struck.countDown();
              }
            });
        struck.await();
        deliver();
        acknowledged = asked.get();
        calls = worker.crash.calls();
      }
      if (worker.crash.disarm()) {
        tried.incrementAndGet();
        befell.merge(trouble, 1, Integer::sum);
      }
      calm();
      if (isToBeAskedAgain(before, acknowledged)) {
        assertThat(kind.act().on(worker.calm(), trial)).as("asked again").doesNotContain(false);
      }
      for (Audit audit : audits) {
        assertThat(mail(audit, audit.checkTwice()).toString())
            .as("in the end")
            .isIn(changed(before));
      }
      return calls;
    }

    /** What everybody sees now; says whether the client asks again. */
    private boolean isToBeAskedAgain(Mail before, List<Boolean> acknowledged) {
      String untouched = afterwards(before).toString();
      Set<String> changed = changed(before);
      boolean all = true;
      for (int i = 0; i < audits.size(); i++) {
        String seen = mail(audits.get(i), audits.get(i).check()).toString();
        if (acknowledged.get(i)) {
          assertThat(seen).as("what was acknowledged").isIn(changed);
        } else if (!seen.equals(untouched)) {
          assertThat(seen).as("what was not acknowledged").isIn(changed);
        }
        all &= seen.equals(untouched);
      }
      return acknowledged.contains(false) && (kind.repeatable() || all);
    }

    /** The mail with both, in either order. */
    private Set<String> changed(Mail before) {
      Set<String> changed = new HashSet<>();
      changed.add(kind.after(afterwards(before), trial).toString());
      changed.add(afterwards(kind.after(before, trial)).toString());
      return changed;
    }

    private Mail mail(Audit audit, UserState state) {
      Map<ContentId, String> contents = audit.contents(state);
      return Mail.of(state, id -> trial.identity(contents.getOrDefault(id, "")));
    }

    /** Another node delivers one message more meanwhile, again until it is told that it is in. */
    private void deliver() {
      Node other = worker.calm();
      String text = trial.small("afterwards");
      List<Messages.Delivery> deliveries =
          trial.users.stream()
              .map(user -> new Messages.Delivery(user, new byte[0], "afterwards"))
              .toList();
      long end = System.nanoTime() + PATIENCE.toNanos();
      List<Messages.Verdict> verdicts = List.of();
      do {
        assertThat(System.nanoTime()).as("%s in time", verdicts).isLessThan(end);
        try {
          verdicts = other.messages.deliver(other.receive(text), deliveries, Node.ORIGIN);
        } catch (StoreUnavailable e) {
          verdicts = List.of(); // the intake was not stored
        }
      } while (verdicts.isEmpty()
          || !verdicts.stream().allMatch(one -> one instanceof Messages.Verdict.Delivered));
    }

    private Mail afterwards(Mail mail) {
      Mail after = mail.copy();
      after.box("INBOX").add(trial.letter("afterwards", Set.of()));
      return after;
    }

    /** What has begun comes to its end, and connections are there again. */
    private void calm() throws InterruptedException {
      worker.faults.calm();
      worker.crash.plan(0, Fate.PASSES);
      long end = System.nanoTime() + PATIENCE.toNanos();
      while (!worker.faults.isQuiet() || !answers(worker.calm) || !answers(worker.crashing)) {
        assertThat(System.nanoTime()).as("calm in time").isLessThan(end);
        Thread.sleep(1);
      }
    }

    private static boolean answers(MongoConnection connection) {
      try {
        return connection.documents("schema").count(new BsonDocument(), 1) >= 0;
      } catch (StoreUnavailable e) {
        return false;
      }
    }
  }
}
