package net.mailagent.store.journal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import net.mailagent.model.Origin;
import net.mailagent.model.UserId;
import net.mailagent.model.journal.UnknownVersion;
import net.mailagent.model.port.NewAccount;
import net.mailagent.store.OneMessage;
import net.mailagent.store.Store;
import net.mailagent.store.TestDatabase;
import org.bson.BsonDateTime;
import org.bson.BsonDocument;
import org.bson.BsonInt32;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What happens in the background happens by itself. */
class UpkeepTest {
  private static final Origin ORIGIN = new Origin("test", "", "");

  private final TestDatabase database = TestDatabase.open();

  @AfterEach
  void close() {
    database.close();
  }

  private Store open(int entries, Duration quiet, int quietEntries, Duration trimEvery) {
    UpkeepSettings d = UpkeepSettings.DEFAULT;
    return Store.open(
        database
            .settings()
            .withUpkeep(
                new UpkeepSettings(
                    entries,
                    d.bytes(),
                    quiet,
                    quietEntries,
                    d.writers(),
                    d.pending(),
                    d.retention(),
                    Duration.ZERO,
                    trimEvery,
                    d.clockEvery())));
  }

  private static UserId user(Store store) {
    return store
        .accounts()
        .create(new NewAccount("ann", "ann@example.org", List.of(), "x", "", "", 0, Map.of()));
  }

  private static void add(Store store, UserId user, int times) {
    for (int i = 0; i < times; i++) {
      store.mailboxes().commit(user, ORIGIN, OneMessage.add());
    }
  }

  private static void await(Callable<Boolean> condition) throws Exception {
    for (int i = 0; i < 200 && !condition.call(); i++) {
      Thread.sleep(50);
    }
    assertThat(condition.call()).isTrue();
  }

  @Test
  void aTailThatGrowsGetsACheckpoint() throws Exception {
    try (Store store = open(10, Duration.ofHours(1), 1, Duration.ofHours(1))) {
      UserId user = user(store);
      add(store, user, 3);
      Thread.sleep(300);
      assertThat(store.journals().store().mark(user)).isZero();
      add(store, user, 20);
      await(() -> store.journals().store().mark(user) > 10);
    }
  }

  @Test
  void aUserWhoFallsQuietGetsACheckpointIfThereIsEnough() throws Exception {
    try (Store store = open(1000, Duration.ofMillis(200), 4, Duration.ofHours(1))) {
      UserId user = user(store);
      add(store, user, 1);
      Thread.sleep(600);
      assertThat(store.journals().store().mark(user)).as("two entries are not enough").isZero();
      add(store, user, 5);
      await(() -> store.journals().store().mark(user) == 7);
    }
  }

  @Test
  void oldEntriesAreTrimmedFromTimeToTime() throws Exception {
    try (Store store = open(1000, Duration.ofHours(1), 1, Duration.ofMillis(200))) {
      UserId user = user(store);
      add(store, user, 5);
      JournalStore journal = store.journals().store();
      journal.journal.updateAll(
          new BsonDocument(),
          new BsonDocument(
              "$set",
              new BsonDocument(
                  "at",
                  new BsonDateTime(System.currentTimeMillis() - Duration.ofDays(31).toMillis()))));
      await(() -> journal.journal.count(new BsonDocument(), 10) == 0);
      assertThat(journal.mark(user)).isEqualTo(6);
      add(store, user, 1);
      assertThat(store.mailboxes().current(user).seq()).isEqualTo(7);
    }
  }

  @Test
  void aStoreOfANewerVersionIsNotTouched() {
    try (Store store = Store.open(database.settings())) {
      store
          .connection()
          .documents("schema")
          .updateAll(
              new BsonDocument(),
              new BsonDocument("$set", new BsonDocument("version", new BsonInt32(2))));
    }
    assertThatThrownBy(() -> Store.open(database.settings()))
        .isInstanceOf(UnknownVersion.class)
        .hasMessageContaining("newer version");
  }
}
