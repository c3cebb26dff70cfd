package net.mailagent.store.journal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import net.mailagent.model.ContentId;
import net.mailagent.model.FlagOperation;
import net.mailagent.model.Flags;
import net.mailagent.model.MailboxId;
import net.mailagent.model.MailboxPath;
import net.mailagent.model.Origin;
import net.mailagent.model.UidSet;
import net.mailagent.model.UserId;
import net.mailagent.model.journal.AddMessages;
import net.mailagent.model.journal.CopyMessages;
import net.mailagent.model.journal.CreateMailbox;
import net.mailagent.model.journal.DeleteMailbox;
import net.mailagent.model.journal.ExpungeMessages;
import net.mailagent.model.journal.Fold;
import net.mailagent.model.journal.JournalEntry;
import net.mailagent.model.journal.MailboxState;
import net.mailagent.model.journal.OpenAccount;
import net.mailagent.model.journal.StoreFlags;
import net.mailagent.model.journal.UserState;
import net.mailagent.model.port.Changes;
import net.mailagent.store.Store;
import net.mailagent.store.TestDatabase;
import net.mailagent.store.TestJournal;
import org.bson.BsonDateTime;
import org.bson.BsonDocument;
import org.bson.BsonInt32;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Cold loads from checkpoints and tails, trimming, long entries, unknown versions. */
class CheckpointsTest {
  private static final Origin ORIGIN = new Origin("test", "", "");

  private final TestDatabase database = TestDatabase.open();
  private final Store one = Store.open(database.settings());
  private final UserId user = UserId.random();

  CheckpointsTest() {
    one.journals().begin(user, ORIGIN, new OpenAccount(Map.of(), 0));
  }

  @AfterEach
  void close() {
    one.close();
    database.close();
  }

  private MailboxId inbox() {
    return one.mailboxes().current(user).mailbox(MailboxPath.INBOX).orElseThrow().id();
  }

  private static AddMessages add(int messages, int firstKey) {
    List<AddMessages.Message> all = new ArrayList<>();
    for (int i = 0; i < messages; i++) {
      all.add(
          new AddMessages.Message(
              ContentId.random(), i % 3 == 0 ? Flags.of("\\Seen") : Flags.NONE, 1000 + i, 100));
    }
    return new AddMessages(null, all, "key" + firstKey);
  }

  private UserState folded() {
    UserState state = UserState.empty(user);
    for (JournalEntry entry : one.journals().since(user, 0, 10_000)) {
      state = Fold.fold(state, entry);
    }
    return state;
  }

  private UserState cold(Store store) {
    store.journals().forget(user);
    Set<MailboxId> all = new HashSet<>();
    store
        .mailboxes()
        .current(user)
        .mailboxesAndTombstones()
        .forEach(mailbox -> all.add(mailbox.id()));
    store.journals().forget(user);
    UserState state = store.mailboxes().current(user, all);
    assertThat(state.mailboxesAndTombstones()).allMatch(MailboxState::isLoaded);
    return state;
  }

  private void someHistory() {
    MailboxId inbox = inbox();
    one.mailboxes().commit(user, ORIGIN, add(1500, 1));
    MailboxId sub =
        one.mailboxes()
            .commit(user, ORIGIN, new CreateMailbox(new MailboxPath("A/B"), Set.of(), 10))
            .result();
    one.mailboxes()
        .commit(user, ORIGIN, new CopyMessages(inbox, UidSet.range(10, 1200), sub, true));
    one.mailboxes()
        .commit(
            user,
            ORIGIN,
            new StoreFlags(
                inbox,
                UidSet.range(1, 1500),
                FlagOperation.ADD,
                Flags.of("\\Deleted", "$x"),
                OptionalLong.empty()));
  }

  private void moreHistory() {
    MailboxId inbox = inbox();
    one.mailboxes()
        .commit(user, ORIGIN, new ExpungeMessages(inbox, Optional.of(UidSet.range(1, 5))));
    one.mailboxes().commit(user, ORIGIN, add(3, 2));
    one.mailboxes().commit(user, ORIGIN, new DeleteMailbox(new MailboxPath("A/B")));
    one.mailboxes().commit(user, ORIGIN, add(700, 3));
  }

  @Test
  void aColdLoadIsTheFoldOfTheHistory() {
    someHistory();
    assertThat(cold(one).sameAs(folded())).as("without checkpoints").isTrue();
    long seq = one.upkeep().checkpoint(user);
    assertThat(seq).isEqualTo(folded().seq());
    assertThat(cold(one).sameAs(folded())).as("at the mark").isTrue();
    moreHistory();
    assertThat(cold(one).sameAs(folded())).as("with a tail").isTrue();
    one.upkeep().checkpoint(user);
    assertThat(cold(one).sameAs(folded())).as("at the second mark").isTrue();
  }

  @Test
  void aNodeThatNeverSawThePlacementsWritesTheSameCheckpoints() {
    someHistory();
    one.upkeep().checkpoint(user);
    moreHistory();
    try (Store two = Store.open(database.settings())) {
      two.mailboxes().current(user); // heads only
      two.mailboxes().commit(user, ORIGIN, add(2, 4));
      assertThat(two.upkeep().checkpoint(user)).isEqualTo(folded().seq());
      assertThat(cold(two).sameAs(folded())).isTrue();
      assertThat(two.upkeep().checkpoint(user)).isEqualTo(folded().seq());
    }
  }

  @Test
  void onlyWhatWasTouchedIsWritten() {
    someHistory();
    one.upkeep().checkpoint(user);
    one.mailboxes().commit(user, ORIGIN, add(1, 5));
    long before = one.connection().calls().counts().getOrDefault("BULK state", 0L);
    List<BsonDocument> written = new ArrayList<>();
    Journals journals = one.journals();
    one.upkeep().checkpoint(user);
    assertThat(one.connection().calls().counts().get("BULK state") - before).isEqualTo(1);
    long mark = journals.store().mark(user);
    try (var all = journals.store().state.stream(JournalStore.range(user, user.hex() + "/"), 100)) {
      all.forEachRemaining(written::add);
    }
    assertThat(
            written.stream()
                .filter(d -> d.containsKey("seq") && d.getInt64("seq").getValue() == mark))
        .as("root, keys, head of INBOX, its last segment")
        .hasSize(4);
  }

  @Test
  void trimmedEntriesAreNotMissed() {
    someHistory();
    moreHistory();
    UserState whole = folded();
    try (Store warm = Store.open(database.settings())) {
      warm.mailboxes().current(user, Set.of(inbox()));
      age(Duration.ofDays(40));
      one.mailboxes().commit(user, ORIGIN, add(1, 6));
      assertThat(one.upkeep().trim(user)).isEqualTo(whole.seq());
      List<JournalEntry> left = one.journals().since(user, whole.seq(), 100);
      assertThat(left).hasSize(1);
      UserState expected = Fold.fold(whole, left.get(0));
      assertThat(cold(one).sameAs(expected)).isTrue();
      assertThat(cold(warm).sameAs(expected)).isTrue();
      assertThatThrownBy(() -> one.journals().since(user, 3, 100))
          .isInstanceOf(Changes.Trimmed.class);
      assertThatThrownBy(() -> one.journals().since(user, 0, 1))
          .isInstanceOf(Changes.Trimmed.class);
      assertThat(one.upkeep().trim(user)).isZero();
    }
  }

  @Test
  void aStateThatTrimmingLeftBehindGoesCold() {
    someHistory();
    try (Store warm = Store.open(database.settings())) {
      UserState before = warm.mailboxes().current(user, Set.of(inbox()));
      moreHistory();
      UserState whole = folded();
      age(Duration.ofDays(40));
      one.mailboxes().commit(user, ORIGIN, add(1, 6));
      one.upkeep().trim(user);
      UserState after = warm.mailboxes().current(user, Set.of(inbox()));
      assertThat(after.seq()).isEqualTo(whole.seq() + 1).isGreaterThan(before.seq() + 1);
      assertThat(cold(warm).sameAs(after)).isTrue();
    }
  }

  /** Makes all entries look older. */
  private void age(Duration by) {
    JournalStore store = one.journals().store();
    long then = System.currentTimeMillis() - by.toMillis();
    store.journal.updateAll(
        new BsonDocument(),
        new BsonDocument("$set", new BsonDocument("at", new BsonDateTime(then))));
  }

  @Test
  void aLongEntryIsWrittenInPartsAndReadBack() {
    try (Store small = Store.open(database.settings().withJournal(smallEntries()))) {
      MailboxId inbox = inbox();
      small.mailboxes().commit(user, ORIGIN, add(1500, 1));
      MailboxId other =
          small
              .mailboxes()
              .commit(user, ORIGIN, new CreateMailbox(new MailboxPath("Other"), Set.of(), 10))
              .result();
      small
          .mailboxes()
          .commit(user, ORIGIN, new CopyMessages(inbox, UidSet.range(1, 1500), other, true));
      assertThat(small.connection().calls().counts().get("INSERT journal_parts")).isGreaterThan(5);
      assertThat(cold(one).sameAs(folded())).isTrue();
      MailboxState moved = cold(small).mailbox(other).orElseThrow();
      assertThat(moved.counters().messages()).isEqualTo(1500);
      age(Duration.ofDays(40));
      small.upkeep().trim(user);
      assertThat(small.journals().store().parts.count(new BsonDocument(), 10)).isZero();
      assertThat(cold(one).mailbox(other).orElseThrow().messages().size()).isEqualTo(1500);
    }
  }

  private static JournalSettings smallEntries() {
    return TestJournal.withDefaults().parts(4096, 8192).settings();
  }

  @Test
  void whatANewerVersionWroteIsNeverSkipped() {
    one.mailboxes().commit(user, ORIGIN, add(1, 1));
    one.journals()
        .store()
        .journal
        .updateAll(
            new BsonDocument("_id", EntryCodec.id(user, 2)),
            new BsonDocument("$set", new BsonDocument("v", new BsonInt32(2))));
    one.journals().forget(user);
    assertThatThrownBy(() -> one.mailboxes().current(user))
        .isInstanceOf(net.mailagent.model.StoreUnavailable.class)
        .hasMessageContaining("newer version");
    assertThatThrownBy(() -> one.mailboxes().commit(user, ORIGIN, add(1, 2)))
        .isInstanceOf(net.mailagent.model.StoreUnavailable.class);
  }

  /** Has everything in the checkpoints look as if an older fold had made it. */
  private void outdate() {
    one.journals()
        .store()
        .state
        .updateAll(
            new BsonDocument("user", net.mailagent.store.mongo.Ids.bson(user)),
            new BsonDocument("$set", new BsonDocument("fold", new BsonInt32(1))));
    one.journals().forget(user);
  }

  @Test
  void checkpointsOfAnOlderFoldAreMadeAnewFromTheJournal() {
    someHistory();
    one.upkeep().checkpoint(user);
    moreHistory();
    one.upkeep().checkpoint(user);
    outdate();
    assertThat(one.journals().store().mark(user)).isZero();
    assertThat(cold(one).sameAs(folded())).isTrue();
    try (Store heads = Store.open(database.settings())) {
      heads.mailboxes().current(user);
      assertThat(heads.upkeep().checkpoint(user)).isEqualTo(folded().seq());
    }
    assertThat(one.journals().store().mark(user)).isEqualTo(folded().seq());
    assertThat(cold(one).sameAs(folded())).isTrue();
    JournalStore store = one.journals().store();
    assertThat(
            store.state.count(
                new BsonDocument("user", net.mailagent.store.mongo.Ids.bson(user))
                    .append("fold", new BsonDocument("$lt", new BsonInt32(Fold.VERSION))),
                10))
        .as("all were replaced")
        .isZero();
  }

  @Test
  void checkpointsOfAnOlderFoldAreRefusedWhenTheJournalWasTrimmed() {
    someHistory();
    age(Duration.ofDays(40));
    assertThat(one.upkeep().trim(user)).isPositive();
    outdate();
    assertThatThrownBy(() -> one.mailboxes().current(user))
        .isInstanceOf(net.mailagent.model.StoreUnavailable.class)
        .hasMessageContaining("older version");
  }

  @Test
  void aDeletedMailboxKeepsItsMessagesUntilTheyAreForgotten() {
    MailboxId box =
        one.mailboxes()
            .commit(user, ORIGIN, new CreateMailbox(new MailboxPath("A"), Set.of(), 10))
            .result();
    one.mailboxes()
        .commit(
            user,
            ORIGIN,
            new AddMessages(
                box, List.of(new AddMessages.Message(ContentId.random(), Flags.NONE, 1, 7)), null));
    one.upkeep().checkpoint(user);
    one.journals().forget(user);
    one.mailboxes().commit(user, ORIGIN, new DeleteMailbox(new MailboxPath("A")));
    age(Duration.ofDays(40));
    assertThat(one.upkeep().trim(user)).isPositive();
    assertThat(cold(one).mailboxOrTombstone(box).orElseThrow().expunged()).hasSize(1);
    one.mailboxes()
        .commit(
            user,
            ORIGIN,
            new net.mailagent.model.journal.ForgetExpunged(java.util.Map.of(box, UidSet.of(1))));
    MailboxState forgotten = cold(one).mailboxOrTombstone(box).orElseThrow();
    assertThat(forgotten.expunged()).isEmpty();
    assertThat(forgotten.oldestExpunged()).isZero();
    age(Duration.ofDays(40));
    one.upkeep().trim(user);
    assertThat(cold(one).mailboxOrTombstone(box)).as("not even a tombstone is left").isEmpty();
    JournalStore store = one.journals().store();
    assertThat(
            store.state.find(JournalStore.range(user, StateCodec.placementsPrefix(user, box)), 10))
        .isEmpty();
  }
}
