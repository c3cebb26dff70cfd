package net.mailagent.store.journal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import net.mailagent.model.ContentId;
import net.mailagent.model.Flags;
import net.mailagent.model.MailboxPath;
import net.mailagent.model.Origin;
import net.mailagent.model.StoreUnavailable;
import net.mailagent.model.UserId;
import net.mailagent.model.journal.AddMessages;
import net.mailagent.model.journal.MailboxState;
import net.mailagent.model.journal.OpenAccount;
import net.mailagent.model.journal.UserState;
import net.mailagent.store.Faults;
import net.mailagent.store.Faults.Fault;
import net.mailagent.store.Store;
import net.mailagent.store.TestDatabase;
import net.mailagent.store.TestJournal;
import net.mailagent.store.mongo.Call;
import net.mailagent.store.mongo.Call.Operation;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Every outcome but a clean success is settled by id (journal.md 4). */
class SettlingTest {
  private static final Origin ORIGIN = new Origin("test", "", "");

  private final TestDatabase database = TestDatabase.open();
  private final Faults faults = new Faults();
  private final Store store = Store.open(database.settings().withJournal(quick()), faults);
  private final Store other = Store.open(database.settings());
  private final UserId user = UserId.random();

  SettlingTest() {
    store.journals().begin(user, ORIGIN, new OpenAccount(Map.of(), 0));
    faults.take();
  }

  @AfterEach
  void close() {
    store.close();
    other.close();
    database.close();
  }

  private static JournalSettings quick() {
    return TestJournal.withDefaults()
        .commitTimeout(Duration.ofSeconds(2))
        .backOff(Duration.ofMillis(1), Duration.ofMillis(20))
        .settings();
  }

  private static AddMessages add(ContentId id) {
    return new AddMessages(null, List.of(new AddMessages.Message(id, Flags.NONE, 1, 1)), null);
  }

  private List<ContentId> placed() {
    UserState heads = other.mailboxes().current(user);
    MailboxState inbox = heads.mailbox(MailboxPath.INBOX).orElseThrow();
    inbox = other.mailboxes().current(user, Set.of(inbox.id())).mailbox(inbox.id()).orElseThrow();
    List<ContentId> all = new ArrayList<>();
    for (int i = 0; i < inbox.messages().size(); i++) {
      all.add(inbox.messages().at(i).content());
    }
    assertThat(inbox.counters().messages()).isEqualTo(all.size());
    return all;
  }

  private static boolean isInsert(Call call) {
    return call.collection().equals("journal") && call.operation().isWrite();
  }

  @Test
  void aLostReplyIsFoundOutAndTheEntryIsThereOnce() {
    ContentId id = ContentId.random();
    faults.once(SettlingTest::isInsert, Fault.REPLY_LOST);
    assertThat(store.mailboxes().commit(user, ORIGIN, add(id)).seq()).isEqualTo(2);
    assertThat(placed()).containsExactly(id);
    assertThat(faults.take().stream().filter(SettlingTest::isInsert)).hasSize(1);
  }

  @Test
  void aLostCallIsMadeAgain() {
    ContentId id = ContentId.random();
    faults.once(SettlingTest::isInsert, Fault.CALL_LOST);
    assertThat(store.mailboxes().commit(user, ORIGIN, add(id)).seq()).isEqualTo(2);
    assertThat(placed()).containsExactly(id);
    assertThat(faults.take().stream().filter(SettlingTest::isInsert)).hasSize(2);
  }

  @Test
  void aLostReplyBehindALostRaceIsNotTakenForSuccess() {
    ContentId first = ContentId.random();
    ContentId second = ContentId.random();
    store.mailboxes().current(user);
    other.mailboxes().commit(user, ORIGIN, add(first));
    faults.once(SettlingTest::isInsert, Fault.REPLY_LOST);
    assertThat(store.mailboxes().commit(user, ORIGIN, add(second)).seq()).isEqualTo(3);
    assertThat(placed()).containsExactly(first, second);
  }

  @Test
  void whatCannotBeSettledIsATemporaryFailureAndTheUserGoesOn() {
    ContentId unclear = ContentId.random();
    faults.plan(call -> isInsert(call) ? Fault.REPLY_LOST : Fault.CALL_LOST);
    assertThatThrownBy(() -> store.mailboxes().commit(user, ORIGIN, add(unclear)))
        .isInstanceOf(StoreUnavailable.class);
    faults.plan(Faults.NOTHING);
    ContentId next = ContentId.random();
    store.mailboxes().commit(user, ORIGIN, add(next));
    assertThat(placed()).containsExactly(unclear, next);
  }

  @Test
  void eachUserOfABulkInsertIsSettledByItself() {
    List<UserEdit<AddMessages.Result>> edits = new ArrayList<>();
    List<UserId> users = new ArrayList<>();
    for (int i = 0; i < 8; i++) {
      UserId one = UserId.random();
      users.add(one);
      store.journals().begin(one, ORIGIN, new OpenAccount(Map.of(), 0));
      edits.add(new UserEdit<>(one, add(ContentId.random())));
    }
    for (Fault fault : List.of(Fault.REPLY_LOST, Fault.CALL_LOST)) {
      faults.once(call -> call.operation() == Operation.BULK, fault);
      assertThat(store.journals().commitEach(ORIGIN, edits))
          .allMatch(outcome -> outcome instanceof Outcome.Done);
    }
    for (UserId one : users) {
      assertThat(
              other
                  .mailboxes()
                  .current(one)
                  .mailbox(MailboxPath.INBOX)
                  .orElseThrow()
                  .counters()
                  .messages())
          .isEqualTo(2);
    }
  }

  @Test
  void anyCallMayFailAtAnyTime() {
    Random random = new Random(7);
    List<ContentId> acknowledged = new ArrayList<>();
    List<ContentId> tried = new ArrayList<>();
    faults.plan(call -> {
      synchronized (random) {
        int dice = random.nextInt(10);
        return dice == 0 ? Fault.CALL_LOST : dice == 1 ? Fault.REPLY_LOST : Fault.NONE;
      }
    });
    for (int i = 0; i < 80; i++) {
      ContentId id = ContentId.random();
      tried.add(id);
      try {
        if (i % 10 == 0) {
          other.mailboxes().commit(user, ORIGIN, add(id));
        } else if (i % 17 == 0) {
          tried.remove(id);
          store.upkeep().checkpoint(user);
          continue;
        } else {
          store.mailboxes().commit(user, ORIGIN, add(id));
        }
        acknowledged.add(id);
      } catch (StoreUnavailable e) {
        // nothing may be claimed about it
      }
    }
    faults.plan(Faults.NOTHING);
    List<ContentId> placed = placed();
    assertThat(placed).doesNotHaveDuplicates().containsAll(acknowledged);
    assertThat(tried).containsAll(placed);
    assertThat(acknowledged).hasSizeGreaterThan(50);
  }
}
