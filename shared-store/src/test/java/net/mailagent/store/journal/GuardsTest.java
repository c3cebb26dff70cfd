package net.mailagent.store.journal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;
import net.mailagent.model.MailboxId;
import net.mailagent.model.MailboxPath;
import net.mailagent.model.Origin;
import net.mailagent.model.StoreUnavailable;
import net.mailagent.model.UserId;
import net.mailagent.model.journal.AddMessages;
import net.mailagent.model.journal.JournalEntry;
import net.mailagent.model.journal.MailboxState;
import net.mailagent.model.journal.OpenAccount;
import net.mailagent.model.journal.PlacementSegment;
import net.mailagent.model.journal.UserState;
import net.mailagent.model.port.Changes;
import net.mailagent.store.Faults;
import net.mailagent.store.Faults.Fault;
import net.mailagent.store.OneMessage;
import net.mailagent.store.Store;
import net.mailagent.store.TestDatabase;
import net.mailagent.store.TestJournal;
import net.mailagent.store.mongo.Call;
import net.mailagent.store.mongo.Call.Operation;
import net.mailagent.store.mongo.DuplicateKey;
import net.mailagent.store.mongo.Interceptor;
import net.mailagent.store.mongo.MongoConnection;
import net.mailagent.store.mongo.Query;
import org.bson.BsonDateTime;
import org.bson.BsonDocument;
import org.bson.BsonInt32;
import org.bson.BsonInt64;
import org.bson.BsonString;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * For each guard of journal.md the one schedule that needs it: what happens between two calls is
 * made to happen there. (Settling by id has a test of its own, so has the seq guard of fold.)
 */
class GuardsTest {
  private static final Origin ORIGIN = new Origin("test", "", "");
  private static final Duration HOUR = Duration.ofMillis(1500);

  /** Of a mailbox that no entry made. */
  private static final PlacementSegment NOBODYS = PlacementSegment.of(0, 3, List.of());

  private final TestDatabase database = TestDatabase.open();
  private final Faults between = new Faults();
  private final Store store = Store.open(database.settings().withJournal(shortHours()), between);
  private final Store other = Store.open(database.settings());
  private final UserId user = UserId.random();

  GuardsTest() {
    other.journals().begin(user, ORIGIN, new OpenAccount(Map.of(), 0));
    add(other, 3);
    other.upkeep().checkpoint(user); // at 4
    add(other, 6);
  }

  @AfterEach
  void close() {
    store.close();
    other.close();
    database.close();
  }

  private static JournalSettings shortHours() {
    return TestJournal.withDefaults()
        .stateAge(HOUR)
        .commitTimeout(Duration.ofSeconds(20))
        .settings();
  }

  private void add(Store at, int times) {
    for (int i = 0; i < times; i++) {
      at.mailboxes().commit(user, ORIGIN, OneMessage.add());
    }
  }

  /** Does that once, before the next call that fits. */
  private void before(Predicate<Call> fits, Runnable what) {
    before(between, fits, what);
  }

  private static void before(Faults calls, Predicate<Call> fits, Runnable what) {
    calls.plan(
        new Faults.Plan() {
          private boolean done;

          @Override
          public Fault of(Call call) {
            if (!done && fits.test(call)) {
              done = true;
              what.run();
            }
            return Fault.NONE;
          }
        });
  }

  private static Predicate<Call> tail() {
    return call -> call.collection().equals("journal") && call.operation() == Operation.FIND;
  }

  /** Checkpoints all, then trims entries up to that seq. */
  private void trim(long seq) {
    JournalStore journal = other.journals().store();
    journal.journal.updateAll(
        new BsonDocument("seq", new BsonDocument("$lte", new BsonInt64(seq))),
        new BsonDocument(
            "$set",
            new BsonDocument(
                "at",
                new BsonDateTime(System.currentTimeMillis() - Duration.ofDays(31).toMillis()))));
    other.upkeep().checkpoint(user);
    assertThat(other.upkeep().trim(user)).isPositive();
  }

  /** The very first answer must be whole; a later one would have had time to recover. */
  private void assertWhole(long seq) {
    UserState first = store.mailboxes().current(user);
    assertThat(first.seq()).isEqualTo(seq);
    MailboxState heads = first.mailbox(MailboxPath.INBOX).orElseThrow();
    assertThat(heads.counters().messages()).isEqualTo((int) seq - 1);
    assertWhole(seq, heads.id());
  }

  private void assertWhole(long seq, MailboxId inbox) {
    UserState loaded = store.mailboxes().current(user, Set.of(inbox));
    assertThat(loaded.seq()).isEqualTo(seq);
    assertThat(loaded.mailbox(inbox).orElseThrow().messages().size()).isEqualTo((int) seq - 1);
  }

  @Test
  void gap() {
    before(tail(), () -> trim(7)); // the mark 4 was read; the tail begins at 8
    assertWhole(10);
  }

  @Test
  void markAfterTheTail() {
    before(tail(), () -> trim(10)); // nothing is left of the tail
    assertWhole(10);
  }

  @Test
  void whatWasMarkedBetweenTheTailAndTheMarkWasNotTrimmed() {
    before(
        call -> call.collection().equals("state") && call.operation() == Operation.FIND,
        () -> {
          add(other, 2);
          other.upkeep().checkpoint(user);
        });
    assertThat(store.changes().since(user, 10, 100)).as("read a moment before").isEmpty();
    assertThat(store.changes().since(user, 10, 100))
        .extracting(JournalEntry::seq)
        .containsExactly(11L, 12L);
    trim(12);
    assertThatThrownBy(() -> store.changes().since(user, 10, 100))
        .isInstanceOf(Changes.Trimmed.class);
    assertThat(store.changes().since(user, 12, 100)).isEmpty();
  }

  /** A repair dies at each of its calls while a checkpoint is about to say how far it came. */
  @ParameterizedTest
  @CsvSource({
    "true,1", "true,2", "true,3", "true,4", "true,5",
    "false,1", "false,2", "false,3", "false,4", "false,5"
  })
  void aCheckpointAndARepairThatDies(boolean marked, int diesAt) {
    JournalStore documents = other.journals().store();
    if (!marked) {
      documents.state.delete(JournalStore.atMark(user));
    }
    documents.state.insert(StateCodec.encode(user, MailboxId.random(), NOBODYS));
    Faults dying = new Faults();
    Faults pausing = new Faults();
    try (Store repairing = Store.open(database.settings(), dying);
        Store marking = Store.open(database.settings(), pausing)) {
      Inspection inspection = repairing.journals().inspection();
      UserState truth = inspection.look(user).truth().orElseThrow();
      AtomicInteger calls = new AtomicInteger();
      dying.once(call -> calls.incrementAndGet() == diesAt, Fault.CALL_LOST);
      before(
          pausing,
          call -> call.toString().equals("UPDATE state"),
          () ->
              assertThatThrownBy(() -> inspection.replace(truth))
                  .isInstanceOf(StoreUnavailable.class));
      if (marked && diesAt > 1) { // the mark that it built on is gone
        assertThatThrownBy(() -> marking.upkeep().checkpoint(user))
            .isInstanceOf(StoreUnavailable.class);
      } else {
        assertThat(marking.upkeep().checkpoint(user)).isEqualTo(10);
      }
      assertThat(calls.get()).isEqualTo(diesAt);
    }
    assertWhole(10);
    assertThat(other.upkeep().checkpoint(user)).isEqualTo(10);
    assertWhole(10);
  }

  /** A newer version runs beside this one: the user is not served, and that is no fault. */
  @Test
  void aMarkOfANewerVersionIsATemporaryFailure() {
    store.mailboxes().current(user);
    JournalStore journal = other.journals().store();
    journal.state.update(
        JournalStore.atMark(user),
        new BsonDocument("$set", new BsonDocument("v", new BsonInt32(99))));
    assertThatThrownBy(() -> store.changes().since(user, 10, 100))
        .isInstanceOf(StoreUnavailable.class);
    between.once(call -> call.toString().equals("INSERT journal"), Fault.CALL_LOST);
    assertThatThrownBy(() -> add(store, 1)).isInstanceOf(StoreUnavailable.class);
    assertThat(store.journals().isKnown(user)).isFalse();
  }

  /** Of several users whose entries are inserted together each is settled by itself. */
  @Test
  void aMarkOfANewerVersionFailsOneOfMany() {
    UserId second = UserId.random();
    other.journals().begin(second, ORIGIN, new OpenAccount(Map.of(), 0));
    store.mailboxes().current(user);
    other
        .journals()
        .store()
        .state
        .update(
            JournalStore.atMark(user),
            new BsonDocument("$set", new BsonDocument("v", new BsonInt32(99))));
    between.once(call -> call.toString().equals("BULK journal"), Fault.CALL_LOST);
    List<Outcome<AddMessages.Result>> outcomes =
        store
            .journals()
            .commitEach(
                ORIGIN,
                List.of(
                    new UserEdit<>(user, OneMessage.add()),
                    new UserEdit<>(second, OneMessage.add())));
    assertThat(outcomes.getFirst())
        .isInstanceOfSatisfying(
            Outcome.Unknown.class,
            unknown -> assertThat(unknown.failure()).isInstanceOf(StoreUnavailable.class));
    assertThat(outcomes.getLast()).isInstanceOf(Outcome.Done.class);
  }

  /** An insert that reaches the store a day late finds its place free again. */
  @Test
  void whatComesAfterItsPlaceWasTrimmedIsNotRead() {
    JournalStore journal = other.journals().store();
    BsonDocument late = journal.encode(store.changes().since(user, 9, 1).getFirst()).document();
    trim(10);
    late.put("id", new org.bson.BsonString("another"));
    late.put("at", new BsonDateTime(System.currentTimeMillis() - Duration.ofDays(31).toMillis()));
    journal.journal.insert(late);
    assertThatThrownBy(() -> store.changes().since(user, 9, 100))
        .isInstanceOf(Changes.Trimmed.class);
    assertThat(store.changes().since(user, 10, 100)).isEmpty();
    add(other, 2);
    assertThatThrownBy(() -> store.changes().since(user, 9, 100))
        .isInstanceOf(Changes.Trimmed.class);
    assertThat(store.changes().since(user, 10, 100)).hasSize(2);
    assertWhole(12);
    assertThat(other.journals().inspection().look(user).problems()).isEmpty();
  }

  @Test
  void markAfterTheTailOfPlacements() {
    MailboxId inbox = other.mailboxes().current(user).mailbox(MailboxPath.INBOX).orElseThrow().id();
    before(tail(), () -> trim(10));
    assertWhole(10, inbox);
  }

  @Test
  void ageOfTheState() throws Exception {
    store.mailboxes().current(user);
    add(other, 5);
    trim(15);
    Thread.sleep(HOUR.toMillis() + 100);
    assertWhole(15);
  }

  @Test
  void ageOfTheStateWhileItIsRead() {
    store.mailboxes().current(user);
    before(
        tail(),
        () -> {
          add(other, 5);
          trim(15);
          sleep();
        });
    assertWhole(15);
  }

  @Test
  void ageOfTheStateWhenItIsWrittenOn() {
    store.mailboxes().current(user);
    before(call -> call.operation() == Operation.INSERT, GuardsTest::sleep);
    assertThatThrownBy(() -> add(store, 1)).isInstanceOf(StoreUnavailable.class);
    add(store, 1); // the first took effect, which nobody was told
    assertWhole(12);
  }

  private static void sleep() {
    try {
      Thread.sleep(HOUR.toMillis() + 100);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  /** A node whose sessions were shown an entry does not follow a primary that lacks it. */
  @Test
  void whoWasShownMoreIsNotShownLess() throws Exception {
    net.mailagent.embedded.Faults faults = net.mailagent.embedded.Faults.seeded(1);
    try (TestDatabase replicas = TestDatabase.open(faults);
        Store a = Store.open(replicas.settings("a"));
        Store b = Store.open(replicas.settings("b"));
        MongoConnection connection =
            MongoConnection.open(replicas.settings("a").mongo(), Interceptor.NONE)) {
      b.journals().begin(user, ORIGIN, new OpenAccount(Map.of(), 0));
      faults.replace("a");
      add(b, 1);
      assertThat(a.mailboxes().current(user).seq()).as("nobody was shown more").isEqualTo(1);
      Node node = new Node(connection, replicas.settings("a"));
      node.subscribers.subscribe(user, () -> {});
      node.subscribers.seen(user, 2); // by a primary that it does not reach any more
      CompletableFuture<UserState> current =
          CompletableFuture.supplyAsync(() -> node.journals.current(user));
      Thread.sleep(100);
      assertThat(current).isNotDone();
      faults.reconnect("a");
      assertThat(current.get(20, TimeUnit.SECONDS).seq()).isEqualTo(2);
    }
  }

  @Test
  void uniqueKey() {
    JournalStore journal = store.journals().store();
    BsonDocument entry =
        journal
            .journal
            .findOne(Query.of(new BsonDocument("_id", EntryCodec.id(user, 5))))
            .orElseThrow();
    BsonDocument again = new BsonDocument();
    entry.forEach(again::append);
    assertThatThrownBy(() -> journal.journal.insert(again)).isInstanceOf(DuplicateKey.class);
    again.put("_id", new BsonString("another"));
    assertThatThrownBy(() -> journal.journal.insert(again)).isInstanceOf(DuplicateKey.class);
  }
}
