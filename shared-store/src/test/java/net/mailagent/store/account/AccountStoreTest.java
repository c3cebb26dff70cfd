package net.mailagent.store.account;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import net.mailagent.model.MailboxPath;
import net.mailagent.model.Refusal;
import net.mailagent.model.Refused;
import net.mailagent.model.SpecialUse;
import net.mailagent.model.StoreUnavailable;
import net.mailagent.model.UserId;
import net.mailagent.model.journal.UserState;
import net.mailagent.model.port.NewAccount;
import net.mailagent.store.Faults;
import net.mailagent.store.Faults.Fault;
import net.mailagent.store.Store;
import net.mailagent.store.TestDatabase;
import net.mailagent.store.TestJournal;
import net.mailagent.store.journal.JournalSettings;
import org.bson.BsonDateTime;
import org.bson.BsonDocument;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class AccountStoreTest {
  private final TestDatabase database = TestDatabase.open();
  private final Faults faults = new Faults();
  private final Store store = Store.open(database.settings().withJournal(impatient()), faults);

  private static JournalSettings impatient() {
    return TestJournal.withDefaults().commitTimeout(Duration.ofSeconds(1)).settings();
  }

  @AfterEach
  void close() {
    store.close();
    database.close();
  }

  private static NewAccount account(String username, String... addresses) {
    return new NewAccount(
        username,
        addresses[0],
        List.of(addresses).subList(1, addresses.length),
        "$argon2id$x",
        "Name",
        "en",
        1000,
        Map.of(SpecialUse.SENT, new MailboxPath("Sent Mail")));
  }

  @Test
  void aUserIsFoundByEveryNameAndHasMailboxes() {
    UserId user = store.accounts().create(account("Ann", "ann@example.org", "a@example.org"));
    assertThat(store.accounts().byLogin("aNN").orElseThrow().id()).isEqualTo(user);
    assertThat(store.accounts().byLogin("A@Example.org").orElseThrow().id()).isEqualTo(user);
    assertThat(store.accounts().byAddress("ann@EXAMPLE.org").orElseThrow().id()).isEqualTo(user);
    assertThat(store.accounts().byAddress("ann+lists@example.org").orElseThrow().id())
        .isEqualTo(user);
    assertThat(store.accounts().byId(user).orElseThrow().username()).isEqualTo("Ann");
    assertThat(store.accounts().byAddress("bob@example.org")).isEmpty();
    assertThat(store.accounts().byAddress("+ann@example.org")).isEmpty();
    assertThat(store.accounts().byLogin("ann+lists@example.org")).isEmpty();
    UserState state = store.mailboxes().current(user);
    assertThat(state.mailboxes()).hasSize(2);
    assertThat(state.root().quotaLimit()).isEqualTo(1000);
    assertThat(state.root().subscriptions())
        .isEqualTo(Set.of(MailboxPath.INBOX, new MailboxPath("Sent Mail")));
  }

  @Test
  void namesAreTakenOnceAndARefusedUserLeavesNothing() {
    assertThat(store.accounts().byAddress("ann@example.org")).isEmpty();
    store.accounts().create(account("ann", "ann@example.org"));
    assertThat(store.accounts().byAddress("ann@example.org")).as("at once").isPresent();
    assertThatThrownBy(() -> store.accounts().create(account("ANN", "x@example.org")))
        .isInstanceOfSatisfying(
            Refused.class, r -> assertThat(r.refusal()).isInstanceOf(Refusal.UserExists.class));
    assertThatThrownBy(
            () -> store.accounts().create(account("bob", "bob@example.org", "ANN@example.org")))
        .isInstanceOfSatisfying(
            Refused.class, r -> assertThat(r.refusal()).isInstanceOf(Refusal.AddressExists.class));
    store.accounts().create(account("bob", "bob@example.org", "x@example.org"));
  }

  @Test
  void aCrashAtAnyCallLeavesNamesThatCanBeTakenAgain() {
    AccountSettings exact = new AccountSettings(Duration.ofMinutes(10), Duration.ZERO, 100);
    try (Store later = Store.open(database.settings().withAccounts(exact))) {
      faults.take();
      store.accounts().create(account("zero", "zero@example.org", "0@example.org"));
      int calls = faults.take().size();
      assertThat(calls).isGreaterThan(4);
      for (Fault fault : List.of(Fault.CALL_LOST, Fault.REPLY_LOST)) {
        for (int n = 0; n < calls; n++) {
          String name = fault.name().toLowerCase(java.util.Locale.ROOT) + n;
          NewAccount account = account(name, name + "@example.org", name + "@example.net");
          dieAtCall(n, fault);
          boolean told;
          try {
            store.accounts().create(account);
            told = true;
          } catch (RuntimeException e) {
            told = false;
          }
          faults.plan(Faults.NOTHING);
          boolean exists = later.accounts().byLogin(name).isPresent();
          assertThat(told)
              .as("%s at call %d: acknowledged, so it exists", fault, n)
              .satisfies(t -> assertThat(!t || exists).isTrue());
          if (!exists) {
            anHourLater(later);
            later.accounts().create(account);
          }
          UserId user = later.accounts().byAddress(name + "@example.net").orElseThrow().id();
          assertThat(later.accounts().byLogin(name).orElseThrow().id()).isEqualTo(user);
          assertThat(later.mailboxes().current(user).mailboxes()).hasSize(2);
        }
      }
      System.out.printf("account creation: %d crash points tried%n", 2 * calls);
    }
  }

  /** The insert fails for us and takes effect a moment later, or comes too late for that. */
  @Test
  void aCreationThatFailsCanBeRepeatedAndOneThatMightComeToBeIsWaitedFor() {
    for (int n = 0; n < 20; n++) {
      NewAccount account = account("late" + n, "late" + n + "@example.org");
      faults.once(call -> call.toString().equals("INSERT users"), Fault.LATE);
      UserId user;
      try {
        user = store.accounts().create(account);
      } catch (StoreUnavailable e) {
        user = store.accounts().create(account); // what was said to have failed has failed
      }
      assertThat(store.accounts().byLogin("late" + n).orElseThrow().id()).isEqualTo(user);
    }
  }

  /** From that call on nothing gets through any more: the node is dead. */
  private void dieAtCall(int n, Fault fault) {
    faults.plan(
        new Faults.Plan() {
          private int seen;

          @Override
          public synchronized Fault of(net.mailagent.store.mongo.Call call) {
            int now = seen++;
            return now < n ? Fault.NONE : now == n ? fault : Fault.CALL_LOST;
          }
        });
  }

  private static void anHourLater(Store store) {
    BsonDateTime then = new BsonDateTime(System.currentTimeMillis() - 3_600_000);
    for (String names : List.of("usernames", "addresses")) {
      store
          .connection()
          .documents(names)
          .updateAll(new BsonDocument(), new BsonDocument("$set", new BsonDocument("at", then)));
    }
  }
}
