package net.mailagent.store.journal;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import net.mailagent.embedded.Fault;
import net.mailagent.embedded.Faults;
import net.mailagent.model.ByteSource;
import net.mailagent.model.ContentId;
import net.mailagent.model.FlagOperation;
import net.mailagent.model.Flags;
import net.mailagent.model.MailboxId;
import net.mailagent.model.MailboxPath;
import net.mailagent.model.Origin;
import net.mailagent.model.Refused;
import net.mailagent.model.Section;
import net.mailagent.model.StoreUnavailable;
import net.mailagent.model.UidSet;
import net.mailagent.model.UserId;
import net.mailagent.model.journal.Change;
import net.mailagent.model.journal.Edit;
import net.mailagent.model.journal.ExpungeMessages;
import net.mailagent.model.journal.Fold;
import net.mailagent.model.journal.JournalEntry;
import net.mailagent.model.journal.MailboxState;
import net.mailagent.model.journal.OpenAccount;
import net.mailagent.model.journal.Placement;
import net.mailagent.model.journal.StoreFlags;
import net.mailagent.model.journal.UserState;
import net.mailagent.model.port.Mailboxes;
import net.mailagent.model.port.Messages;
import net.mailagent.store.Store;
import net.mailagent.store.StoreSettings;
import net.mailagent.store.TestDatabase;
import net.mailagent.store.mongo.MongoSettings;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Two nodes deliver to, change and expunge one user's mail while the database does what replica
 * sets and sharded clusters do: each fault by itself, then all. Afterwards what was acknowledged
 * stands in the journal at the seq that was told, once; what was not, at most once; both nodes'
 * states are the fold of the journal, and what is placed can be read.
 */
class ReplicaFaultTest {
  private static final Duration WORK = Duration.ofMillis(1500);
  private static final String BODY = "x".repeat(3000) + "\r\n";

  private final UserId user = UserId.random();
  // by the purpose of its entry
  private final Map<String, Long> acknowledged = new ConcurrentHashMap<>();
  private final Map<ContentId, String> delivered = new ConcurrentHashMap<>();
  private final AtomicInteger failures = new AtomicInteger();

  @ParameterizedTest
  @ValueSource(
      strings = {
        "call-lost=0.02,reply-lost=0.02",
        "late=0.03:150",
        "lag=0.1:200",
        "write-concern=0.1,lag=0:150",
        "write-concern=0.05,lag=0.05:100,rollback=1",
        "stale=0.01:200",
        "call-lost=0.005,reply-lost=0.01,late=0.01:100,lag=0.03:100,write-concern=0.02,"
            + "rollback=0.5,stale=0.003:100"
      })
  void nothingAcknowledgedIsLostOrDoubled(String specification) throws Exception {
    Faults faults = Faults.parse("seed=11,shard-keys," + specification);
    try (TestDatabase database = TestDatabase.open(faults)) {
      faults.calm();
      try (Store a = Store.open(settings(database, "a"));
          Store b = Store.open(settings(database, "b"))) {
        a.journals().begin(user, new Origin("test", "", ""), new OpenAccount(Map.of(), 0));
        apply(faults, specification);
        List<Future<?>> all = new ArrayList<>();
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
          for (int t = 0; t < 6; t++) {
            Store store = t % 2 == 0 ? a : b;
            Random own = new Random(t);
            String name = "worker" + t;
            all.add(threads.submit(() -> work(store, name, own)));
          }
        }
        for (Future<?> one : all) {
          one.get();
        }
        faults.calm();
        Thread.sleep(400); // what is late arrives, what is held ends
        check(a, b);
        System.out.printf(
            "%s: %d changes acknowledged, %d temporary failures, injected %s%n",
            specification, acknowledged.size(), failures.get(), faults.counts());
        assertThat(acknowledged).isNotEmpty();
        assertThat(faults.counts().values()).anyMatch(count -> count > 0);
        assertThat(faults.broadcasts()).isSubsetOf("find journal _id");
      }
    }
  }

  private static StoreSettings settings(TestDatabase database, String node) {
    MongoSettings d = database.settings().mongo();
    MongoSettings sharded =
        new MongoSettings(
            d.url() + "&appName=" + node,
            d.database(),
            Duration.ofSeconds(3),
            d.connectTimeout(),
            d.maxConnections(),
            true);
    return database.settings().withMongo(sharded);
  }

  /** Switches on what the specification says, now that the nodes are up. */
  private static void apply(Faults faults, String specification) {
    for (String part : specification.split(",")) {
      String[] sides = part.split("[=:]");
      for (Fault fault : Fault.values()) {
        if (fault.key().equals(sides[0])) {
          faults.set(fault, Double.parseDouble(sides[1]));
        }
      }
    }
  }

  private void work(Store store, String name, Random random) {
    long end = System.nanoTime() + WORK.toNanos();
    for (int i = 0; System.nanoTime() < end; i++) {
      String purpose = name + "/" + i;
      try {
        switch (random.nextInt(20)) {
          case 0 -> store.journals().forget(user);
          case 1 -> store.upkeep().checkpoint(user);
          case 2, 3, 4, 5, 6, 7, 8, 9 -> deliver(store, purpose);
          default -> change(store, purpose, random);
        }
      } catch (StoreUnavailable e) {
        failures.incrementAndGet();
      } catch (Refused e) {
        // an answer
      }
    }
  }

  private void deliver(Store store, String purpose) {
    String text = "Subject: " + purpose + "\r\n\r\n" + BODY;
    try (Messages.Intake intake = store.messages().receive(1 << 20)) {
      intake.write(ByteBuffer.wrap(text.getBytes(StandardCharsets.ISO_8859_1)));
      Messages.Verdict verdict =
          store
              .messages()
              .deliver(
                  intake.finish(),
                  List.of(new Messages.Delivery(user, new byte[0], purpose)),
                  new Origin("test", "", purpose))
              .getFirst();
      switch (verdict) {
        case Messages.Verdict.Delivered done -> {
          delivered.put(done.content(), text);
          acknowledged.put(purpose, 0L);
        }
        case Messages.Verdict.NotDelivered not -> throw new Refused(not.refusal());
        case Messages.Verdict.Failed failed -> failures.incrementAndGet();
      }
    }
  }

  private void change(Store store, String purpose, Random random) {
    MailboxState inbox = inbox(store);
    if (inbox.counters().messages() == 0) {
      return;
    }
    List<Integer> uids = new ArrayList<>();
    inbox.messages().rows(inbox.messages().uids()).forEach(row -> uids.add(row.uid()));
    int uid = uids.get(random.nextInt(uids.size()));
    Edit<?> edit =
        random.nextInt(6) == 0
            ? new ExpungeMessages(inbox.id(), Optional.of(UidSet.of(uid)))
            : new StoreFlags(
                inbox.id(),
                UidSet.of(uid),
                FlagOperation.REPLACE,
                Flags.of("\\Deleted", "k" + random.nextInt(50)),
                random.nextBoolean() ? OptionalLong.of(inbox.modSeq()) : OptionalLong.empty());
    Mailboxes.Committed<?> done =
        store.mailboxes().commit(user, new Origin("test", "", purpose), edit);
    boolean changed =
        switch (done.result()) {
          case StoreFlags.Result result -> !result.changed().isEmpty();
          case UidSet expunged -> !expunged.isEmpty();
          default -> throw new AssertionError(done.result());
        };
    if (changed) {
      acknowledged.put(purpose, done.seq());
    }
  }

  private MailboxState inbox(Store store) {
    UserState state = store.mailboxes().current(user);
    MailboxId id = state.mailbox(MailboxPath.INBOX).orElseThrow().id();
    return store.mailboxes().current(user, Set.of(id)).mailbox(id).orElseThrow();
  }

  private void check(Store a, Store b) {
    UserState truth = UserState.empty(user);
    Map<String, Long> purposes = new HashMap<>();
    Set<ContentId> placed = new HashSet<>();
    for (JournalEntry entry : a.changes().since(user, 0, 1_000_000)) {
      truth = Fold.fold(truth, entry); // fails unless dense
      if (!entry.origin().purpose().isEmpty()) {
        assertThat(purposes.put(entry.origin().purpose(), entry.seq())).as("doubled").isNull();
      }
      for (Change change : entry.changes()) {
        if (change instanceof Change.Added added) {
          added.messages().forEach(row -> assertThat(placed.add(row.content())).isTrue());
        }
      }
    }
    acknowledged.forEach((purpose, seq) -> {
      assertThat(purposes).as("acknowledged").containsKey(purpose);
      if (seq > 0) {
        assertThat(purposes.get(purpose)).as("seq of " + purpose).isEqualTo(seq);
      }
    });
    assertThat(placed).containsAll(delivered.keySet());
    for (Store store : List.of(a, b)) {
      for (String how : List.of("warm", "cold")) {
        MailboxId id = inbox(store).id();
        UserState state = store.mailboxes().current(user, Set.of(id));
        assertThat(state.sameAs(truth)).as(how).isTrue();
        store.journals().forget(user);
      }
      everythingIsReadable(store);
    }
  }

  private void everythingIsReadable(Store store) {
    MailboxState inbox = inbox(store);
    Set<ContentId> wanted = new HashSet<>();
    for (Placement row : inbox.messages().rows(inbox.messages().uids())) {
      wanted.add(row.content());
    }
    Set<ContentId> read = new HashSet<>();
    store
        .messages()
        .read(
            user,
            wanted,
            List.of(Messages.Field.CONTENT),
            message -> {
              read.add(message.id());
              String text = text(message.open(Section.WHOLE).orElseThrow());
              assertThat(text).isEqualTo(delivered.getOrDefault(message.id(), text)).endsWith(BODY);
            });
    assertThat(read).isEqualTo(wanted);
  }

  private static String text(ByteSource source) {
    StringBuilder text = new StringBuilder();
    try (source) {
      for (ByteBuffer block = source.next(); block != null; block = source.next()) {
        text.append(StandardCharsets.ISO_8859_1.decode(block));
      }
    }
    return text.toString();
  }
}
