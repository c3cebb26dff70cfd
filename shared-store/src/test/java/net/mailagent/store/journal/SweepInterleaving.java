package net.mailagent.store.journal;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashMap;
import java.util.LinkedHashMap;
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
import net.mailagent.model.Refused;
import net.mailagent.model.StoreUnavailable;
import net.mailagent.model.UidSet;
import net.mailagent.model.UserId;
import net.mailagent.model.journal.Change;
import net.mailagent.model.journal.CopyMessages;
import net.mailagent.model.journal.CreateMailbox;
import net.mailagent.model.journal.ExpungeMessages;
import net.mailagent.model.journal.JournalEntry;
import net.mailagent.model.journal.MailboxState;
import net.mailagent.model.journal.OpenAccount;
import net.mailagent.model.journal.RestoreMessages;
import net.mailagent.model.journal.StoreFlags;
import net.mailagent.model.journal.UserState;
import net.mailagent.model.port.Messages;
import net.mailagent.store.StoreSettings;
import net.mailagent.store.mongo.Ids;
import net.mailagent.store.mongo.IndexInstaller;
import net.mailagent.store.mongo.MongoConnection;
import net.mailagent.store.sweep.Leftovers;
import org.bson.BsonDocument;
import org.bson.BsonString;

/**
 * One schedule of {@link SweepInterleavingTest}. A call that a node is about to make when it falls
 * asleep for half a day is not made: no connection lasts that long. One thread.
 */
final class SweepInterleaving {
  /** What a client asks of a node, or the node does by itself. */
  enum What {
    DELIVER,
    EXPUNGE,
    COPY,
    RESTORE,
    SWEEP
  }

  /** One step; one that does not fit is passed over. */
  sealed interface Move {
    /** A node that has nothing to do begins that. */
    record Begin(int idle, What what, int a) implements Move {}

    /** A busy node makes its next call. */
    record Go(int busy, Actor.Fate fate) implements Move {}

    /** A busy node goes on to the end of what it does. */
    record Finish(int busy) implements Move {}

    /** Calls on their way take effect. */
    record Release() implements Move {}

    record Befalls(Replicas.Trouble what, int node) implements Move {}

    record Pass(int hours) implements Move {}

    /** Everything that is placed is read by somebody else. */
    record Look() implements Move {}
  }

  private static final int LONG_SLEEP = 12; // hours
  private static final int BODIES = 3;
  private static final int MOST = 9;

  private final UserId user = UserId.random();
  private final List<Actor> actors;
  private final Interleaving.Time time;
  private final Replicas replicas;
  private final MongoConnection connection;
  private final StoreSettings settings;
  private final MailboxId inbox;
  private final MailboxId other;
  private final Map<String, String> sent = new HashMap<>(); // text by subject
  private final Map<ContentId, String> delivered = new LinkedHashMap<>(); // acknowledged
  private int requests;
  private int sweeps;
  private final long[] swept = new long[3];

  SweepInterleaving(
      List<Actor> actors,
      Interleaving.Time time,
      Replicas replicas,
      MongoConnection connection,
      StoreSettings settings) {
    this.actors = actors;
    this.time = time;
    this.replicas = replicas;
    this.connection = connection;
    this.settings = settings;
    for (Actor actor : actors) {
      actor.reset();
    }
    clear();
    time.reset();
    Node calm = calm();
    calm.journals.begin(user, Node.ORIGIN, new OpenAccount(Map.of(), 0));
    calm.commit(user, new CreateMailbox(new MailboxPath("A"), Set.of(), MOST));
    inbox = calm.mailbox(user, "INBOX");
    other = calm.mailbox(user, "A");
    connection
        .documents("users")
        .insert(
            new BsonDocument("_id", Ids.bson(user)).append("username", new BsonString(user.hex())));
  }

  /** A node without memory and without troubles. */
  private Node calm() {
    return new Node(connection, settings, time);
  }

  private void clear() {
    for (BsonDocument description : IndexInstaller.descriptions()) {
      String collection = description.getString("collection").getValue();
      if (!collection.equals("schema")) {
        connection.documents(collection).delete(new BsonDocument());
      }
    }
  }

  void run(List<Move> schedule) {
    for (Move move : schedule) {
      switch (move) {
        case Move.Begin begin -> begin(begin);
        case Move.Go go -> busy(go.busy()).ifPresent(actor -> go(actor, go.fate()));
        case Move.Finish finish -> busy(finish.busy()).ifPresent(this::finish);
        case Move.Release r -> actors.forEach(Actor::release);
        case Move.Befalls it -> replicas.befall(it.what(), actors.get(it.node() % actors.size()));
        case Move.Pass pass -> pass(pass.hours());
        case Move.Look look -> look();
      }
    }
    replicas.calm();
    actors.forEach(Actor::reconnect);
    actors.forEach(this::finish);
    actors.forEach(Actor::release);
    check();
  }

  private void begin(Move.Begin begin) {
    List<Actor> idle = actors.stream().filter(actor -> !actor.isBusy()).toList();
    if (!idle.isEmpty()) {
      Actor actor = idle.get(begin.idle() % idle.size());
      requests++;
      String subject = "m" + requests;
      replicas.begins(actor);
      actor.begin(() -> perform(actor, begin.what(), begin.a(), subject));
    }
  }

  private Optional<Actor> busy(int which) {
    List<Actor> busy = actors.stream().filter(Actor::isBusy).toList();
    return busy.isEmpty() ? Optional.empty() : Optional.of(busy.get(which % busy.size()));
  }

  private void go(Actor actor, Actor.Fate fate) {
    replicas.meet(actor, fate);
    actor.go(fate);
  }

  /** Not for ever: while no majority confirms, a node may try again and again. */
  private void finish(Actor actor) {
    for (int calls = 0; actor.isBusy() && calls < 200; calls++) {
      go(actor, Actor.Fate.PASSES);
    }
  }

  private void pass(int hours) {
    if (hours >= LONG_SLEEP) {
      actors.forEach(Actor::release);
      for (Actor actor : actors) {
        var call = actor.parked();
        if (call != null && call.operation().isWrite()) {
          go(actor, Actor.Fate.LOST);
        }
      }
    }
    replicas.pass(60 * hours);
    time.pass(60 * hours);
  }

  // ---- on an actor's thread

  private void perform(Actor actor, What what, int a, String subject) {
    Node node = actor.node();
    try {
      switch (what) {
        case DELIVER -> deliver(node, a, subject);
        case EXPUNGE -> expunge(node, a);
        case COPY -> copy(node, a);
        case RESTORE -> restore(node);
        case SWEEP -> sweep(node);
      }
    } catch (StoreUnavailable | Refused e) {
      // an answer
    }
  }

  private void deliver(Node node, int a, String subject) {
    int which = a % (BODIES + 1);
    String body = "the body " + which + " of " + user.hex() + "\r\n";
    String text =
        "Subject: " + subject + "\r\n\r\n" + body.repeat(which == BODIES ? 0 : 4); // without a blob
    sent.put(subject, text);
    Messages.Verdict verdict =
        node.messages
            .deliver(
                node.receive(text),
                List.of(new Messages.Delivery(user, new byte[0], null)),
                Node.ORIGIN)
            .getFirst();
    if (verdict instanceof Messages.Verdict.Delivered done) {
      delivered.put(done.content(), subject);
    }
  }

  private Optional<UidSet> one(Node node, int which) {
    MailboxState state = node.journals.current(user, Set.of(inbox)).mailbox(inbox).orElseThrow();
    UidSet uids = state.messages().uids();
    return uids.isEmpty() ? Optional.empty() : Optional.of(UidSet.of(uids.at(which % uids.size())));
  }

  private void expunge(Node node, int which) {
    one(node, which).ifPresent(uids -> expunge(node, inbox, uids));
  }

  private void expunge(Node node, MailboxId mailbox, UidSet uids) {
    node.commit(
        user,
        new StoreFlags(
            mailbox, uids, FlagOperation.ADD, Flags.of("\\Deleted"), OptionalLong.empty()));
    node.commit(user, new ExpungeMessages(mailbox, Optional.of(uids)));
  }

  private void copy(Node node, int which) {
    one(node, which)
        .ifPresent(uids -> node.commit(user, new CopyMessages(inbox, uids, other, false)));
  }

  private void restore(Node node) {
    MailboxState state = node.journals.current(user, Set.of(inbox)).mailbox(inbox).orElseThrow();
    if (!state.expunged().isEmpty()) {
      UidSet last = UidSet.of(state.expunged().getLast().row().uid());
      node.commit(
          user, new RestoreMessages(inbox, last, null, settings.sweep().restorable().toMillis()));
    }
  }

  private void sweep(Node node) {
    long[] before = counts(node);
    try {
      if (node.sweeper.sweep()) {
        sweeps++;
      }
    } finally {
      long[] after = counts(node);
      for (int i = 0; i < swept.length; i++) {
        swept[i] += after[i] - before[i];
      }
    }
  }

  private static long[] counts(Node node) {
    var counts = node.sweeper.counts();
    return new long[] {counts.doomed(), counts.blobs(), counts.contents()};
  }

  // ---- what must be true

  /** Everything that is placed is whole, at any time. */
  private UserState look() {
    Audit audit = new Audit(calm(), user);
    UserState state = audit.check();
    audit
        .contents(state)
        .forEach((content, text) -> {
          String subject = text.substring("Subject: ".length(), text.indexOf('\r'));
          assertThat(text).isEqualTo(sent.get(subject));
          assertThat(delivered.getOrDefault(content, subject)).isEqualTo(subject);
        });
    return state;
  }

  private void check() {
    look();
    Map<ContentId, Integer> placed = new HashMap<>();
    for (JournalEntry entry : new Audit(calm(), user).read().history()) {
      for (Change change : entry.changes()) {
        if (change instanceof Change.Added added && added.from() == null) {
          added.messages().forEach(row -> placed.merge(row.content(), 1, Integer::sum));
        }
      }
    }
    delivered
        .keySet()
        .forEach(content -> assertThat(placed).as("acknowledged").containsKey(content));
    sweepThrough();
    UserState state = look();
    for (MailboxState mailbox : state.mailboxes()) {
      expunge(calm(), mailbox.id(), mailbox.messages().uids());
    }
    sweepThrough();
    for (String collection :
        List.of("messages", "blobs", "attachments.files", "attachments.chunks")) {
      assertThat(connection.documents(collection).count(new BsonDocument(), 0))
          .as("left in " + collection)
          .isZero();
    }
  }

  /** Sweeps a grace after the other, until nothing is left to be done. */
  private void sweepThrough() {
    for (int i = 0; i < 4; i++) {
      time.pass(15 * 24 * 60);
      assertThat(calm().sweeper.sweep()).isTrue();
    }
    Leftovers.require(calm().journals, connection, List.of(user));
  }

  /** Requests, deliveries acknowledged, sweeps, blobs doomed, blobs swept, contents swept. */
  int[] figures() {
    return new int[] {
      requests, delivered.size(), sweeps, (int) swept[0], (int) swept[1], (int) swept[2]
    };
  }
}
