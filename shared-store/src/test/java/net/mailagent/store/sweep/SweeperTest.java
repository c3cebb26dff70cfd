package net.mailagent.store.sweep;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.function.Consumer;
import net.mailagent.model.ContentId;
import net.mailagent.model.MailboxId;
import net.mailagent.model.MailboxPath;
import net.mailagent.model.Refusal;
import net.mailagent.model.Refused;
import net.mailagent.model.UidSet;
import net.mailagent.model.UserId;
import net.mailagent.model.journal.CopyMessages;
import net.mailagent.model.journal.CreateMailbox;
import net.mailagent.model.journal.DeleteMailbox;
import net.mailagent.model.journal.RestoreMessages;
import net.mailagent.model.port.NewAccount;
import net.mailagent.store.Faults;
import net.mailagent.store.Faults.Fault;
import net.mailagent.store.Store;
import net.mailagent.store.TestJournal;
import net.mailagent.store.journal.JournalSettings;
import net.mailagent.store.journal.Turns;
import net.mailagent.store.mongo.Call;
import net.mailagent.store.mongo.Documents;
import net.mailagent.store.mongo.Ids;
import net.mailagent.store.mongo.Query;
import org.bson.BsonDocument;
import org.bson.BsonInt32;
import org.bson.BsonInt64;
import org.bson.BsonString;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What is swept and what is not, whoever dies and whoever else is at it. */
class SweeperTest {
  private static final Duration DAY = Duration.ofDays(1);

  private final SweepFixture fixture = new SweepFixture();
  private final Store store = fixture.store;
  private final Sweeper sweeper = store.sweeper();

  @AfterEach
  void close() {
    fixture.close();
  }

  @Test
  void expungedMessagesGoAfterTheirRetentionAndSharedBlobsStay() {
    UserId user = fixture.user();
    ContentId own = fixture.deliver(user, "own", SweepFixture.large(1));
    ContentId shared = fixture.deliver(user, "shared", SweepFixture.large(2));
    ContentId kept = fixture.deliver(user, "kept", SweepFixture.large(2));
    fixture.expunge(user, 1, 2);
    fixture.skip(DAY.multipliedBy(13));
    assertThat(sweeper.sweep()).isTrue();
    assertThat(fixture.isStored(own)).isTrue();
    assertThat(fixture.inbox(user).expunged()).hasSize(2);
    fixture.skip(DAY.multipliedBy(2));
    assertThat(sweeper.sweep()).isTrue();
    assertThat(fixture.isStored(own)).isFalse();
    assertThat(fixture.isStored(shared)).isFalse();
    assertThat(fixture.inbox(user).expunged()).isEmpty();
    assertThat(fixture.inbox(user).oldestExpunged()).isZero();
    assertThat(fixture.count("blobs")).isEqualTo(2);
    fixture.skip(DAY.plusHours(1));
    assertThat(sweeper.sweep()).isTrue();
    assertThat(sweeper.counts().doomed()).isEqualTo(1);
    assertThat(fixture.count("blobs")).as("doomed, not deleted").isEqualTo(2);
    fixture.skip(DAY.plusHours(1));
    assertThat(sweeper.sweep()).isTrue();
    assertThat(fixture.count("blobs")).isEqualTo(1);
    assertThat(fixture.read(store, user, kept)).isNotNull();
    fixture.requireExact(user);
    assertThat(sweeper.counts().forgotten()).isEqualTo(2);
    assertThat(sweeper.counts().contents()).isEqualTo(2);
    assertThat(sweeper.counts().bytes()).isGreaterThan(30_000);
    long before = calls();
    assertThat(sweeper.sweep()).isTrue();
    System.out.printf("a sweep with nothing to do, one user: %d calls%n", calls() - before);
  }

  private long calls() {
    return store.connection().calls().counts().values().stream().mapToLong(n -> n).sum();
  }

  /** All others would be looked at from then on at each sweep, further back each time. */
  @Test
  void aUserWhoIsNotServedDoesNotHoldTheOthersBack() {
    UserId user = fixture.user();
    assertThat(sweeper.sweep()).isTrue();
    BsonDocument orphans = new BsonDocument("_id", new BsonString("orphaned contents"));
    long before = done(orphans);
    store.journals().forget(user);
    fixture
        .behind
        .documents("journal")
        .updateAll(
            new BsonDocument("user", Ids.bson(user)),
            new BsonDocument("$set", new BsonDocument("v", new BsonInt32(99))));
    fixture.skip(DAY);
    assertThat(sweeper.sweep()).as("one is left").isFalse();
    assertThat(done(orphans)).isGreaterThan(before);
  }

  private long done(BsonDocument work) {
    return fixture
        .behind
        .documents("upkeep")
        .findOne(Query.of(work))
        .orElseThrow()
        .getDateTime("done")
        .getValue();
  }

  @Test
  void aContentStaysWhileAnyPlaceHoldsIt() {
    UserId user = fixture.user();
    ContentId copied = fixture.deliver(user, "copied", SweepFixture.large(1));
    ContentId young = fixture.deliver(user, "expunged again", "small");
    MailboxId inbox = fixture.inbox(user).id();
    MailboxId other = create(user, "Other");
    copy(user, inbox, UidSet.of(1, 2), other);
    fixture.expunge(user, 1, 2);
    fixture.skip(DAY.multipliedBy(10));
    copy(user, other, UidSet.of(2), inbox);
    fixture.expunge(user, 3);
    delete(user, "Other"); // with both
    copyBack(user, other);
    fixture.skip(DAY.multipliedBy(5));
    assertThat(sweeper.sweep()).isTrue();
    assertThat(sweeper.counts().forgotten()).isEqualTo(2);
    assertThat(fixture.read(store, user, copied)).isNotNull();
    assertThat(fixture.read(store, user, young)).isNotNull();
    fixture.skip(DAY.multipliedBy(10));
    assertThat(sweeper.sweep()).isTrue();
    assertThat(fixture.read(store, user, copied)).as("it was restored").isNotNull();
    assertThat(fixture.isStored(young)).isFalse();
    fixture.sweepThrough(store);
    fixture.requireExact(user);
  }

  private void copyBack(UserId user, MailboxId from) {
    store
        .mailboxes()
        .commit(
            user,
            SweepFixture.ORIGIN,
            new RestoreMessages(
                from, UidSet.of(1), null, SweepSettings.DEFAULT.restorable().toMillis()));
  }

  private MailboxId create(UserId user, String path) {
    return store
        .mailboxes()
        .commit(user, SweepFixture.ORIGIN, new CreateMailbox(new MailboxPath(path), Set.of(), 100))
        .result();
  }

  private void delete(UserId user, String path) {
    store.mailboxes().commit(user, SweepFixture.ORIGIN, new DeleteMailbox(new MailboxPath(path)));
  }

  private void copy(UserId user, MailboxId from, UidSet uids, MailboxId to) {
    store.mailboxes().commit(user, SweepFixture.ORIGIN, new CopyMessages(from, uids, to, false));
  }

  @Test
  void aMessageCannotBeRestoredOnTheLastDay() {
    UserId user = fixture.user();
    fixture.deliver(user, "gone", "x");
    fixture.expunge(user, 1);
    fixture.skip(DAY.multipliedBy(13).plusMinutes(1));
    assertThatThrownBy(() -> copyBack(user, fixture.inbox(user).id()))
        .isInstanceOfSatisfying(
            Refused.class, r -> assertThat(r.refusal()).isInstanceOf(Refusal.MessageGone.class));
  }

  @Test
  void contentsThatNoEntryPlacedGo() {
    UserId user = fixture.user();
    ContentId placed = fixture.deliver(user, "placed", SweepFixture.large(1));
    orphan(user, SweepFixture.large(2));
    assertThat(fixture.count("messages")).isEqualTo(2);
    fixture.skip(Duration.ofHours(20));
    assertThat(sweeper.sweep()).isTrue();
    assertThat(fixture.count("messages")).as("too young").isEqualTo(2);
    fixture.skip(Duration.ofHours(20));
    assertThat(sweeper.sweep()).isTrue();
    assertThat(fixture.count("messages")).isEqualTo(1);
    assertThat(sweeper.counts().orphans()).isEqualTo(1);
    assertThat(fixture.read(store, user, placed)).isNotNull();
    fixture.sweepThrough(store);
    fixture.requireExact(user);
  }

  /** A content without an entry: the node that wrote it died. */
  private void orphan(UserId user, String body) {
    fixture.faults.once(call -> call.toString().equals("BULK messages"), Fault.REPLY_LOST);
    assertThat(fixture.deliver(store, user, "orphan", body)).isEmpty();
    fixture.faults.plan(Faults.NOTHING);
  }

  @Test
  void orphansAreToldFromPlacementsWhenTheJournalWasTrimmed() {
    UserId user = fixture.user();
    fixture.deliver(user, "placed", "1");
    fixture.deliver(user, "expunged", "2");
    fixture.expunge(user, 2);
    orphan(user, "3");
    fixture.skip(DAY.multipliedBy(10));
    assertThat(store.upkeep().checkpoint(user)).isPositive();
    long cut = store.clock().millis() - DAY.toMillis();
    assertThat(store.journals().placedSince(user, cut, content -> {})).isTrue();
    fixture
        .behind
        .documents("journal")
        .delete(
            new org.bson.BsonDocument("user", net.mailagent.store.mongo.Ids.bson(user))
                .append("seq", new org.bson.BsonDocument("$lt", new org.bson.BsonInt64(4))));
    store.journals().forget(user);
    assertThat(sweeper.sweep()).isTrue();
    assertThat(sweeper.counts().orphans()).isEqualTo(1);
    fixture.requireExact(user);
  }

  @Test
  void aDeletedUserIsRefusedAtOnceAndPurgedLater() {
    UserId user = fixture.user();
    UserId other = fixture.user();
    fixture.deliver(user, "one", SweepFixture.large(1));
    fixture.deliver(other, "two", SweepFixture.large(1));
    store.upkeep().checkpoint(user);
    store.accounts().delete(user);
    assertThat(store.accounts().byLogin("user0")).isEmpty();
    assertThat(store.accounts().byAddress("user0@example.org")).isEmpty();
    assertThat(store.accounts().byId(user)).isEmpty();
    assertThatThrownBy(() -> store.mailboxes().current(user)).isInstanceOf(Refused.class);
    assertThat(fixture.deliver(store, user, "late", "x")).isEmpty();
    store.accounts().delete(user); // once more is no error
    assertThatThrownBy(() -> store.accounts().delete(UserId.random())).isInstanceOf(Refused.class);
    UserId again =
        store
            .accounts()
            .create(
                new NewAccount("user0", "user0@example.org", List.of(), "x", "", "", 0, Map.of()));
    assertThat(again).isNotEqualTo(user);
    assertThat(sweeper.sweep()).isTrue();
    assertThat(fixture.count("messages")).as("too early").isEqualTo(2);
    fixture.sweepThrough(store);
    assertThat(sweeper.counts().users()).isEqualTo(1);
    fixture.requireExact(other, again);
    assertThatThrownBy(() -> store.mailboxes().current(user)).isInstanceOf(Refused.class);
  }

  @Test
  void creationsAndDeletionsThatDiedLeaveNothing() {
    UserId alive = fixture.user();
    List<String> names = new ArrayList<>();
    int points = 0;
    for (Fault fault : List.of(Fault.CALL_LOST, Fault.REPLY_LOST)) {
      for (int n = 0; dies(n, fault, () -> create(names)); n++) {
        points++;
      }
      for (int n = 0; ; n++) {
        UserId user = fixture.user();
        if (!dies(n, fault, () -> store.accounts().delete(user))) {
          break;
        }
        if (store.accounts().byId(user).isPresent()) {
          store.accounts().delete(user);
        }
        points++;
      }
    }
    for (String name : names) {
      store.accounts().byLogin(name).ifPresent(made -> store.accounts().delete(made.id()));
    }
    fixture.sweepThrough(store);
    fixture.requireExact(alive);
    System.out.printf("account creation and deletion: %d crash points swept%n", points);
  }

  private void create(List<String> names) {
    String name = "made" + names.size();
    names.add(name);
    store
        .accounts()
        .create(new NewAccount(name, name + "@example.org", List.of(), "x", "", "", 0, Map.of()));
  }

  /** Has nothing get through from the n-th call on; whether that was reached. */
  private boolean dies(int n, Fault fault, Runnable work) {
    return dies(n, fault, work, call -> {});
  }

  /** The same; the call it dies at may have had some effect. */
  private boolean dies(int n, Fault fault, Runnable work, Consumer<Call> effect) {
    AtomicInteger seen = new AtomicInteger();
    Thread me = Thread.currentThread();
    fixture.faults.plan(call -> {
      if (Thread.currentThread() != me) {
        return Fault.NONE;
      }
      int now = seen.getAndIncrement();
      if (now == n) {
        effect.accept(call);
      }
      return now < n ? Fault.NONE : now == n ? fault : Fault.CALL_LOST;
    });
    try {
      work.run();
    } catch (RuntimeException e) {
      // it died
    }
    fixture.faults.plan(Faults.NOTHING);
    return seen.get() > n;
  }

  /**
   * Each round makes some of everything that is swept, goes on by more than all delays together,
   * and has the sweep die one call later: so every sweep finds work at every stage.
   */
  @Test
  void aSweepMayDieAtAnyCall() {
    UserId user = fixture.user();
    List<ContentId> kept = new ArrayList<>();
    int points = 0;
    for (Fault fault : List.of(Fault.CALL_LOST, Fault.REPLY_LOST)) {
      for (int n = 0; ; n++) {
        int seed = 10 * points;
        kept.add(fixture.deliver(user, "kept", SweepFixture.large(seed)));
        fixture.deliver(user, "gone", SweepFixture.large(seed + 1));
        fixture.deliver(user, "gone, its blob not", SweepFixture.large(seed));
        int last = fixture.inbox(user).counters().uidNext() - 1;
        fixture.expunge(user, last - 1, last);
        UserId closed = fixture.user();
        fixture.deliver(closed, "closed", SweepFixture.large(seed + 2));
        store.accounts().delete(closed);
        orphan(user, SweepFixture.large(seed + 3));
        fixture.skip(DAY.multipliedBy(15));
        if (!dies(n, fault, sweeper::sweep)) {
          break;
        }
        points++;
      }
    }
    assertThat(points).isGreaterThan(60);
    fixture.sweepThrough(store);
    fixture.requireExact(user);
    for (ContentId content : kept) {
      assertThat(fixture.read(store, user, content)).isNotNull();
    }
    System.out.printf("sweeping: %d crash points tried%n", points);
  }

  /**
   * The journal does not begin at 1, its entries have parts, and what a node that dies leaves of it
   * is any of it: no node can load it any more. Others go on, also with who is behind.
   */
  @Test
  void aPurgeMayDieAtAnyCall() {
    UserId alive = fixture.user();
    JournalSettings inParts =
        TestJournal.withDefaults().commitTimeout(Duration.ofSeconds(1)).parts(100, 60).settings();
    int points = 0;
    try (Store one = Store.open(fixture.database.settings().withJournal(inParts), fixture.time);
        Store two = Store.open(fixture.database.settings(), fixture.time.with(new Faults()))) {
      boolean died = true;
      for (int n = 0; died; n++) {
        UserId first = trimmed(one);
        UserId second = trimmed(one);
        one.accounts().delete(first);
        fixture.time.skip(Duration.ofMinutes(1), one, two); // this one comes after the first
        one.accounts().delete(second);
        fixture.time.skip(DAY.multipliedBy(2), one, two);
        died = dies(n, Fault.CALL_LOST, one.sweeper()::sweep, this::deleteSome);
        points++;
        assertThat(two.sweeper().sweep()).as("after it died at call %d", n).isTrue();
        for (String collection : List.of("journal", "journal_parts", "state", "messages")) {
          assertThat(fixture.all(collection))
              .as("%s after it died at call %d", collection, n)
              .noneMatch(document -> isOf(document, first) || isOf(document, second));
        }
      }
    }
    assertThat(points).isGreaterThan(25);
    fixture.sweepThrough(store);
    fixture.requireExact(alive);
    System.out.printf("purging: %d crash points tried%n", points);
  }

  /** A user with a checkpoint, whose first entries are trimmed and whose last ones have parts. */
  private UserId trimmed(Store on) {
    UserId user = fixture.user();
    for (int i = 0; i < 3; i++) {
      assertThat(fixture.deliver(on, user, "trimmed", "x")).isPresent();
    }
    on.upkeep().checkpoint(user);
    fixture.time.skip(DAY.multipliedBy(40), on);
    assertThat(on.upkeep().trim(user)).isPositive();
    for (int i = 0; i < 3; i++) {
      assertThat(fixture.deliver(on, user, "left", "x")).isPresent();
    }
    assertThat(fixture.all("journal_parts")).isNotEmpty();
    return user;
  }

  private static boolean isOf(BsonDocument document, UserId user) {
    return Ids.bson(user).equals(document.get("user"));
  }

  /** Of a deletion that is not answered in time any part may be done. */
  private void deleteSome(Call call) {
    Query query = call.query();
    if (call.operation() == Call.Operation.DELETE && query != null) {
      Documents documents = fixture.behind.documents(call.collection());
      List<BsonDocument> all = documents.find(query, 100);
      for (int i = 0; i < all.size(); i += 2) {
        documents.delete(
            new BsonDocument("_id", all.get(i).get("_id")).append("user", all.get(i).get("user")));
      }
    }
  }

  @Test
  void whoCannotBeLoadedStopsNobodyElse() {
    UserId broken = fixture.user();
    UserId alive = fixture.user();
    UserId gone = fixture.user();
    UserId goneBehind = fixture.user();
    store.accounts().delete(gone);
    fixture.skip(Duration.ofMinutes(1));
    store.accounts().delete(goneBehind);
    orphan(alive, "x");
    Documents journal = fixture.behind.documents("journal"); // nobody knows how that came about
    journal.delete(new BsonDocument("user", Ids.bson(gone)).append("seq", new BsonInt64(1)));
    journal.updateAll(
        new BsonDocument("user", Ids.bson(broken)),
        new BsonDocument("$set", new BsonDocument("seq", new BsonInt64(7))));
    store.journals().forget(gone);
    store.journals().forget(broken);
    fixture.skip(DAY.multipliedBy(2));
    long done = done();
    assertThat(sweeper.sweep()).isFalse();
    assertThat(sweeper.counts().users()).as("deleted users").isEqualTo(1);
    assertThat(sweeper.counts().orphans()).isEqualTo(1);
    assertThat(done()).as("a living user is left").isEqualTo(done);
    journal.delete(new BsonDocument("user", Ids.bson(broken)));
    fixture.behind.documents("users").delete(new BsonDocument("_id", Ids.bson(broken)));
    assertThat(sweeper.sweep()).as("one that is gone is left").isFalse();
    assertThat(done()).isGreaterThan(done);
  }

  /** Up to when contents that nothing placed were looked for. */
  private long done() {
    return new Turns(fixture.behind, store.clock()).done("orphaned contents");
  }

  /**
   * Two nodes sweep without a pause, and time goes on by more than a grace, while others deliver
   * and expunge messages with the same few blobs: whatever was acknowledged and not expunged can be
   * read at any time.
   */
  @Test
  void twoSweepersRaceDeliveriesOfTheSameBlobs() throws Exception {
    UserId user = fixture.user();
    ReentrantReadWriteLock clocks = new ReentrantReadWriteLock(); // no delivery lasts for hours
    AtomicBoolean stop = new AtomicBoolean();
    List<Throwable> failures = java.util.Collections.synchronizedList(new ArrayList<>());
    AtomicInteger delivered = new AtomicInteger();
    try (Store one = hasty();
        Store two = hasty()) {
      List<Thread> threads = new ArrayList<>();
      for (Store node : List.of(one, two)) {
        threads.add(
            run(
                stop,
                failures,
                () -> { // not when time is skipped just while it looks at the clock
                  assertThat(node.sweeper().sweep() || node.sweeper().counts().failures() == 0)
                      .isTrue();
                }));
        threads.add(
            run(
                stop,
                failures,
                () -> {
                  clocks.readLock().lock();
                  try {
                    deliverAndExpunge(node, user, delivered);
                  } finally {
                    clocks.readLock().unlock();
                  }
                  Thread.sleep(ThreadLocalRandom.current().nextInt(20));
                }));
      }
      for (int i = 0; i < 60; i++) {
        Thread.sleep(100);
        clocks.writeLock().lock();
        try {
          fixture.time.skip(Duration.ofHours(5 + 20 * (i % 3)), store, one, two);
        } finally {
          clocks.writeLock().unlock();
        }
      }
      stop.set(true);
      for (Thread thread : threads) {
        thread.join();
      }
      assertThat(failures).isEmpty();
      long doomed = one.sweeper().counts().doomed() + two.sweeper().counts().doomed();
      long swept = one.sweeper().counts().blobs() + two.sweeper().counts().blobs();
      System.out.printf(
          "race: %d deliveries, %d blobs doomed, %d swept%n", delivered.get(), doomed, swept);
      assertThat(delivered.get()).isGreaterThan(50);
      assertThat(swept).isPositive();
      fixture.sweepThrough(store);
      fixture.requireExact(user);
    }
  }

  private Store hasty() {
    return Store.open(
        fixture
            .database
            .settings()
            .withSweep(new SweepSettings(DAY.multipliedBy(2), Duration.ofHours(6), 100)),
        fixture.time.with(new Faults()));
  }

  private void deliverAndExpunge(Store node, UserId user, AtomicInteger delivered) {
    int seed = ThreadLocalRandom.current().nextInt(16);
    ContentId content = fixture.deliver(node, user, "race", SweepFixture.large(seed)).orElseThrow();
    delivered.incrementAndGet();
    assertThat(fixture.read(node, user, content)).isNotNull();
    UidSet all = fixture.inbox(node, user).messages().uids();
    if (all.size() > 3) {
      for (var row : fixture.inbox(node, user).messages().rows(all)) {
        fixture.read(node, user, row.content());
      }
      fixture.expunge(node, user, all);
    }
  }

  private interface Work {
    void run() throws Exception;
  }

  private static Thread run(AtomicBoolean stop, List<Throwable> failures, Work work) {
    return Thread.ofVirtual()
        .start(() -> {
          while (!stop.get()) {
            try {
              work.run();
            } catch (Throwable e) {
              failures.add(e);
              return;
            }
          }
        });
  }

  @Test
  void nothingIsSweptByAClockThatCannotBeTrusted() {
    UserId user = fixture.user();
    fixture.deliver(user, "gone", "x");
    fixture.expunge(user, 1);
    fixture.faults.plan(
        new Faults.Plan() {
          @Override
          public Fault of(Call call) {
            if (call.operation() == Call.Operation.COMMAND) {
              fixture.time.skip(DAY.multipliedBy(20)); // each time it is asked it says another
            }
            return Fault.NONE;
          }
        });
    assertThat(sweeper.sweep()).isFalse();
    fixture.faults.plan(Faults.NOTHING);
    assertThat(fixture.inbox(user).expunged()).hasSize(1);
  }
}
