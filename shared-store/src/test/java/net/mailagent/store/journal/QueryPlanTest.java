package net.mailagent.store.journal;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import net.mailagent.model.ContentId;
import net.mailagent.model.FlagOperation;
import net.mailagent.model.Flags;
import net.mailagent.model.MailboxId;
import net.mailagent.model.MailboxPath;
import net.mailagent.model.Origin;
import net.mailagent.model.UidSet;
import net.mailagent.model.UserId;
import net.mailagent.model.journal.AddMessages;
import net.mailagent.model.journal.CreateMailbox;
import net.mailagent.model.journal.DeleteMailbox;
import net.mailagent.model.journal.ExpungeMessages;
import net.mailagent.model.journal.StoreFlags;
import net.mailagent.model.port.Messages;
import net.mailagent.model.port.NewAccount;
import net.mailagent.store.Faults;
import net.mailagent.store.Plans;
import net.mailagent.store.Store;
import net.mailagent.store.TestDatabase;
import net.mailagent.store.TimeMachine;
import net.mailagent.store.mongo.Call;
import net.mailagent.store.mongo.Query;
import org.bson.BsonDateTime;
import org.bson.BsonDocument;
import org.bson.BsonInt32;
import org.bson.BsonString;
import org.bson.BsonValue;
import org.junit.jupiter.api.Test;

/** Every query that journals, checkpoints, trimming, sweeping and accounts ask has an index. */
class QueryPlanTest {
  private static final Origin ORIGIN = new Origin("test", "", "");

  @Test
  void noQueryScansACollection() {
    Faults calls = new Faults();
    TimeMachine time = new TimeMachine(calls);
    try (TestDatabase database = TestDatabase.open();
        Store store = Store.open(database.settings(), time)) {
      scenario(store);
      sweeping(store, time);
      Map<String, Call> kinds = new TreeMap<>();
      for (Call call : calls.take()) {
        if (call.query() != null && !call.collection().equals("schema")) {
          kinds.putIfAbsent(call + " " + shape(call.query().filter()), call);
        }
      }
      assertThat(kinds).hasSizeGreaterThanOrEqualTo(14);
      for (Map.Entry<String, Call> kind : kinds.entrySet()) {
        BsonDocument plan = explain(store, kind.getValue());
        Set<String> stages = new TreeSet<>();
        collect(plan, "stage", stages);
        Set<String> indexes = new TreeSet<>();
        collect(plan, "indexName", indexes);
        System.out.printf("%-90s %s %s%n", kind.getKey(), stages, indexes);
        assertThat(stages).as(kind.getKey()).doesNotContain("COLLSCAN", "SORT").isNotEmpty();
      }
    }
  }

  private static void scenario(Store store) {
    UserId user =
        store
            .accounts()
            .create(new NewAccount("ann", "ann@example.org", List.of(), "x", "", "", 0, Map.of()));
    store.accounts().byAddress("ann+x@example.org");
    store.accounts().byLogin("nobody");
    MailboxId inbox = store.mailboxes().current(user).mailbox(MailboxPath.INBOX).orElseThrow().id();
    store.mailboxes().current(user, Set.of(inbox));
    store
        .mailboxes()
        .commit(
            user,
            ORIGIN,
            new AddMessages(
                null,
                List.of(new AddMessages.Message(ContentId.random(), Flags.NONE, 1, 1)),
                "key"));
    store.mailboxes().commit(user, ORIGIN, new CreateMailbox(new MailboxPath("A"), Set.of(), 10));
    store.mailboxes().commit(user, ORIGIN, new DeleteMailbox(new MailboxPath("A")));
    store.upkeep().checkpoint(user);
    store.journals().forget(user);
    store
        .mailboxes()
        .commit(
            user,
            ORIGIN,
            new AddMessages(
                null,
                List.of(new AddMessages.Message(ContentId.random(), Flags.NONE, 1, 1)),
                "other"));
    store.upkeep().checkpoint(user); // without placements in memory
    store.journals().forget(user);
    store.mailboxes().current(user, Set.of(inbox));
    store.journals().since(user, 1, 10);
    Subscribers subscribers = new Subscribers();
    subscribers.subscribe(user, () -> {});
    subscribers.seen(user, 2);
    new CatchUps(store.journals(), subscribers, 500).round();
    store.journals().store().idAt(user, 2);
    store
        .journals()
        .store()
        .journal
        .updateAll(
            new BsonDocument("user", net.mailagent.store.mongo.Ids.bson(user)),
            new BsonDocument("$set", new BsonDocument("at", new BsonDateTime(0))));
    assertThat(store.upkeep().trim(user)).isPositive();
  }

  /** Something of everything that is swept, at every stage. */
  private static void sweeping(Store store, TimeMachine time) {
    UserId user = store.accounts().byLogin("ann").orElseThrow().id();
    UserId gone =
        store
            .accounts()
            .create(new NewAccount("bob", "bob@example.org", List.of(), "x", "", "", 0, Map.of()));
    for (UserId each : List.of(user, gone)) {
      try (Messages.Intake intake = store.messages().receive(1 << 20)) {
        byte[] message = ("Subject: x\r\n\r\n" + "x".repeat(50_000)).getBytes(US_ASCII);
        intake.write(ByteBuffer.wrap(message));
        store
            .messages()
            .deliver(
                intake.finish(), List.of(new Messages.Delivery(each, new byte[0], null)), ORIGIN);
      }
    }
    MailboxId inbox = store.mailboxes().current(user).mailbox(MailboxPath.INBOX).orElseThrow().id();
    UidSet all = UidSet.range(1, 1000);
    store
        .mailboxes()
        .commit(
            user,
            ORIGIN,
            new StoreFlags(
                inbox, all, FlagOperation.ADD, Flags.of("\\Deleted"), OptionalLong.empty()));
    store.mailboxes().commit(user, ORIGIN, new ExpungeMessages(inbox, Optional.empty()));
    store.accounts().delete(gone);
    for (int i = 0; i < 4; i++) {
      time.skip(Duration.ofDays(15), store);
      assertThat(store.sweeper().sweep()).isTrue();
    }
    assertThat(store.sweeper().counts().blobs()).isEqualTo(1);
    assertThat(store.sweeper().counts().users()).isEqualTo(1);
  }

  /** Fields and operators, without the values. */
  private static String shape(BsonDocument filter) {
    StringBuilder shape = new StringBuilder();
    filter.forEach((field, value) -> {
      shape.append(field).append(' ');
      if (value.isDocument()) {
        shape.append(value.asDocument().keySet()).append(' ');
      }
    });
    return shape.toString().trim();
  }

  private static BsonDocument explain(Store store, Call call) {
    Query query = call.query();
    BsonDocument find =
        new BsonDocument("find", new BsonString(call.collection()))
            .append("filter", query.filter());
    if (query.sort() != null) {
      find.append("sort", query.sort());
    }
    if (query.limit() > 0) {
      find.append("limit", new BsonInt32(query.limit()));
    }
    return Plans.explain(store.connection(), find, "queryPlanner")
        .getDocument("queryPlanner")
        .getDocument("winningPlan");
  }

  private static void collect(BsonValue from, String field, Set<String> values) {
    if (from.isDocument()) {
      from.asDocument()
          .forEach((name, value) -> {
            if (name.equals(field) && value.isString()) {
              values.add(value.asString().getValue());
            }
            collect(value, field, values);
          });
    } else if (from.isArray()) {
      from.asArray().forEach(value -> collect(value, field, values));
    }
  }
}
