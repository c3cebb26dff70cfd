package net.mailagent.store.journal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.locks.ReentrantLock;
import net.mailagent.model.ContentId;
import net.mailagent.model.FlagOperation;
import net.mailagent.model.Flags;
import net.mailagent.model.MailboxPath;
import net.mailagent.model.Origin;
import net.mailagent.model.Refusal;
import net.mailagent.model.Refused;
import net.mailagent.model.SpecialUse;
import net.mailagent.model.UidSet;
import net.mailagent.model.UserId;
import net.mailagent.model.journal.AddMessages;
import net.mailagent.model.journal.CreateMailbox;
import net.mailagent.model.journal.MailboxState;
import net.mailagent.model.journal.OpenAccount;
import net.mailagent.model.journal.StoreFlags;
import net.mailagent.model.journal.UserState;
import net.mailagent.model.port.Mailboxes.Committed;
import net.mailagent.store.Store;
import net.mailagent.store.StoreSettings;
import net.mailagent.store.TestDatabase;
import net.mailagent.store.TestJournal;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class JournalsTest {
  private static final Origin ORIGIN = new Origin("test", "1", "");

  private final TestDatabase database = TestDatabase.open();
  private final Store one = Store.open(database.settings());
  private final Store two = Store.open(database.settings());

  @AfterEach
  void close() {
    one.close();
    two.close();
    database.close();
  }

  private UserId user() {
    UserId user = UserId.random();
    one.journals()
        .begin(
            user,
            ORIGIN,
            new OpenAccount(Map.of(SpecialUse.SENT, new MailboxPath("Sent")), 1_000_000));
    return user;
  }

  static AddMessages add(int size) {
    return new AddMessages(
        null, List.of(new AddMessages.Message(ContentId.random(), Flags.NONE, 1_000, size)), null);
  }

  @Test
  void whatOneNodeCommitsTheOtherSees() {
    UserId user = user();
    Committed<AddMessages.Result> added = one.mailboxes().commit(user, ORIGIN, add(100));
    assertThat(added.seq()).isEqualTo(2);
    MailboxState inbox = two.mailboxes().current(user).mailbox(MailboxPath.INBOX).orElseThrow();
    assertThat(inbox.counters().messages()).isEqualTo(1);
    UserState loaded = two.mailboxes().current(user, Set.of(inbox.id()));
    assertThat(loaded.mailbox(inbox.id()).orElseThrow().messages().uids()).hasToString("1");
    two.mailboxes()
        .commit(
            user,
            ORIGIN,
            new StoreFlags(
                inbox.id(),
                UidSet.of(1),
                FlagOperation.ADD,
                Flags.of("\\Seen"),
                OptionalLong.empty()));
    UserState back = one.mailboxes().current(user, Set.of(inbox.id()));
    assertThat(back.mailbox(inbox.id()).orElseThrow().messages().at(0).flags().seen()).isTrue();
    assertThat(back.seq()).isEqualTo(3);
  }

  @Test
  void manyWritersOnTwoNodesLoseAndDoubleNothing() throws Exception {
    UserId user = user();
    List<Future<Committed<AddMessages.Result>>> all = new ArrayList<>();
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      for (int i = 0; i < 100; i++) {
        Store store = i % 2 == 0 ? one : two;
        all.add(threads.submit(() -> store.mailboxes().commit(user, ORIGIN, add(10))));
      }
    }
    List<Integer> uids = new ArrayList<>();
    for (Future<Committed<AddMessages.Result>> f : all) {
      uids.add(f.get().result().uids().min());
    }
    assertThat(uids).doesNotHaveDuplicates().hasSize(100);
    MailboxState inbox = two.mailboxes().current(user).mailbox(MailboxPath.INBOX).orElseThrow();
    assertThat(inbox.counters().messages()).isEqualTo(100);
    assertThat(two.journals().since(user, 0, 1000)).hasSizeLessThan(101);
  }

  @Test
  void anAnswerThatNeedsNoWriteIsGivenOnAnExactState() {
    UserId user = user();
    two.mailboxes().current(user); // warm
    one.mailboxes().commit(user, ORIGIN, new CreateMailbox(new MailboxPath("New"), Set.of(), 10));
    assertThatThrownBy(() ->
            two.mailboxes()
                .commit(user, ORIGIN, new CreateMailbox(new MailboxPath("New"), Set.of(), 10)))
        .isInstanceOfSatisfying(
            Refused.class, r -> assertThat(r.refusal()).isInstanceOf(Refusal.MailboxExists.class));
  }

  @Test
  void deliveriesToOneUserThatComeTogetherShareEntries() throws Exception {
    UserId user = user();
    UserId second = user();
    List<Future<List<Outcome<AddMessages.Result>>>> all = new ArrayList<>();
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      for (int i = 0; i < 100; i++) {
        List<UserEdit<AddMessages.Result>> edits = new ArrayList<>();
        edits.add(new UserEdit<>(user, add(1)));
        if (i % 2 == 0) {
          edits.add(new UserEdit<>(second, add(1)));
        }
        all.add(threads.submit(() -> one.journals().commitEach(ORIGIN, edits)));
      }
    }
    for (Future<List<Outcome<AddMessages.Result>>> f : all) {
      assertThat(f.get()).allMatch(outcome -> outcome instanceof Outcome.Done);
    }
    UserState state = two.mailboxes().current(user);
    assertThat(state.mailbox(MailboxPath.INBOX).orElseThrow().counters().messages()).isEqualTo(100);
    assertThat(state.seq()).isLessThan(60);
    assertThat(
            two.mailboxes()
                .current(second)
                .mailbox(MailboxPath.INBOX)
                .orElseThrow()
                .counters()
                .messages())
        .isEqualTo(50);
  }

  @Test
  void nobodyIsRefused() {
    assertThatThrownBy(() -> one.mailboxes().current(UserId.random())).isInstanceOf(Refused.class);
    assertThatThrownBy(() -> one.mailboxes().commit(UserId.random(), ORIGIN, add(1)))
        .isInstanceOf(Refused.class);
  }

  @Test
  void aUserWhoseTurnIsTakenKeepsNobodyElse() throws Exception {
    Duration patience = Duration.ofSeconds(2);
    StoreSettings settings =
        database
            .settings()
            .withJournal(TestJournal.withDefaults().commitTimeout(patience).settings());
    try (Store store = Store.open(settings);
        ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<UserId> users = List.of(user(), user(), user());
      List<UserEdit<AddMessages.Result>> edits =
          users.stream().map(user -> new UserEdit<>(user, add(1))).toList();
      ReentrantLock taken = store.journals().lane(users.get(1)).turn;
      taken.lock();
      Future<List<Outcome<AddMessages.Result>>> delivery =
          threads.submit(() -> store.journals().commitEach(ORIGIN, edits));
      for (UserId other : List.of(users.get(0), users.get(2))) {
        long start = System.nanoTime();
        store.mailboxes().commit(other, ORIGIN, add(1));
        assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(patience.dividedBy(2));
      }
      assertThat(delivery.get())
          .extracting(outcome -> outcome instanceof Outcome.Done)
          .containsExactly(true, false, true);
      taken.unlock();
      store.mailboxes().commit(users.get(1), ORIGIN, add(1));
      assertThat(store.mailboxes().current(users.get(1)).seq()).isEqualTo(2);
      Future<List<Outcome<AddMessages.Result>>> later;
      taken.lock();
      try {
        later = threads.submit(() -> store.journals().commitEach(ORIGIN, edits));
        Thread.sleep(100);
      } finally {
        taken.unlock();
      }
      assertThat(later.get()).allMatch(outcome -> outcome instanceof Outcome.Done);
    }
  }

  @Test
  void aMessageForManyIsCommittedForEach() {
    List<UserEdit<AddMessages.Result>> edits = new ArrayList<>();
    UserId first = user();
    edits.add(new UserEdit<>(first, add(5)));
    for (int i = 0; i < 10; i++) {
      edits.add(new UserEdit<>(user(), add(5)));
    }
    edits.add(new UserEdit<>(UserId.random(), add(5)));
    edits.add(new UserEdit<>(first, add(5)));
    two.mailboxes().current(first);
    one.mailboxes().commit(first, ORIGIN, add(5)); // two loses its race for the first user
    List<Outcome<AddMessages.Result>> outcomes = two.journals().commitEach(ORIGIN, edits);
    assertThat(outcomes).hasSize(13);
    for (int i = 0; i < 13; i++) {
      if (i == 11) {
        assertThat(outcomes.get(i)).isInstanceOf(Outcome.NotDone.class);
      } else {
        assertThat(outcomes.get(i)).isInstanceOf(Outcome.Done.class);
      }
    }
    assertThat(
            one.mailboxes()
                .current(first)
                .mailbox(MailboxPath.INBOX)
                .orElseThrow()
                .counters()
                .messages())
        .isEqualTo(3);
  }
}
