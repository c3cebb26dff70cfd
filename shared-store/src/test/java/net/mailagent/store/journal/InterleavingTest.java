package net.mailagent.store.journal;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.RandomDistribution;
import net.jqwik.api.ShrinkingMode;
import net.jqwik.api.lifecycle.AfterContainer;
import net.jqwik.api.lifecycle.BeforeContainer;
import net.mailagent.embedded.Faults;
import net.mailagent.model.MailboxPath;
import net.mailagent.model.UserId;
import net.mailagent.model.journal.CreateMailbox;
import net.mailagent.model.journal.OpenAccount;
import net.mailagent.store.Store;
import net.mailagent.store.StoreSettings;
import net.mailagent.store.TestDatabase;
import net.mailagent.store.TestJournal;
import net.mailagent.store.mongo.Interceptor;
import net.mailagent.store.mongo.MongoConnection;

/**
 * Several nodes on one store, in random schedules: which node's next call proceeds, what becomes of
 * it, who dies, how time goes by, what befalls the database itself. What fails is made shorter, and
 * jqwik prints the seed by which it comes again. {@code -Djqwik.tries.default=5000} tries more.
 */
class InterleavingTest {
  private static final Faults FAULTS = Faults.seeded(1);
  private static TestDatabase database;
  private static MongoConnection connection;
  private static final Interleaving.Time TIME = new Interleaving.Time();
  private static final List<Actor> ACTORS = new ArrayList<>();
  private static final int[] FIGURES = new int[5];
  private static StoreSettings settings;

  @BeforeContainer
  static void open() {
    database = TestDatabase.openWith(FAULTS);
    settings =
        database
            .settings("calm")
            .withUpkeep(UpkeepSettings.DEFAULT) // what is trimmed is announced first
            .withJournal(
                TestJournal.withDefaults()
                    .backOff(Duration.ofMillis(1), Duration.ofMillis(1))
                    .parts(800, 400) // so that some entries have parts
                    .settings());
    Store.open(settings).close(); // installs the indexes
    connection = MongoConnection.open(settings.mongo(), Interceptor.NONE);
    for (int i = 0; i < 4; i++) {
      String name = "node" + i;
      StoreSettings own = settings.withMongo(database.settings(name).mongo());
      ACTORS.add(new Actor(name, own, TIME));
    }
  }

  @AfterContainer
  static void close() {
    ACTORS.forEach(Actor::close);
    connection.close();
    database.close();
    System.out.printf(
        "interleavings: %d requests, %d acknowledged, %d deaths, %d entries, %d trimmed%n",
        FIGURES[0], FIGURES[1], FIGURES[2], FIGURES[3], FIGURES[4]);
    System.out.printf("injected by the engine: %s%n", FAULTS.counts());
    assertThat(FAULTS.broadcasts()).as("asked of all shards").isSubsetOf("find journal _id");
  }

  private static Interleaving interleaving() {
    return new Interleaving(
        ACTORS, TIME, new Replicas(FAULTS), new Node(connection, settings, TIME));
  }

  @Property(shrinking = ShrinkingMode.BOUNDED)
  void nothingIsLostDoubledOrReordered(@ForAll("schedules") List<Step> schedule) {
    Interleaving one = interleaving();
    one.run(schedule);
    int[] figures = one.figures();
    for (int i = 0; i < figures.length; i++) {
      FIGURES[i] += figures[i];
    }
  }

  /** Without faults, and one node at a time, every request is answered. */
  @Example
  void withoutFaultsEverythingIsAnswered() {
    List<Step> schedule = new ArrayList<>();
    for (Step.What what : Step.What.values()) {
      if (what == Step.What.TRIM) {
        schedule.add(new Step.Pass((int) Interleaving.DAY.toMinutes() + 1));
      }
      for (int i = 0; i < 3; i++) {
        if (what == Step.What.TRIM) {
          schedule.add(new Step.Pass(121)); // what one announces, the next one deletes
        }
        schedule.add(new Step.Begin(i, new Step.Op(what, i, 7 * i)));
        for (int call = 0; call < 25; call++) {
          schedule.add(new Step.Go(0, Actor.Fate.PASSES));
        }
      }
    }
    Interleaving one = interleaving();
    one.run(schedule);
    assertThat(one.unanswered()).isEmpty();
    assertThat(one.figures()[4]).as("entries trimmed").isPositive();
  }

  /** Who was woken and could not read is not woken again: he tries again by himself. */
  @Example
  void aReadThatFailsAfterAWakeUpIsMadeAgain() {
    List<Step> schedule = new ArrayList<>();
    schedule.add(new Step.Begin(0, new Step.Op(Step.What.VIEW, 0, 0)));
    for (int call = 0; call < 25; call++) {
      schedule.add(new Step.Go(0, Actor.Fate.PASSES));
    }
    schedule.add(new Step.Begin(0, new Step.Op(Step.What.WATCH, 0, 0)));
    for (int call = 0; call < 3; call++) {
      schedule.add(new Step.Go(0, Actor.Fate.LOST));
    }
    interleaving().run(schedule);
  }

  /** Whoever works on a state without them is done, or refused, before entries go. */
  @Example
  void entriesGoLongAfterItWasAnnounced() {
    Node node = new Node(connection, settings, TIME);
    UserId user = UserId.random();
    node.journals.begin(user, Node.ORIGIN, new OpenAccount(Map.of(), 0));
    node.commit(user, new CreateMailbox(new MailboxPath("A"), Set.of(), 9));
    node.checkpoints.write(user);
    TIME.pass((int) Interleaving.DAY.toMinutes());
    long now = TIME.wallMillis();
    assertThat(node.trimming.trim(user, now)).as("announced").isZero();
    TIME.pass(119);
    assertThat(node.trimming.trim(user, now)).isZero();
    assertThat(node.journals.store().idAt(user, 2)).isPresent();
    TIME.pass(2);
    assertThat(node.trimming.trim(user, now)).isEqualTo(2);
    assertThat(node.trimming.trim(user, now)).isZero();
    assertThat(node.everything(user).seq()).isEqualTo(2);
  }

  @Provide
  Arbitrary<List<Step>> schedules() {
    return Step.any()
        .list()
        .ofMinSize(100)
        .ofMaxSize(250)
        .withSizeDistribution(RandomDistribution.uniform());
  }
}
