package net.mailagent.store.journal;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import net.mailagent.model.ContentId;
import net.mailagent.model.FlagOperation;
import net.mailagent.model.Flags;
import net.mailagent.model.MailboxId;
import net.mailagent.model.MailboxPath;
import net.mailagent.model.Origin;
import net.mailagent.model.Refused;
import net.mailagent.model.StoreUnavailable;
import net.mailagent.model.UidSet;
import net.mailagent.model.UserId;
import net.mailagent.model.journal.AddMessages;
import net.mailagent.model.journal.Change;
import net.mailagent.model.journal.CopyMessages;
import net.mailagent.model.journal.CreateMailbox;
import net.mailagent.model.journal.DeleteMailbox;
import net.mailagent.model.journal.Edit;
import net.mailagent.model.journal.ExpungeMessages;
import net.mailagent.model.journal.Fold;
import net.mailagent.model.journal.JournalEntry;
import net.mailagent.model.journal.MailboxState;
import net.mailagent.model.journal.OpenAccount;
import net.mailagent.model.journal.Placement;
import net.mailagent.model.journal.RenameMailbox;
import net.mailagent.model.journal.StoreFlags;
import net.mailagent.model.journal.Subscribe;
import net.mailagent.model.journal.UserState;
import net.mailagent.store.Faults;
import net.mailagent.store.Faults.Fault;
import net.mailagent.store.Store;
import net.mailagent.store.TestDatabase;
import net.mailagent.store.TestJournal;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What {@link InterleavingTest} leaves to chance: several threads of several nodes write one user's
 * journal at once, write checkpoints, trim, forget what they know, sleep longer than a state may be
 * used, and lose calls and replies or see them take effect late, while the database loses its
 * majority, fails over and has replaced primaries go on. An hour is 0.7 s here, and a day 2.5 s.
 * Afterwards: the history is dense, holds what was acknowledged once, gives out uids in order, and
 * every node's state, warm and cold, is its fold.
 */
class ThreadsTest {
  private static final Origin ORIGIN = new Origin("test", "", "");
  private static final Duration HOUR = Duration.ofMillis(700);
  private static final Duration DAY = Duration.ofMillis(2500);

  private static final List<String> NAMES = List.of("a", "b", "c");

  private final UserId user = UserId.random();
  private final Set<ContentId> acknowledged = Collections.synchronizedSet(new HashSet<>());
  private final Set<ContentId> tried = Collections.synchronizedSet(new HashSet<>());
  private final Map<Long, JournalEntry> history = new ConcurrentSkipListMap<>();
  private final AtomicInteger failures = new AtomicInteger();
  private final AtomicInteger trimmed = new AtomicInteger();

  private static JournalSettings settings() {
    return TestJournal.withDefaults()
        .stateAge(HOUR)
        .commitTimeout(Duration.ofSeconds(3))
        .backOff(Duration.ofMillis(1), Duration.ofMillis(50))
        .parts(600, 400) // so that some entries have parts
        .batch(20)
        .coldLoads(2)
        .settings();
  }

  /** One node: a store, its faults, and a way to trim by short days. */
  private final class Member implements AutoCloseable {
    final Store store;
    final Faults faults = new Faults();
    final Trimming trimming;
    final Checkpoints checkpoints;

    Member(TestDatabase database, String name, Random random) {
      store = Store.open(database.settings(name).withJournal(settings()), faults);
      Journals journals = store.journals();
      checkpoints = new Checkpoints(journals, journals.store(), settings());
      StoreClock clock = new StoreClock(store.connection());
      UpkeepSettings upkeep = database.settings().upkeep();
      trimming = new Trimming(journals, checkpoints, clock, upkeep);
      faults.plan(call -> fault(random));
    }

    @Override
    public void close() {
      store.close();
    }
  }

  /** What befalls the database itself, until it is closed. */
  private static final class Troubles implements AutoCloseable {
    private final net.mailagent.embedded.Faults engine;
    private final Random random;
    private final Thread thread;
    private volatile boolean over;

    Troubles(net.mailagent.embedded.Faults engine, long seed) {
      this.engine = engine;
      this.random = new Random(seed);
      this.thread = Thread.ofVirtual().start(this::run);
    }

    private void run() {
      try {
        while (!over) {
          Thread.sleep(random.nextInt(150));
          String name = NAMES.get(random.nextInt(NAMES.size()));
          if (random.nextBoolean()) {
            engine.hold();
            Thread.sleep(random.nextInt(60));
            if (random.nextBoolean()) {
              engine.confirm();
            } else {
              engine.rollBack();
            }
          } else {
            engine.replace(name);
            Thread.sleep(random.nextInt(100));
            engine.reconnect(name);
          }
        }
      } catch (InterruptedException e) {
        throw new IllegalStateException(e);
      }
    }

    @Override
    public void close() {
      over = true;
      try {
        thread.join();
      } catch (InterruptedException e) {
        throw new IllegalStateException(e);
      }
      System.out.println("injected by the engine: " + engine.counts());
    }
  }

  private static Fault fault(Random random) {
    int dice;
    int nap;
    synchronized (random) {
      dice = random.nextInt(100);
      int kind = random.nextInt(400);
      nap = kind == 0 ? 3500 : kind < 12 ? random.nextInt(300) : 0;
    }
    try {
      Thread.sleep(nap);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
    return switch (dice) {
      case 0 -> Fault.CALL_LOST;
      case 1, 2 -> Fault.REPLY_LOST;
      case 3 -> Fault.LATE;
      default -> Fault.NONE;
    };
  }

  @ParameterizedTest
  @ValueSource(longs = 1)
  void nothingIsLostDoubledOrReordered(long seed) throws Exception {
    Random random = new Random(seed);
    net.mailagent.embedded.Faults engine = net.mailagent.embedded.Faults.seeded(seed);
    try (TestDatabase database = TestDatabase.openWith(engine);
        Store calm = Store.open(database.settings("calm"));
        Member a = new Member(database, NAMES.get(0), random);
        Member b = new Member(database, NAMES.get(1), random);
        Member c = new Member(database, NAMES.get(2), random)) {
      calm.journals().begin(user, ORIGIN, new OpenAccount(Map.of(), 0));
      List<Member> nodes = List.of(a, b, c);
      List<Future<?>> all = new ArrayList<>();
      Optional<Troubles> troubles =
          TestDatabase.isGiven() ? Optional.empty() : Optional.of(new Troubles(engine, seed));
      try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
        for (int t = 0; t < 9; t++) {
          Member node = nodes.get(t % 3);
          Random own = new Random(seed * 100 + t);
          all.add(threads.submit(() -> work(node, calm, own)));
        }
      }
      for (Future<?> one : all) {
        one.get(1, TimeUnit.MINUTES);
      }
      troubles.ifPresent(Troubles::close);
      Thread.sleep(250); // what is late arrives
      record(calm);
      check(calm, nodes);
    }
  }

  private void work(Member node, Store calm, Random random) {
    for (int i = 0; i < 60; i++) {
      try {
        switch (random.nextInt(40)) {
          case 0 -> node.checkpoints.write(user);
          case 1, 2, 3 -> {
            synchronized (history) {
              record(calm); // before entries go
              long cutoff = System.currentTimeMillis() - DAY.toMillis();
              trimmed.addAndGet((int) node.trimming.trim(user, cutoff));
            }
          }
          case 4, 5, 6, 7, 8, 9 -> node.store.journals().forget(user);
          case 10, 11, 12 -> read(node, random);
          default -> write(node, random);
        }
        Thread.sleep(random.nextInt(80));
      } catch (Refused e) {
        // an answer
      } catch (StoreUnavailable e) {
        failures.incrementAndGet();
      } catch (InterruptedException e) {
        throw new IllegalStateException(e);
      }
    }
  }

  private void read(Member node, Random random) {
    UserState state = node.store.mailboxes().current(user);
    Set<MailboxId> some = new HashSet<>();
    state
        .mailboxes()
        .forEach(box -> {
          if (random.nextBoolean()) {
            some.add(box.id());
          }
        });
    UserState loaded = node.store.mailboxes().current(user, some);
    for (MailboxId id : some) {
      loaded
          .mailbox(id)
          .ifPresent(box -> assertThat(box.messages().size()).isEqualTo(box.counters().messages()));
    }
  }

  private void write(Member node, Random random) {
    UserState state = node.store.mailboxes().current(user);
    List<MailboxState> boxes = new ArrayList<>(state.mailboxes());
    MailboxState box = boxes.get(random.nextInt(boxes.size()));
    MailboxState to = boxes.get(random.nextInt(boxes.size()));
    UidSet uids = UidSet.range(1 + random.nextInt(30), 10 + random.nextInt(400));
    Edit<?> edit =
        switch (random.nextInt(14)) {
          case 0, 1 ->
              new StoreFlags(
                  box.id(),
                  uids,
                  FlagOperation.values()[random.nextInt(3)],
                  Flags.of("\\Deleted"),
                  OptionalLong.empty());
          case 2, 3 ->
              new StoreFlags(
                  box.id(), uids, FlagOperation.ADD, Flags.of("\\Seen"), OptionalLong.empty());
          case 4 -> new CopyMessages(box.id(), uids, to.id(), false);
          case 5 -> new CopyMessages(box.id(), uids, to.id(), true);
          case 6 -> new ExpungeMessages(box.id(), Optional.empty());
          case 7 -> new CreateMailbox(new MailboxPath("m" + random.nextInt(5)), Set.of(), 20);
          case 8 ->
              random.nextBoolean()
                  ? new DeleteMailbox(box.path())
                  : new RenameMailbox(box.path(), new MailboxPath("m" + random.nextInt(5)), 20);
          case 9 ->
              new Subscribe(new MailboxPath("m" + random.nextInt(3)), random.nextBoolean(), 9);
          default -> null;
        };
    if (edit != null) {
      node.store.mailboxes().commit(user, ORIGIN, edit);
      return;
    }
    List<AddMessages.Message> messages = new ArrayList<>();
    Set<ContentId> ids = new HashSet<>();
    for (int n = random.nextInt(20) == 0 ? 60 : random.nextInt(4); n >= 0; n--) {
      ContentId id = ContentId.random();
      ids.add(id);
      messages.add(new AddMessages.Message(id, Flags.NONE, 1, 10));
    }
    tried.addAll(ids);
    AddMessages add =
        new AddMessages(box.id(), messages, random.nextBoolean() ? ids.toString() : null);
    if (random.nextInt(4) == 0) {
      List<Outcome<AddMessages.Result>> outcomes =
          node.store.journals().commitEach(ORIGIN, List.of(new UserEdit<>(user, add)));
      if (outcomes.get(0) instanceof Outcome.Done) {
        acknowledged.addAll(ids);
      }
    } else {
      node.store.mailboxes().commit(user, ORIGIN, add);
      acknowledged.addAll(ids);
    }
  }

  /** Keeps a copy of all entries that are there, as the test's own memory. */
  private void record(Store calm) {
    synchronized (history) {
      long from = history.isEmpty() ? 0 : Collections.max(history.keySet());
      for (JournalEntry entry : calm.journals().since(user, from, 100_000)) {
        history.put(entry.seq(), entry);
      }
    }
  }

  private void check(Store calm, List<Member> nodes) {
    UserState truth = UserState.empty(user);
    Map<MailboxId, Integer> top = new HashMap<>();
    Map<ContentId, Integer> placed = new TreeMap<>((x, y) -> x.hex().compareTo(y.hex()));
    for (JournalEntry entry : history.values()) {
      truth = Fold.fold(truth, entry); // fails unless dense
      for (Change change : entry.changes()) {
        if (change instanceof Change.Added added) {
          for (Placement row : added.messages()) {
            assertThat(row.uid()).isGreaterThan(top.getOrDefault(added.mailbox(), 0));
            top.put(added.mailbox(), row.uid());
            if (added.from() == null) {
              placed.merge(row.content(), 1, Integer::sum);
            }
          }
        }
      }
    }
    assertThat(placed.values()).as("nothing is there twice").containsOnly(1);
    assertThat(placed.keySet()).as("nothing acknowledged is lost").containsAll(acknowledged);
    assertThat(tried).as("nothing else is there").containsAll(placed.keySet());
    assertThat(history.values().stream().map(JournalEntry::id)).doesNotHaveDuplicates();
    calm.journals().forget(user); // its hours are longer than the days here
    List<Store> all = new ArrayList<>(List.of(calm));
    nodes.forEach(node -> {
      node.faults.plan(Faults.NOTHING);
      all.add(node.store);
    });
    for (Store store : all) {
      assertSame(store, truth, "warm");
      store.journals().forget(user);
      assertSame(store, truth, "cold");
    }
    calm.upkeep().checkpoint(user);
    calm.journals().forget(user);
    assertSame(calm, truth, "from checkpoints alone");
    System.out.printf(
        "%d entries, %d acknowledged messages, %d temporary failures, %d entries trimmed%n",
        history.size(), acknowledged.size(), failures.get(), trimmed.get());
  }

  private void assertSame(Store store, UserState truth, String how) {
    Set<MailboxId> every = new HashSet<>();
    truth.mailboxes().forEach(box -> every.add(box.id()));
    for (int tries = 0; ; tries++) {
      try {
        UserState state = store.mailboxes().current(user, every);
        assertThat(state.mailboxes()).allMatch(MailboxState::isLoaded);
        assertThat(state.sameAs(truth)).as("%s: %s", how, state.seq()).isTrue();
        return;
      } catch (StoreUnavailable e) {
        assertThat(tries).as(e.toString()).isLessThan(20); // its hours are short
      }
    }
  }
}
