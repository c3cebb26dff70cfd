package net.mailagent.conformance;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import net.mailagent.history.Violation;

/**
 * Runs clients against a cluster that is broken all the time, in phases: after each everything is
 * mended, and what all clients were told is held against each other and against the store. The last
 * part measures how fast everybody hears of a change. One thread, which starts others.
 */
final class ClusterRun {
  private static final Duration LONGEST_PHASE = Duration.ofSeconds(30);
  private static final int FAULT_GAP_MILLIS = 1_500;

  /** What the store does wrong by itself in every other phase. */
  private static final String STORE_FAULTS =
      "call-lost=0.0005,reply-lost=0.001,late=0.001:300,lag=0.01:150,"
          + "write-concern=0.004,rollback=0.3";

  /**
   * In every other of those phases some nodes talk to a primary that was replaced, for up to that
   * time: what a majority has they see that much later (ADR 19).
   */
  private static final Duration STALE = Duration.ofSeconds(1);

  private static final String STALE_PRIMARIES = ",stale=0.001:" + STALE.toMillis();

  /**
   * What to run.
   *
   * @param time of all phases together, with what is checked between them
   * @param mongo in the place of our engine
   * @param quick whether the time without Redis is tried once only
   */
  record Settings(Duration time, long seed, Optional<String> mongo, boolean quick) {}

  /** What came of it. */
  record Result(
      Map<String, Long> acknowledged,
      Map<String, Long> injected,
      Map<Violation.Promise, List<String>> violations,
      int notConverged,
      List<String> findings,
      List<String> errors,
      double worstCatchUpMillis,
      Convergence.Times withRedis,
      Convergence.Times withoutRedis) {}

  private final Settings settings;
  private final Cluster cluster;
  private final Chaos chaos;
  private final Random random;
  private final Map<String, LongAdder> acknowledged = Phase.counts();
  private final Map<Violation.Promise, List<String>> violations = new TreeMap<>();
  private final List<Quiet.Left> past = new ArrayList<>();
  private final List<String> errors = new ArrayList<>();
  private int notConverged;
  private double worstCatchUp;

  private ClusterRun(Settings settings, Cluster cluster) {
    this.settings = settings;
    this.cluster = cluster;
    this.random = new Random(settings.seed());
    this.chaos = new Chaos(cluster, new Random(settings.seed() + 1));
  }

  /** Runs it all. */
  static Result run(Path folder, Settings settings) throws Exception {
    say("seed %d", settings.seed());
    try (Cluster cluster = new Cluster(folder, settings.mongo(), settings.time())) {
      if (!cluster.isProxied()) {
        say("HAProxy is not installed: clients go to the agents themselves");
      }
      ClusterRun run = new ClusterRun(settings, cluster);
      try {
        return run.run();
      } finally { // why it ended, if it did not come to its end
        run.readErrors();
      }
    }
  }

  /** Nothing that befalls an agent or the store is an error; what they log as such is a bug. */
  private void readErrors() throws IOException {
    for (String error : cluster.newErrors()) {
      say("an error: %s", error);
      errors.add(error);
    }
  }

  static void say(String format, Object... args) {
    System.out.printf("cluster run: " + format + "%n", args);
  }

  private Result run() throws Exception {
    long end = System.nanoTime() + settings.time().toNanos();
    long phase = Math.min(LONGEST_PHASE.toMillis(), settings.time().toMillis() / 2);
    // one without and one with faults of the store, at least
    for (int n = 0; n < 2 || System.nanoTime() < end; n++) {
      phase(n, phase);
    }
    for (Quiet.Left left : past) {
      left.stillSo(this::wrong);
    }
    User user = user("quiet");
    Convergence.Times with = Convergence.measure(cluster, user, 40, 100);
    say("every idler and stream knows, with Redis: %s", with);
    List<String> findings = cluster.check(settings.mongo());
    say("mail-agent check: %d findings", Math.max(0, findings.size() - 1));
    cluster.killRedis();
    Thread.sleep(1_000);
    Convergence.Times without = Convergence.measure(cluster, user, settings.quick() ? 1 : 5, 3_000);
    say("every idler and stream knows, without Redis: %s", without);
    readErrors();
    Map<String, Long> injected = new TreeMap<>(chaos.injected());
    injected.putAll(cluster.storeFaults());
    Map<String, Long> counts = new TreeMap<>();
    acknowledged.forEach((kind, count) -> counts.put(kind, count.sum()));
    return new Result(
        counts, injected, violations, notConverged, findings, errors, worstCatchUp, with, without);
  }

  private void wrong(Violation violation) {
    say("broken: %s", violation);
    violations.computeIfAbsent(violation.promise(), p -> new ArrayList<>()).add(violation.what());
  }

  private User user(String name) throws Exception {
    User user = Node.newUser(cluster.http(0), name + "-" + Math.floorMod(settings.seed(), 10_000));
    try (Imap imap = Imap.login(cluster.imap(0), user)) {
      for (String mailbox : Phase.MAILBOXES.subList(1, Phase.MAILBOXES.size())) {
        imap.run("CREATE " + mailbox);
      }
    }
    return user;
  }

  private static boolean hasStalePrimaries(int phase) {
    return phase % 4 == 1;
  }

  /** What the store does wrong in that phase; empty for nothing. */
  private String storeFaults(int phase) {
    if (phase % 2 == 0) {
      return "";
    }
    String stale = hasStalePrimaries(phase) ? STALE_PRIMARIES : "";
    return STORE_FAULTS + stale + ",seed=" + (settings.seed() + phase);
  }

  private void phase(int number, long millis) throws Exception {
    List<User> users = List.of(user("a" + number), user("b" + number));
    Duration age = hasStalePrimaries(number) ? STALE : Duration.ZERO;
    Phase phase = new Phase(cluster, users, age, acknowledged);
    List<Idler> idlers = new ArrayList<>();
    List<Follower> followers = new ArrayList<>();
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
        AutoCloseable _ = () -> end(idlers, followers)) { // whatever goes wrong, nobody waits
      List<Future<?>> watching = new ArrayList<>();
      List<Future<?>> working = new ArrayList<>();
      for (User user : users) {
        for (int node = 0; node < Cluster.NODES; node++) {
          for (String mailbox : List.of("INBOX", "Work")) {
            idlers.add(
                new Idler(phase, user, mailbox, node, (node + mailbox.length()) % 2 == 0, own()));
          }
          followers.add(new Follower(phase, user, node, own()));
        }
      }
      idlers.forEach(idler -> watching.add(threads.submit(idler)));
      followers.forEach(follower -> watching.add(threads.submit(follower)));
      for (User user : users) {
        working.add(threads.submit(new Deliverer(phase, user, own())));
        working.add(threads.submit(new Worker(phase, user, own())));
        working.add(threads.submit(new Worker(phase, user, own())));
      }
      try {
        begun();
        chaos.rage(millis, FAULT_GAP_MILLIS, storeFaults(number));
      } finally {
        phase.over.set(true);
      }
      await(working);
      Quiet quiet = Quiet.reached(phase, settings.mongo());
      converge(quiet, idlers, followers);
      quiet.look();
      end(idlers, followers);
      await(watching);
      int before = violations.values().stream().mapToInt(List::size).sum();
      quiet.check(this::wrong);
      past.add(quiet.left());
      readErrors();
      say(
          "phase %d: %s, faults so far %s, %d events checked, %d promises broken",
          number + 1,
          acknowledged,
          chaos.injected(),
          phase.recording.events().size(),
          violations.values().stream().mapToInt(List::size).sum() - before);
    }
  }

  private static void end(List<Idler> idlers, List<Follower> followers) {
    idlers.forEach(Idler::end);
    followers.forEach(Follower::end);
  }

  /** Waits, on a slow machine, until the clients are at work. */
  private void begun() throws InterruptedException {
    long before = sum();
    long limit = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
    while (sum() < before + 10 && System.nanoTime() < limit) {
      Thread.sleep(10);
    }
  }

  private long sum() {
    return acknowledged.values().stream().mapToLong(LongAdder::sum).sum();
  }

  private Random own() {
    return new Random(random.nextLong());
  }

  private static void await(List<Future<?>> all) throws Exception {
    for (Future<?> one : all) {
      one.get(2, TimeUnit.MINUTES);
    }
  }

  /** Nobody asks any more; everybody hears all that has happened without asking. */
  private void converge(Quiet quiet, List<Idler> idlers, List<Follower> followers)
      throws InterruptedException, IOException {
    long began = System.nanoTime();
    long limit = began + TimeUnit.SECONDS.toNanos(30);
    List<String> late = quiet.late(idlers, followers);
    while (!late.isEmpty() && System.nanoTime() < limit) {
      Thread.sleep(20);
      late = quiet.late(idlers, followers);
    }
    worstCatchUp = Math.max(worstCatchUp, (System.nanoTime() - began) / 1e6);
    notConverged += late.size();
    late.forEach(one -> say("not converged: %s", one));
  }
}
