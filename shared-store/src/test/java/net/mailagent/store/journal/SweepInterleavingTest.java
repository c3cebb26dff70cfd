package net.mailagent.store.journal;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.RandomDistribution;
import net.jqwik.api.ShrinkingMode;
import net.jqwik.api.Tuple;
import net.jqwik.api.lifecycle.AfterContainer;
import net.jqwik.api.lifecycle.BeforeContainer;
import net.mailagent.embedded.Faults;
import net.mailagent.store.Store;
import net.mailagent.store.StoreSettings;
import net.mailagent.store.TestDatabase;
import net.mailagent.store.journal.SweepInterleaving.Move;
import net.mailagent.store.journal.SweepInterleaving.What;
import net.mailagent.store.mongo.MongoConnection;
import net.mailagent.store.sweep.SweepSettings;

/**
 * Several nodes deliver messages that share a few blobs, copy, expunge and restore them, and sweep,
 * in random schedules as in {@link InterleavingTest}. No message that is placed ever lacks an
 * octet, and in the end the sweeper leaves nothing behind.
 */
class SweepInterleavingTest {
  private static final Faults FAULTS = Faults.seeded(1);
  private static final Interleaving.Time TIME = new Interleaving.Time();
  private static final List<Actor> ACTORS = new ArrayList<>();
  private static final int[] FIGURES = new int[6];
  private static TestDatabase database;
  private static MongoConnection connection;
  private static StoreSettings settings;

  @BeforeContainer
  static void open() {
    database = TestDatabase.openWith(FAULTS);
    settings =
        CrashTest.settings(database.settings("calm"))
            .withSweep(new SweepSettings(Duration.ofDays(2), Duration.ofHours(6), 100));
    Store.open(settings).close(); // installs the indexes
    connection = MongoConnection.open(settings.mongo(), Actor.in(TIME));
    for (int i = 0; i < 3; i++) {
      String name = "node" + i;
      ACTORS.add(new Actor(name, settings.withMongo(database.settings(name).mongo()), TIME));
    }
  }

  @AfterContainer
  static void close() {
    ACTORS.forEach(Actor::close);
    connection.close();
    database.close();
    System.out.printf(
        "sweeping, interleaved: %d requests, %d deliveries acknowledged, %d sweeps; doomed %d,"
            + " swept %d blobs, %d contents%ninjected by the engine: %s%n",
        FIGURES[0], FIGURES[1], FIGURES[2], FIGURES[3], FIGURES[4], FIGURES[5], FAULTS.counts());
  }

  private static void run(List<Move> schedule) {
    SweepInterleaving one =
        new SweepInterleaving(ACTORS, TIME, new Replicas(FAULTS), connection, settings);
    one.run(schedule);
    int[] figures = one.figures();
    for (int i = 0; i < figures.length; i++) {
      FIGURES[i] += figures[i];
    }
  }

  @Property(shrinking = ShrinkingMode.BOUNDED)
  void noOctetIsMissingAndNoneIsLeft(@ForAll("schedules") List<Move> schedule) {
    run(schedule);
  }

  /** A blob loses its last message, is doomed, wanted again, and so on, by whole requests. */
  @Example
  void oneAfterTheOther() {
    List<Move> schedule = new ArrayList<>();
    for (int round = 0; round < 4; round++) {
      for (What what :
          List.of(What.DELIVER, What.COPY, What.EXPUNGE, What.SWEEP, What.RESTORE, What.SWEEP)) {
        schedule.add(new Move.Begin(round, what, round % 2));
        schedule.add(new Move.Finish(0));
        schedule.add(new Move.Pass(what == What.SWEEP ? 26 : 1));
      }
      schedule.add(new Move.Look());
    }
    run(schedule);
    assertThat(FIGURES[3]).as("doomed").isPositive();
    assertThat(FIGURES[4]).as("swept").isPositive();
  }

  @Provide
  Arbitrary<List<Move>> schedules() {
    Arbitrary<Integer> small = Arbitraries.integers().between(0, 30);
    Arbitrary<What> whats =
        Arbitraries.frequency(
            Tuple.of(7, What.DELIVER),
            Tuple.of(5, What.EXPUNGE),
            Tuple.of(1, What.COPY),
            Tuple.of(2, What.RESTORE),
            Tuple.of(5, What.SWEEP));
    Arbitrary<Actor.Fate> fates =
        Arbitraries.frequency(
            Tuple.of(100, Actor.Fate.PASSES),
            Tuple.of(1, Actor.Fate.LOST),
            Tuple.of(2, Actor.Fate.REPLY_LOST),
            Tuple.of(1, Actor.Fate.CUT_OFF_AFTER),
            Tuple.of(2, Actor.Fate.LATE),
            Tuple.of(1, Actor.Fate.DIES),
            Tuple.of(1, Actor.Fate.DIES_AFTER));
    Arbitrary<Move> moves =
        Arbitraries.frequencyOf(
            Tuple.of(18, Combinators.combine(small, whats, small).as(Move.Begin::new)),
            Tuple.of(60, Combinators.combine(small, fates).as(Move.Go::new)),
            Tuple.of(16, small.map(Move.Finish::new)),
            Tuple.of(1, Arbitraries.just(new Move.Release())),
            Tuple.of(
                3,
                Combinators.combine(Arbitraries.of(Replicas.Trouble.class), small)
                    .as(Move.Befalls::new)),
            Tuple.of(14, Arbitraries.of(1, 13, 26, 26, 50, 50).map(Move.Pass::new)),
            Tuple.of(3, Arbitraries.just(new Move.Look())));
    return moves
        .list()
        .ofMinSize(80)
        .ofMaxSize(200)
        .withSizeDistribution(RandomDistribution.uniform());
  }
}
