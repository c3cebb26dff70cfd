package net.mailagent.store.sweep;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import net.mailagent.embedded.Faults;
import net.mailagent.model.ContentId;
import net.mailagent.model.Refused;
import net.mailagent.model.StoreUnavailable;
import net.mailagent.model.UidSet;
import net.mailagent.model.UserId;
import net.mailagent.model.journal.RestoreMessages;
import net.mailagent.model.port.NewAccount;
import net.mailagent.store.Faults.Fault;
import net.mailagent.store.Store;
import net.mailagent.store.TestDatabase;
import net.mailagent.store.account.AccountRemoval;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/**
 * No majority confirms anything for days, longer than the sweeper's grace: what was written
 * meanwhile is seen by nobody, and is not swept because of that.
 */
class MajorityAwayTest {
  private static final Duration DAYS = Duration.ofDays(15);

  private final Faults engine = Faults.seeded(1);
  private final SweepFixture fixture = new SweepFixture(TestDatabase.open(engine));

  @AfterEach
  void close() {
    fixture.close();
  }

  @Test
  void aMessageRestoredMeanwhileIsKept() {
    UserId user = fixture.user();
    ContentId content = fixture.deliver(user, "expunged", "without a blob");
    fixture.expunge(user, 1);
    var inbox = fixture.inbox(user).id();
    engine.hold();
    assertThatThrownBy(() ->
            fixture
                .store
                .mailboxes()
                .commit(
                    user,
                    SweepFixture.ORIGIN,
                    new RestoreMessages(
                        inbox, UidSet.of(1), null, SweepSettings.DEFAULT.restorable().toMillis())))
        .isInstanceOf(StoreUnavailable.class);
    fixture.skip(DAYS);
    // this user's journal may be on a shard whose majority is away when the sweeper's is not
    assertThatThrownBy(() -> expunged().sweep(user, cutoff())).isInstanceOf(StoreUnavailable.class);
    engine.confirm();
    expunged().sweep(user, cutoff());
    assertThat(fixture.inbox(user).messages().uids()).isEqualTo(UidSet.of(2));
    assertThat(fixture.read(fixture.store, user, content)).isNotNull();
    fixture.requireExact(user);
  }

  private ExpungedSweep expunged() {
    SweepCounts counts = new SweepCounts();
    var store = fixture.store;
    return new ExpungedSweep(
        store.journals(),
        new Contents(store.connection(), store.clock(), Duration.ofDays(1), 100, counts),
        counts);
  }

  private long cutoff() {
    return fixture.store.clock().millis() - SweepSettings.DEFAULT.expungedRetention().toMillis();
  }

  @Test
  void aMessageDeliveredMeanwhileIsKept() {
    UserId user = fixture.user();
    heldFrom("INSERT journal", user);
    assertThatThrownBy(() -> fixture.store.sweeper().sweepOrphans(user))
        .isInstanceOf(StoreUnavailable.class);
    engine.confirm();
    fixture.store.sweeper().sweepOrphans(user);
    assertThat(fixture.inbox(user).messages().uids()).isEqualTo(UidSet.of(1));
    fixture.requireExact(user);
  }

  @Test
  void aContentWrittenMeanwhileIsFoundLater() {
    UserId user = fixture.user();
    heldFrom("BULK messages", user);
    assertThatThrownBy(() -> fixture.store.sweeper().sweep()).isInstanceOf(StoreUnavailable.class);
    engine.confirm();
    assertThat(fixture.count("messages")).isEqualTo(1);
    assertThat(fixture.store.sweeper().sweep()).isTrue();
    assertThat(fixture.store.sweeper().counts().orphans()).isEqualTo(1);
    fixture.requireExact(user);
  }

  /** Nobody can know whether that user will exist: its name stays its own. */
  @Test
  void aUserMadeMeanwhileKeepsItsName() {
    NewAccount ann = new NewAccount("ann", "ann@x", List.of(), "x", "", "", 0, Map.of());
    try (Store store = Store.open(fixture.database.settings(), fixture.time)) {
      fixture.faults.plan(next -> {
        if (next.toString().equals("INSERT users")) {
          engine.hold();
        }
        return Fault.NONE;
      });
      assertThatThrownBy(() -> store.accounts().create(ann)).isInstanceOf(StoreUnavailable.class);
      fixture.faults.plan(net.mailagent.store.Faults.NOTHING);
      fixture.time.skip(DAYS, store);
      assertThatThrownBy(() -> store.accounts().create(ann)).isInstanceOf(StoreUnavailable.class);
      AccountRemoval removal =
          new AccountRemoval(store.connection(), store.journals(), store.clock());
      assertThatThrownBy(() -> removal.reclaim(store.clock().millis()))
          .isInstanceOf(StoreUnavailable.class);
      engine.confirm();
      assertThat(store.accounts().byLogin("ann")).isPresent();
      assertThatThrownBy(() -> store.accounts().create(ann)).isInstanceOf(Refused.class);
    }
  }

  /**
   * A delivery without an answer: from that call on nothing reaches a majority, and time passes.
   */
  private void heldFrom(String call, UserId user) {
    fixture.faults.plan(next -> {
      if (next.toString().equals(call)) {
        engine.hold();
      }
      return Fault.NONE;
    });
    assertThat(fixture.deliver(fixture.store, user, "held", "without a blob")).isEmpty();
    fixture.faults.plan(net.mailagent.store.Faults.NOTHING);
    fixture.skip(DAYS);
  }
}
