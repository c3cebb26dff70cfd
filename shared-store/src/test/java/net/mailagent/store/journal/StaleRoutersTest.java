package net.mailagent.store.journal;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;
import java.util.function.Supplier;
import net.mailagent.embedded.Faults;
import net.mailagent.model.FlagOperation;
import net.mailagent.model.Flags;
import net.mailagent.model.MailboxId;
import net.mailagent.model.MailboxPath;
import net.mailagent.model.Origin;
import net.mailagent.model.UidSet;
import net.mailagent.model.UserId;
import net.mailagent.model.journal.Fold;
import net.mailagent.model.journal.MailboxState;
import net.mailagent.model.journal.OpenAccount;
import net.mailagent.model.journal.StoreFlags;
import net.mailagent.model.journal.UserState;
import net.mailagent.store.OneMessage;
import net.mailagent.store.Store;
import net.mailagent.store.TestDatabase;
import net.mailagent.store.mongo.Call;
import net.mailagent.store.mongo.Call.Operation;
import net.mailagent.store.mongo.Interceptor;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/**
 * A node whose calls go by two routers, of which one has not noticed that the primary was replaced
 * (ADR 30): some of what it reads is of now, some from before the last checkpoint. What it makes of
 * it is of now, or from before, but never of both. On the embedded engine only.
 */
class StaleRoutersTest {
  private static final Origin ORIGIN = new Origin("test", "", "");
  private static final String NODE = "node";

  /** Calls by the router that shows the past. */
  private volatile Predicate<Call> past = call -> false;

  private final Faults faults = Faults.seeded(1);
  private final TestDatabase database = TestDatabase.open(faults);
  private final Store store = Store.open(database.settings(NODE), new Routers());
  private final Store other = Store.open(database.settings("other"));
  private final UserId user = UserId.random();
  private final MailboxId inbox;

  /** Sends each call by one of the two. */
  private final class Routers implements Interceptor {
    @Override
    public <T> T around(Call call, Supplier<T> effect) {
      if (!past.test(call)) {
        return effect.get();
      }
      faults.replace(NODE);
      try {
        return effect.get();
      } finally {
        faults.reconnect(NODE);
      }
    }
  }

  StaleRoutersTest() {
    other.journals().begin(user, ORIGIN, new OpenAccount(Map.of(), 0));
    add(3);
    other.upkeep().checkpoint(user); // at 4
    add(2);
    faults.remember(NODE); // the past: entries to 6, the mark 4
    add(2);
    inbox = other.mailboxes().current(user).mailbox(MailboxPath.INBOX).orElseThrow().id();
    other
        .mailboxes()
        .commit(
            user,
            ORIGIN,
            new StoreFlags(
                inbox,
                UidSet.range(1, 7),
                FlagOperation.ADD,
                Flags.of("\\Flagged"),
                OptionalLong.empty()));
    other.upkeep().checkpoint(user); // at 9
  }

  @AfterEach
  void close() {
    store.close();
    other.close();
    database.close();
  }

  private void add(int times) {
    for (int i = 0; i < times; i++) {
      other.mailboxes().commit(user, ORIGIN, OneMessage.add());
    }
  }

  /** The nth read of checkpoint documents from now on. */
  private static Predicate<Call> read(int nth) {
    AtomicInteger seen = new AtomicInteger();
    return call ->
        call.collection().equals("state")
            && call.operation() == Operation.FIND
            && seen.incrementAndGet() == nth;
  }

  private void assertOfNow(UserState state) {
    assertThat(state.seq()).isEqualTo(9);
    Audit.recount(state);
    MailboxState mailbox = state.mailbox(inbox).orElseThrow();
    assertThat(mailbox.counters().messages()).isEqualTo(7);
    assertThat(mailbox.messages().rows(mailbox.messages().uids()))
        .allMatch(row -> row.flags().names().contains("\\Flagged"));
  }

  @Test
  void headsFromBeforeTheMark() {
    past = read(2); // the mark is read first
    assertOfNow(store.mailboxes().current(user, Set.of(inbox)));
  }

  @Test
  void placementsFromBeforeTheMark() {
    past = read(3); // the mark, the heads, the placements
    assertOfNow(store.mailboxes().current(user, Set.of(inbox)));
  }

  @Test
  void placementsFromBeforeTheMarkForAWarmState() {
    store.mailboxes().current(user);
    past = read(2); // the mark, the placements
    assertOfNow(store.mailboxes().current(user, Set.of(inbox)));
  }

  @Test
  void placementsFromBeforeTheMarkAreNotWritten() {
    store.mailboxes().current(user);
    add(1);
    past = StaleRoutersTest::isSegments;
    store.upkeep().checkpoint(user);
    past = call -> false;
    other.journals().forget(user);
    UserState state = other.mailboxes().current(user, Set.of(inbox));
    assertThat(state.sameAs(foldOfAll())).isTrue();
    assertThat(store.upkeep().checkpoint(user)).isEqualTo(10);
    other.journals().forget(user);
    assertThat(other.mailboxes().current(user, Set.of(inbox)).sameAs(foldOfAll())).isTrue();
  }

  private static boolean isSegments(Call call) {
    return call.query() != null && call.query().filter().toString().contains("/p/");
  }

  private UserState foldOfAll() {
    UserState state = UserState.empty(user);
    for (var entry : other.journals().since(user, 0, 100)) {
      state = Fold.fold(state, entry);
    }
    return state;
  }

  @Test
  void entriesThatEndBeforeADocument() throws Exception {
    past = // the mark and the entries are of the past, the documents of now
        call ->
            call.collection().equals("journal")
                || (call.query() != null && call.query().limit() == 1);
    CompletableFuture<UserState> read =
        CompletableFuture.supplyAsync(() -> store.mailboxes().current(user, Set.of(inbox)));
    Thread.sleep(300);
    assertThat(read).isNotDone();
    past = call -> false;
    assertOfNow(read.get(20, TimeUnit.SECONDS));
  }
}
