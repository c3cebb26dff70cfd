package net.mailagent.embedded;

import static net.mailagent.embedded.Client.all;
import static net.mailagent.embedded.Client.get;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.mongodb.MongoException;
import com.mongodb.MongoSocketException;
import com.mongodb.MongoWriteConcernException;
import com.mongodb.MongoWriteException;
import com.mongodb.ReadConcern;
import com.mongodb.WriteConcern;
import com.mongodb.client.model.Filters;
import com.mongodb.client.model.IndexOptions;
import com.mongodb.client.model.Indexes;
import com.mongodb.client.model.Updates;
import com.mongodb.reactivestreams.client.MongoCollection;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.bson.Document;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Each fault does what a replica set does, and no more. */
class FaultModeTest {
  private static final Duration LONG = Duration.ofSeconds(3);

  @TempDir Path directory;
  private final Faults faults = Faults.seeded(1);
  private EmbeddedMongo engine;
  private Client client;

  @BeforeEach
  void start() {
    engine = EmbeddedMongo.start(EmbeddedMongoSettings.in(directory), faults);
    client = new Client(engine.url() + "&retryReads=false&retryWrites=false&appName=first");
    get(
        collection(client)
            .createIndex(Indexes.ascending("user", "seq"), new IndexOptions().unique(true)));
  }

  @AfterEach
  void stop() {
    client.close();
    engine.close();
  }

  private static MongoCollection<Document> collection(Client of) {
    return of.collection("c")
        .withReadConcern(ReadConcern.MAJORITY)
        .withWriteConcern(WriteConcern.MAJORITY);
  }

  private MongoCollection<Document> majority() {
    return collection(client);
  }

  private MongoCollection<Document> local() {
    return majority().withReadConcern(ReadConcern.LOCAL);
  }

  private static Document entry(int seq) {
    return new Document("_id", "id" + seq).append("user", "u").append("seq", seq);
  }

  private static List<Integer> seqs(MongoCollection<Document> of) {
    List<Integer> seqs = new ArrayList<>();
    for (Document found :
        all(of.find(Filters.eq("user", "u")).sort(Indexes.ascending("user", "seq")))) {
      seqs.add(found.getInteger("seq"));
    }
    return seqs;
  }

  @Test
  void theSameSeedTakesTheSameChances() {
    List<Boolean> one = chances(Faults.parse("seed=7,reply-lost=0.3"));

    assertThat(chances(Faults.parse("seed=7,reply-lost=0.3,lag=0.5"))).isEqualTo(one);
    assertThat(chances(Faults.parse("seed=8,reply-lost=0.3"))).isNotEqualTo(one);
    assertThat(one.stream().filter(taken -> taken).count()).isBetween(200L, 400L);
  }

  private static List<Boolean> chances(Faults of) {
    List<Boolean> taken = new ArrayList<>();
    for (int i = 0; i < 1000; i++) {
      boolean unused = of.strikes(Fault.LAG, "", "test");
      taken.add(of.strikes(Fault.REPLY_LOST, "", "test"));
    }
    return taken;
  }

  @Test
  void saysWhatItCannotRead() {
    assertThatThrownBy(() -> Faults.parse("seed=1,thunder=0.5"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("thunder");
    assertThatThrownBy(() -> Faults.parse("lag=2")).isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void losesCallsAndReplies() {
    faults.set(Fault.CALL_LOST, 1);
    assertThatThrownBy(() -> get(majority().insertOne(entry(1))))
        .isInstanceOf(MongoSocketException.class);
    faults.calm();
    faults.set(Fault.REPLY_LOST, 1);
    assertThatThrownBy(() -> get(majority().insertOne(entry(2))))
        .isInstanceOf(MongoSocketException.class);
    faults.calm();

    assertThat(seqs(majority())).containsExactly(2);
    assertThat(faults.counts())
        .containsAllEntriesOf(Map.of(Fault.CALL_LOST, 1L, Fault.REPLY_LOST, 1L));
  }

  @Test
  void letsAWriteComeLate() throws Exception {
    faults.set(Fault.LATE, 1).atMost(Fault.LATE, Duration.ofMillis(100));
    assertThatThrownBy(() -> get(majority().insertOne(entry(1))))
        .isInstanceOf(MongoSocketException.class);
    faults.calm();

    until(() -> seqs(majority()).equals(List.of(1)));
  }

  @Test
  void aMajorityReadLagsBehindALocalOne() throws Exception {
    get(majority().insertOne(entry(1)));
    faults.set(Fault.LAG, 1).atMost(Fault.LAG, LONG);
    CompletableFuture<Void> waiting = insertInBackground(entry(2));
    until(() -> seqs(local()).equals(List.of(1, 2)));
    faults.calm();

    assertThat(seqs(majority())).containsExactly(1);
    assertThat(waiting).isNotDone();
    waiting.join();
    assertThat(seqs(majority())).containsExactly(1, 2);
  }

  @Test
  void aWriteConcernErrorLeavesTheWriteInPlace() throws Exception {
    faults.set(Fault.WRITE_CONCERN, 1).atMost(Fault.LAG, LONG);
    assertThatThrownBy(() -> get(majority().insertOne(entry(1))))
        .isInstanceOf(MongoWriteConcernException.class);
    faults.calm();

    assertThat(seqs(majority())).isEmpty();
    CompletableFuture<Void> again = insertInBackground(entry(1)); // its key is taken already
    until(() -> seqs(majority()).equals(List.of(1)));
    assertThatThrownBy(again::join).hasCauseInstanceOf(MongoWriteException.class);
  }

  @Test
  void aFailoverUndoesWhatNoMajorityHas() throws Exception {
    get(majority().insertOne(entry(1)));
    get(majority().insertOne(entry(2)));
    faults.set(Fault.WRITE_CONCERN, 1).set(Fault.ROLLBACK, 1).atMost(Fault.LAG, LONG);
    unconfirmed(() -> get(majority().insertOne(entry(3))));
    unconfirmed(() -> get(majority().deleteOne(Filters.eq("_id", "id1"))));
    unconfirmed(() -> get(majority().updateOne(Filters.eq("_id", "id2"), Updates.set("seq", 1))));
    assertThat(seqs(majority())).containsExactly(1, 2);
    assertThat(seqs(local())).containsExactly(1, 3);
    faults.set(Fault.WRITE_CONCERN, 0);
    CompletableFuture<Void> waiting = insertInBackground(entry(4));

    assertThatThrownBy(waiting::join).hasCauseInstanceOf(MongoException.class);
    faults.calm();
    until(() -> seqs(local()).equals(List.of(1, 2)));
    assertThat(seqs(majority())).containsExactly(1, 2);
    get(majority().insertOne(entry(3).append("again", true)));
    stop();
    start();
    assertThat(seqs(majority())).containsExactly(1, 2, 3);
    assertThat(all(majority().find(Filters.eq("_id", "id3"))).getFirst().getBoolean("again"))
        .isTrue();
  }

  private static void unconfirmed(org.assertj.core.api.ThrowableAssert.ThrowingCallable write) {
    assertThatThrownBy(write).isInstanceOf(MongoWriteConcernException.class);
  }

  @Test
  void aStalePrimaryShowsThePastAndKeepsNothing() throws Exception {
    try (Client other = new Client(engine.url() + "&retryReads=false&appName=second")) {
      get(majority().insertOne(entry(1)));
      faults.replace("first");
      get(collection(other).insertOne(entry(2)));

      assertThat(seqs(collection(other))).containsExactly(1, 2);
      assertThat(seqs(majority())).containsExactly(1);
      unconfirmed(() -> get(majority().insertOne(entry(3))));
      assertThatThrownBy(() -> get(majority().insertOne(entry(3))))
          .isInstanceOf(MongoWriteException.class);
      assertThat(seqs(collection(other))).containsExactly(1, 2);
      assertThat(faults.isQuiet()).isFalse();
      faults.reconnect("first");
      assertThat(faults.isQuiet()).isTrue();
      until(() -> seqs(majority()).equals(List.of(1, 2)));
    }
  }

  @Test
  void theNextCommandOfOneApplicationSuffersWhatATestSays() {
    try (Client other = new Client(engine.url() + "&retryReads=false&appName=second")) {
      faults.next(Fault.REPLY_LOST, "second");
      get(majority().insertOne(entry(1)));
      assertThatThrownBy(() -> get(collection(other).insertOne(entry(2))))
          .isInstanceOf(MongoSocketException.class);
      assertThat(seqs(collection(other))).containsExactly(1, 2);
      faults.next(Fault.CALL_LOST, "second");
      faults.disarm();
      get(collection(other).insertOne(entry(3)));
      assertThat(faults.count(Fault.REPLY_LOST)).isEqualTo(1);
      assertThat(faults.count(Fault.CALL_LOST)).isZero();
    }
  }

  @Test
  void theMajorityIsAwayUntilATestSays() throws Exception {
    get(majority().insertOne(entry(1)));
    faults.hold();
    unconfirmed(() -> get(majority().insertOne(entry(2))));
    assertThat(faults.isQuiet()).isFalse();
    assertThat(seqs(majority())).containsExactly(1);
    faults.confirm();
    assertThat(seqs(majority())).containsExactly(1, 2);
    faults.hold();
    unconfirmed(() -> get(majority().insertOne(entry(3))));
    faults.rollBack();
    assertThat(faults.isQuiet()).isTrue();
    until(() -> seqs(majority()).equals(List.of(1, 2)));
    get(majority().insertOne(entry(3)));
    assertThat(seqs(majority())).containsExactly(1, 2, 3);
    assertThat(faults.counts())
        .containsAllEntriesOf(Map.of(Fault.LAG, 2L, Fault.WRITE_CONCERN, 2L, Fault.ROLLBACK, 1L));
  }

  @Test
  void acknowledgedWritesSurviveAllFaultsTogether() throws Exception {
    faults
        .set(Fault.CALL_LOST, 0.005)
        .set(Fault.REPLY_LOST, 0.005)
        .set(Fault.LATE, 0.005)
        .set(Fault.LAG, 0.03)
        .set(Fault.WRITE_CONCERN, 0.02)
        .set(Fault.ROLLBACK, 0.5)
        .set(Fault.STALE, 0.003)
        .atMost(Fault.LAG, Duration.ofMillis(60))
        .atMost(Fault.STALE, Duration.ofMillis(60));
    Set<Integer> acknowledged = new ConcurrentSkipListSet<>();
    try (ExecutorService threads = Executors.newFixedThreadPool(4)) {
      List<Future<?>> working = new ArrayList<>();
      for (int n = 0; n < 4; n++) {
        int first = n;
        working.add(
            threads.submit(() -> {
              long began = System.nanoTime();
              for (int seq = first; goesOn(began); seq += 4) {
                try {
                  get(majority().insertOne(entry(seq)));
                  acknowledged.add(seq);
                } catch (MongoException e) {
                  // it is there or not
                }
              }
            }));
      }
      for (Future<?> done : working) {
        done.get();
      }
    }
    faults.calm();
    Thread.sleep(500);

    assertThat(faults.count(Fault.ROLLBACK)).isPositive();
    assertThat(acknowledged).isNotEmpty();
    until(() -> quietly(() -> seqs(majority()).containsAll(acknowledged)));
    assertThat(seqs(majority())).doesNotHaveDuplicates();
    assertThat(seqs(local())).isEqualTo(seqs(majority()));
    assertThat((long) seqs(majority()).size()).isEqualTo(get(majority().countDocuments()));
  }

  /** Until enough has happened, but not for ever. */
  private boolean goesOn(long began) {
    long since = System.nanoTime() - began;
    return since < LONG.toNanos()
        || (faults.count(Fault.ROLLBACK) < 2 && since < 10 * LONG.toNanos());
  }

  private CompletableFuture<Void> insertInBackground(Document document) {
    return CompletableFuture.runAsync(() -> get(majority().insertOne(document)));
  }

  private interface Condition {
    boolean holds();
  }

  private static boolean quietly(Condition condition) {
    try {
      return condition.holds();
    } catch (MongoException e) {
      return false; // a connection from before the failover
    }
  }

  private static void until(Condition condition) throws InterruptedException {
    long end = System.nanoTime() + Duration.ofSeconds(20).toNanos();
    while (!quietly(condition)) {
      assertThat(System.nanoTime()).as("in time").isLessThan(end);
      Thread.sleep(5);
    }
  }
}
