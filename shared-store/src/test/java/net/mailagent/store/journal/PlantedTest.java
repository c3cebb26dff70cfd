package net.mailagent.store.journal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.function.Supplier;
import net.mailagent.history.Checker;
import net.mailagent.history.Event;
import net.mailagent.history.Message;
import net.mailagent.history.Outcome;
import net.mailagent.history.Position;
import net.mailagent.history.Span;
import net.mailagent.history.Truth;
import net.mailagent.history.Violation;
import net.mailagent.history.Violation.Promise;
import net.mailagent.model.ContentId;
import net.mailagent.model.Flags;
import net.mailagent.model.MailboxId;
import net.mailagent.model.MailboxPath;
import net.mailagent.model.StoreUnavailable;
import net.mailagent.model.UserId;
import net.mailagent.model.journal.AddMessages;
import net.mailagent.model.journal.JournalEntry;
import net.mailagent.model.journal.MailboxState;
import net.mailagent.model.journal.OpenAccount;
import net.mailagent.model.journal.Placement;
import net.mailagent.model.journal.UserState;
import net.mailagent.model.port.Messages;
import net.mailagent.store.Faults;
import net.mailagent.store.Faults.Fault;
import net.mailagent.store.Store;
import net.mailagent.store.StoreSettings;
import net.mailagent.store.TestDatabase;
import net.mailagent.store.TestJournal;
import net.mailagent.store.mongo.Call;
import net.mailagent.store.mongo.Call.Operation;
import net.mailagent.store.mongo.Ids;
import net.mailagent.store.mongo.Interceptor;
import net.mailagent.store.mongo.MongoConnection;
import org.bson.BsonDocument;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/**
 * The mechanism is broken on purpose, one guard at a time as {@code journal_model.py --planted}
 * does it, and the checker of histories finds it. Each schedule runs twice: with the guard nothing
 * is found, so what is found without it is the fault.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class PlantedTest {
  private TestDatabase database;
  private StoreSettings settings;
  private MongoConnection calm;

  @BeforeAll
  void open() {
    database = TestDatabase.open();
    settings =
        database
            .settings()
            .withJournal(
                TestJournal.withDefaults()
                    .commitTimeout(Duration.ofSeconds(5))
                    .backOff(Duration.ofMillis(1), Duration.ofMillis(5))
                    .settings());
    Store.open(settings).close(); // installs the indexes
    calm = MongoConnection.open(settings.mongo(), Interceptor.NONE);
  }

  @AfterAll
  void close() {
    calm.close();
    database.close();
  }

  /** A user, a node that is to be fooled, another that is not, and what clients were told. */
  private final class Scene implements AutoCloseable {
    final UserId user = UserId.random();
    final Faults between = new Faults();
    final MongoConnection connection;
    final Interleaving.Time time = new Interleaving.Time();
    final Interleaving.Time victimsTime;
    final Node victim;
    final Node other = new Node(calm, settings, time);
    final List<Event> events = new ArrayList<>();
    final Map<ContentId, String> identities = new HashMap<>();
    final Audit audit = new Audit(new Node(calm, settings), user);
    private long now;

    /**
     * @param frozen whether time stands still for the victim
     */
    Scene(Interceptor planted, boolean frozen) {
      connection =
          MongoConnection.open(
              settings.mongo(),
              new Interceptor() {
                @Override
                public <T> T around(Call call, Supplier<T> effect) {
                  return planted.around(call, () -> between.around(call, effect));
                }
              });
      victimsTime = frozen ? new Interleaving.Time() : time;
      victim = new Node(connection, settings, victimsTime);
      other.journals.begin(user, Node.ORIGIN, new OpenAccount(Map.of(), 0));
      for (int i = 0; i < 3; i++) {
        deliver(other, "early " + i);
      }
      other.checkpoints.write(user);
      for (int i = 0; i < 6; i++) {
        deliver(other, "later " + i);
      }
      view(other);
    }

    /** A message that is written, and not placed yet. */
    ContentId content(Node node, String identity) {
      ContentId content = ContentId.at(ticks(node).wallMillis() / 1000);
      identities.put(content, identity);
      return content;
    }

    private Ticks ticks(Node node) {
      return node.equals(victim) ? victimsTime : time;
    }

    void deliver(Node node, String identity) {
      place(node, content(node, identity));
    }

    void place(Node node, ContentId content) {
      long begin = ++now;
      Outcome outcome;
      try {
        node.commit(
            user,
            new AddMessages(
                null, List.of(new AddMessages.Message(content, Flags.NONE, 1, 1)), null));
        outcome = Outcome.ACKNOWLEDGED;
      } catch (StoreUnavailable e) {
        outcome = Outcome.UNKNOWN;
      }
      String identity = identities.get(content);
      events.add(new Event.Delivery(span(node, begin), "", identity, outcome));
    }

    void view(Node node) {
      view(node, () -> node.everything(user));
    }

    /** By one load of heads and placements together. */
    void viewAtOnce(Node node) {
      Set<MailboxId> inbox = Set.of(other.mailbox(user, "INBOX"));
      view(node, () -> node.journals.current(user, inbox));
    }

    private void view(Node node, Supplier<UserState> look) {
      long begin = ++now;
      UserState state = look.get();
      MailboxState inbox = state.mailbox(MailboxPath.INBOX).orElseThrow();
      events.add(
          new Event.View(span(node, begin), inbox.id().hex(), inbox.modSeq(), messages(inbox)));
    }

    private Span span(Node node, long begin) {
      return new Span(node.equals(victim) ? "victim" : "other", begin, ++now);
    }

    private Map<Integer, Message> messages(MailboxState inbox) {
      Map<Integer, Message> messages = new HashMap<>();
      for (int i = 0; i < inbox.messages().size(); i++) {
        Placement row = inbox.messages().at(i);
        messages.put(
            row.uid(),
            new Message(
                identities.getOrDefault(row.content(), ""),
                Set.copyOf(row.flags().names()),
                row.modSeq()));
      }
      return messages;
    }

    /** The other node checkpoints and trims all there is. */
    void trim() {
      audit.read();
      other.checkpoints.write(user);
      assertThat(other.trimming.trim(user, Long.MAX_VALUE)).isPositive();
    }

    /** Does that once, before the victim's next call that fits. */
    void before(Predicate<Call> fits, Runnable what) {
      between.once(
          call -> {
            if (fits.test(call)) {
              between.plan(Faults.NOTHING);
              what.run();
            }
            return false;
          },
          Fault.NONE);
    }

    Truth truth() {
      MailboxState inbox = audit.read().truth().mailbox(MailboxPath.INBOX).orElseThrow();
      List<Event.Change> stream = new ArrayList<>();
      audit.history().forEach(entry -> stream.addAll(changes(entry)));
      return new Truth(
          now + 1,
          Map.of(inbox.id().hex(), new Truth.Mailbox(inbox.modSeq(), messages(inbox))),
          Map.of(user.hex(), stream));
    }

    List<Violation> violations() {
      return Checker.check(events, truth());
    }

    @Override
    public void close() {
      connection.close();
    }
  }

  private static List<Event.Change> changes(JournalEntry entry) {
    return Interleaving.changes(entry);
  }

  private static Predicate<Call> tail() {
    return call -> call.collection().equals("journal") && call.operation() == Operation.FIND;
  }

  private static Predicate<Call> commit() {
    return call -> call.collection().equals("journal") && call.operation() == Operation.INSERT;
  }

  /** Runs it as it is, which is right, and without the guard, which the checker must find. */
  private void without(Interceptor guard, Consumer<Scene> schedule, Promise... found) {
    run(Planted.NOTHING, false, schedule);
    run(guard, false, schedule, found);
  }

  private void run(
      Interceptor planted, boolean frozen, Consumer<Scene> schedule, Promise... found) {
    try (Scene scene = new Scene(planted, frozen)) {
      schedule.accept(scene);
      assertThat(scene.violations()).extracting(Violation::promise).contains(found);
      if (found.length == 0) {
        assertThat(scene.violations()).isEmpty();
      }
    }
  }

  @Test
  void settlingById() {
    without(
        Planted.noSettlingById(),
        scene -> {
          scene.view(scene.victim);
          scene.between.once(commit(), Fault.REPLY_LOST);
          scene.deliver(scene.victim, "once");
        },
        Promise.NOT_DOUBLED);
  }

  @Test
  void ageOfState() {
    Consumer<Scene> schedule =
        scene -> {
          scene.view(scene.victim);
          scene.deliver(scene.other, "meanwhile");
          scene.trim();
          scene.time.pass(70);
          scene.deliver(scene.victim, "into the past");
        };
    run(Planted.NOTHING, false, schedule);
    run(Planted.NOTHING, true, schedule, Promise.NOT_LOST);
  }

  @Test
  void ageOfContent() {
    for (boolean frozen : List.of(false, true)) {
      try (Scene scene = new Scene(Planted.NOTHING, frozen)) {
        UserId user = UserId.random();
        scene.other.journals.begin(user, Node.ORIGIN, new OpenAccount(Map.of(), 0));
        // the content is written, then the node sleeps for a day before it computes its commit
        scene.before(
            call -> call.collection().equals("state"),
            () -> {
              scene.time.pass(25 * 60);
              // a sweeper: it is a day old, and no entry places it
              BsonDocument ofUser = new BsonDocument("user", Ids.bson(user));
              assertThat(calm.documents("messages").delete(ofUser)).isEqualTo(1);
            });
        Messages.Verdict verdict =
            scene
                .victim
                .messages
                .deliver(
                    scene.victim.receive("Subject: slept over\r\n\r\n"),
                    List.of(new Messages.Delivery(user, new byte[0], null)),
                    Node.ORIGIN)
                .getFirst();
        Audit audit = new Audit(new Node(calm, settings), user);
        UserState state = audit.check();
        if (frozen) {
          assertThat(verdict).isInstanceOf(Messages.Verdict.Delivered.class);
          assertThatThrownBy(() -> audit.contents(state)).hasMessageContaining("contents");
        } else {
          assertThat(verdict).isInstanceOf(Messages.Verdict.Failed.class);
          assertThat(audit.contents(state)).isEmpty();
        }
      }
    }
  }

  @Test
  void gap() {
    without(
        Planted.noGapCheck(),
        scene -> {
          scene.before(
              tail(),
              () -> { // the mark 4 was read; the tail begins at 8, and ends above the new mark
                trimUpTo(scene, 7);
                for (int i = 0; i < 5; i++) {
                  scene.deliver(scene.other, "after " + i);
                }
              });
          scene.viewAtOnce(scene.victim);
          scene.view(scene.other);
        },
        Promise.ORDER);
  }

  /** Checkpoints all; entries up to that seq are old. */
  private static void trimUpTo(Scene scene, long seq) {
    scene.audit.read();
    scene.other.checkpoints.write(scene.user);
    BsonDocument old =
        new BsonDocument("user", Ids.bson(scene.user))
            .append("seq", new BsonDocument("$lte", new org.bson.BsonInt64(seq)));
    assertThat(scene.other.journals.store().journal.delete(old)).isPositive();
  }

  @Test
  void markAfterTheTail() {
    without(
        Planted.noMarkAfterTheTail(),
        scene -> {
          scene.before(tail(), scene::trim); // the mark 4 was read; nothing is left of the tail
          scene.viewAtOnce(scene.victim); // placements read later would be newer than the tail
        },
        Promise.RECENT);
  }

  @Test
  void seqGuardOfFold() {
    // checkpoints newer than the mark: whoever wrote them died before he raised it
    Consumer<Scene> schedule =
        scene -> {
          Faults deadly = new Faults();
          try (MongoConnection mortal = MongoConnection.open(settings.mongo(), deadly)) {
            deadly.once(
                call -> call.operation() == Operation.UPDATE && call.collection().equals("state"),
                Fault.CALL_LOST);
            new Node(mortal, settings).checkpoints.write(scene.user);
          } catch (StoreUnavailable e) {
            scene.view(scene.victim);
            return;
          }
          throw new AssertionError("the mark was raised");
        };
    run(Planted.NOTHING, false, schedule);
    boolean found;
    try (Scene scene = new Scene(Planted.noSeqInCheckpoints(), false)) {
      schedule.accept(scene);
      found = !scene.violations().isEmpty();
    } catch (IllegalArgumentException | IllegalStateException e) {
      found = true; // a uid that is there already cannot be added
    }
    assertThat(found).isTrue();
  }

  @Test
  void uniqueKey() {
    without(
        Planted.noUniqueKey(),
        scene -> {
          scene.view(scene.victim);
          scene.deliver(scene.other, "faster");
          scene.deliver(scene.victim, "overwritten");
        },
        Promise.NOT_LOST);
  }

  /** Wake-ups come lost, doubled and in any order; who believes what they say misses changes. */
  @Test
  void wakeUpsTrustedAsFacts() {
    for (boolean trusting : List.of(false, true)) {
      try (Scene scene = new Scene(Planted.NOTHING, false)) {
        List<Long> wakes = new ArrayList<>();
        scene.other.journals.listen((user, seq) -> wakes.add(seq));
        long from = scene.other.journals.current(scene.user).seq();
        for (int i = 0; i < 5; i++) {
          scene.deliver(scene.other, "news " + i);
        }
        assertThat(wakes).hasSize(5);
        long cursor = from;
        for (int heard : List.of(0, 0, 2, 4, 3)) { // number 1 is lost
          List<JournalEntry> entries =
              scene.victim.journals.since(scene.user, trusting ? wakes.get(heard) - 1 : cursor, 9);
          List<JournalEntry> told = trusting ? entries.subList(0, 1) : entries;
          List<Event.Change> changes = new ArrayList<>();
          told.forEach(entry -> changes.addAll(changes(entry)));
          scene.events.add(
              new Event.Followed(
                  scene.span(scene.victim, scene.now),
                  scene.user.hex(),
                  new Position(cursor, Integer.MAX_VALUE),
                  changes));
          cursor = told.isEmpty() ? cursor : told.getLast().seq();
        }
        List<Violation> found = scene.violations();
        if (trusting) {
          assertThat(found).extracting(Violation::promise).contains(Promise.EVERY_CHANGE_ONCE);
        } else {
          assertThat(found).isEmpty();
        }
      }
    }
  }
}
