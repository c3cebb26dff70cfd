package net.mailagent.store;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Random;
import java.util.Set;
import net.mailagent.model.FlagOperation;
import net.mailagent.model.Flags;
import net.mailagent.model.MailboxPath;
import net.mailagent.model.Origin;
import net.mailagent.model.Section;
import net.mailagent.model.UidSet;
import net.mailagent.model.UserId;
import net.mailagent.model.journal.MailboxState;
import net.mailagent.model.journal.StoreFlags;
import net.mailagent.model.port.Messages;
import net.mailagent.model.port.NewAccount;
import net.mailagent.model.search.SearchKey;
import net.mailagent.store.journal.Chores;
import net.mailagent.store.mongo.Call;
import net.mailagent.store.mongo.Documents;
import net.mailagent.store.mongo.IndexInstaller;
import net.mailagent.store.mongo.MongoConnection;
import net.mailagent.store.mongo.Query;
import org.bson.BsonArray;
import org.bson.BsonBinary;
import org.bson.BsonBoolean;
import org.bson.BsonDateTime;
import org.bson.BsonDocument;
import org.bson.BsonInt32;
import org.bson.BsonInt64;
import org.bson.BsonObjectId;
import org.bson.BsonString;
import org.bson.BsonValue;
import org.bson.types.ObjectId;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/**
 * Every query that the store makes is answered by an index, and costs the same however much other
 * users have: what it looks at does not grow, and its time at 100,000 documents is at most twice
 * that at 1,000. The queries are those that were recorded while the ports were used, and while a
 * node did all that it does by itself.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class QueryContractTest {
  private static final Origin ORIGIN = new Origin("imap", "test", "");
  private static final int SMALL = 1_000;
  private static final int LARGE = 100_000;
  private static final int RUNS = 40;

  private final Recorder recorder = new Recorder();
  private final Random random = new Random(1);
  private TestDatabase database;
  private MongoConnection connection;

  @BeforeAll
  void useThePorts() {
    database = TestDatabase.open();
    connection = database.connect();
    TimeMachine time = new TimeMachine(recorder);
    try (Store store = Store.open(database.settings(), time)) {
      use(store);
      Chores.run(store, time);
    }
    try (Store cold = Store.open(database.settings(), recorder)) {
      look(cold, cold.accounts().byLogin("alice").orElseThrow().id());
    }
  }

  @AfterAll
  void close() {
    connection.close();
    database.close();
  }

  private static void use(Store store) {
    UserId user =
        store
            .accounts()
            .create(
                new NewAccount("alice", "alice@x", List.of("a@x"), "$none$", "", "", 0, Map.of()));
    store.accounts().byAddress("alice+tag@x");
    for (int i = 0; i < 20; i++) {
      String attachment = // none, one of many chunks, one of a single chunk
          i % 3 == 0 ? "" : i % 3 == 1 ? "x".repeat(200_000) + i % 2 : "z".repeat(30_000) + i;
      Messages.Received received =
          receive(
              store,
              "From: bob"
                  + i
                  + "@x\r\nSubject: mail "
                  + i
                  + "\r\nMessage-ID: <"
                  + i
                  + "@x>\r\nDate: Mon, 3 Mar 2025 10:00:00 +0000\r\n\r\nsome text "
                  + attachment
                  + "\r\n");
      store
          .messages()
          .deliver(received, List.of(new Messages.Delivery(user, new byte[0], "key" + i)), ORIGIN);
      store
          .messages()
          .deliver(received, List.of(new Messages.Delivery(user, new byte[0], "key" + i)), ORIGIN);
    }
    long length = 2_000_000; // longer than a batch, and known at its end: its upload is dropped
    for (int i = 0; i < 2; i++) {
      receive(store, "Subject: long\r\n\r\n" + "y".repeat((int) length));
    }
    MailboxState inbox = inbox(store, user);
    store
        .mailboxes()
        .commit(
            user,
            ORIGIN,
            new StoreFlags(
                inbox.id(),
                UidSet.range(1, 10),
                FlagOperation.ADD,
                Flags.of("\\Seen"),
                OptionalLong.empty()));
    store.changes().since(user, 0, 100);
    store.upkeep().checkpoint(user);
    store.upkeep().trim(user);
    look(store, user);
  }

  private static Messages.Received receive(Store store, String text) {
    try (Messages.Intake intake = store.messages().receive(Long.MAX_VALUE)) {
      intake.write(ByteBuffer.wrap(text.getBytes(ISO_8859_1)));
      return intake.finish();
    }
  }

  private static MailboxState inbox(Store store, UserId user) {
    MailboxState inbox = store.mailboxes().current(user).mailbox(MailboxPath.INBOX).orElseThrow();
    return store.mailboxes().current(user, Set.of(inbox.id())).mailbox(inbox.id()).orElseThrow();
  }

  private static void look(Store store, UserId user) {
    store.accounts().byId(user);
    store.accounts().byLogin("alice");
    MailboxState inbox = inbox(store, user);
    store
        .messages()
        .read(
            user,
            inbox.messages().rows(inbox.messages().uids()).stream().map(r -> r.content()).toList(),
            Set.of(Messages.Field.values()),
            message -> {
              message.envelope();
              try (var source = message.open(Section.WHOLE).orElseThrow()) {
                while (source.next() != null) {}
              }
            });
    SearchKey bob = new SearchKey.Header("from", "bob");
    SearchKey text = new SearchKey.Body("some");
    LocalDate day = LocalDate.of(2025, 3, 3);
    for (SearchKey key :
        List.of(
            bob,
            text,
            new SearchKey.Text("mail"),
            new SearchKey.Body("some text"),
            new SearchKey.Text("some text"),
            new SearchKey.Not(bob),
            new SearchKey.And(List.of(bob, new SearchKey.Not(text))),
            new SearchKey.Or(bob, text),
            new SearchKey.Header("Message-ID", "<3@x>"),
            new SearchKey.Header("X-None", ""),
            new SearchKey.InThread("0123456789abcdef01234567"),
            new SearchKey.On(SearchKey.DateOf.SENT, day),
            new SearchKey.Since(SearchKey.DateOf.SENT, day),
            new SearchKey.Before(SearchKey.DateOf.SENT, day))) {
      store.search().search(user, inbox, key);
    }
    var sliced = // as in a mailbox too large for one query: found by index alone
        new net.mailagent.store.search.MailboxSearch(
            store.connection(),
            ((net.mailagent.store.content.MessageStore) store.messages()).reader(),
            new net.mailagent.store.search.SearchSettings(
                2, 2, 100, 8, net.mailagent.mime.MimeLimits.standard()),
            java.time.InstantSource.system());
    sliced.search(user, inbox, new SearchKey.Header("Message-ID", "<3@x>"));
    sliced.search(user, inbox, new SearchKey.InThread("0123456789abcdef01234567"));
    sliced.search(user, inbox, new SearchKey.On(SearchKey.DateOf.SENT, day));
  }

  /** What explain says of one query. */
  private record Cost(Set<String> stages, long keys, long documents) {}

  @Test
  void everyQueryUsesAnIndexAndCostsTheSameAmongOtherUsersDocuments() {
    Map<String, Call> queries = recorder.queries();
    assertThat(queries).hasSizeGreaterThan(30);
    Map<String, List<BsonDocument>> samples = samples();
    fill(samples, 0, SMALL);
    Map<String, Cost> before = costs(queries);
    Map<String, Double> timesBefore = times(queries);
    fill(samples, SMALL, LARGE);
    Map<String, Cost> after = costs(queries);
    Map<String, Double> times = times(queries);
    System.out.printf("%10s %10s %8s %8s  %s%n", "p50 1k", "p50 100k", "keys", "docs", "query");
    List<String> wrong = new ArrayList<>();
    queries.forEach((shape, call) -> {
      Cost cost = after.get(shape);
      double small = timesBefore.get(shape);
      double large = times.get(shape);
      System.out.printf(
          "%7.3f ms %7.3f ms %8d %8d  %s%n", small, large, cost.keys(), cost.documents(), shape);
      if (cost.stages().contains("COLLSCAN") || cost.stages().contains("SORT")) {
        wrong.add("scans or sorts: " + shape);
      }
      if (cost.keys() + cost.documents()
          > before.get(shape).keys() + before.get(shape).documents() + 2) {
        wrong.add("looks at more: " + shape + " " + before.get(shape) + " " + cost);
      }
      if (large > 2 * small + 0.3) { // what the clock and other processes add
        wrong.add("takes longer: " + shape + " " + small + " " + large);
      }
    });
    assertThat(wrong).isEmpty();
  }

  private Map<String, Cost> costs(Map<String, Call> queries) {
    Map<String, Cost> costs = new HashMap<>();
    queries.forEach((shape, call) -> costs.put(shape, cost(call)));
    return costs;
  }

  private Cost cost(Call call) {
    Query query = call.query();
    BsonDocument find =
        new BsonDocument("find", new BsonString(call.collection()))
            .append("filter", query.filter());
    if (query.projection() != null) {
      find.append("projection", query.projection());
    }
    if (query.sort() != null) {
      find.append("sort", query.sort());
    }
    if (query.limit() > 0) {
      find.append("limit", new BsonInt32(query.limit()));
    }
    BsonDocument explained = Plans.explain(connection, find, "executionStats");
    Set<String> stages = new LinkedHashSet<>();
    stages(explained.get("queryPlanner"), stages);
    assertThat(stages).as("%s", explained).isNotEmpty();
    BsonDocument run = explained.getDocument("executionStats");
    return new Cost(
        stages,
        run.getNumber("totalKeysExamined").longValue(),
        run.getNumber("totalDocsExamined").longValue());
  }

  private static void stages(BsonValue value, Set<String> stages) {
    switch (value) {
      case BsonDocument document -> {
        if (document.containsKey("stage")) {
          stages.add(document.getString("stage").getValue());
        }
        document.values().forEach(inner -> stages(inner, stages));
      }
      case BsonArray array -> array.forEach(inner -> stages(inner, stages));
      default -> {}
    }
  }

  /** Medians in milliseconds; the best of three rounds, since others use the machine too. */
  private Map<String, Double> times(Map<String, Call> queries) {
    Map<String, Double> medians = new HashMap<>();
    for (int round = 0; round < 3; round++) {
      queries.forEach((shape, call) -> medians.merge(shape, median(call), Math::min));
    }
    return medians;
  }

  private double median(Call call) {
    Documents documents = connection.documents(call.collection());
    long[] nanos = new long[RUNS];
    for (int i = 0; i < RUNS; i++) {
      long began = System.nanoTime();
      documents.find(call.query(), 1_000);
      nanos[i] = System.nanoTime() - began;
    }
    Arrays.sort(nanos);
    return nanos[RUNS / 2] / 1e6;
  }

  /** Some documents of each collection, to make others like them. */
  private Map<String, List<BsonDocument>> samples() {
    Map<String, List<BsonDocument>> samples = new HashMap<>();
    for (BsonDocument description : IndexInstaller.descriptions()) {
      String name = description.getString("collection").getValue();
      List<BsonDocument> found =
          connection.documents(name).find(Query.of(new BsonDocument()), 4).stream()
              .map(document -> small(document))
              .toList();
      if (!found.isEmpty() && !name.equals("schema")) {
        samples.put(name, found);
      }
    }
    return samples;
  }

  /** A document without what makes it long: no query but those by id ever looks there. */
  private static BsonDocument small(BsonDocument document) {
    BsonDocument small = new BsonDocument();
    document.forEach((name, value) -> small.append(name, small(value)));
    return small;
  }

  private static BsonValue small(BsonValue value) {
    return switch (value) {
      case BsonBinary binary when binary.getData().length > 100 -> new BsonBinary(new byte[8]);
      case BsonString text when text.getValue().length() > 60 ->
          new BsonString(text.getValue().substring(0, 60));
      case BsonArray array when array.size() > 2 -> new BsonArray(array.subList(0, 2));
      default -> value;
    };
  }

  private void fill(Map<String, List<BsonDocument>> samples, int from, int to) {
    samples.forEach((name, some) -> {
      Set<String> keys = keys(name);
      Documents documents = connection.documents(name);
      List<BsonDocument> bulk = new ArrayList<>();
      for (int i = from; i < to; i++) {
        BsonDocument copy = new BsonDocument();
        some.get(i % some.size())
            .forEach(
                (field, value) -> copy.append(field, keys.contains(field) ? other(value) : value));
        bulk.add(copy);
        if (bulk.size() == 2_000 || i == to - 1) {
          assertThat(documents.insertEach(bulk)).isEmpty();
          bulk.clear();
        }
      }
    });
  }

  private static Set<String> keys(String collection) {
    Set<String> keys = new LinkedHashSet<>(Set.of("_id"));
    for (BsonDocument description : IndexInstaller.descriptions()) {
      if (description.getString("collection").getValue().equals(collection)) {
        for (BsonValue index : description.getArray("indexes", new BsonArray())) {
          keys.addAll(index.asDocument().getDocument("key").keySet());
        }
      }
    }
    return keys;
  }

  /** Another value of the same type. */
  private BsonValue other(BsonValue value) {
    byte[] octets = new byte[12];
    random.nextBytes(octets);
    return switch (value.getBsonType()) {
      case OBJECT_ID -> new BsonObjectId(new ObjectId(octets));
      case STRING -> new BsonString(new ObjectId(octets).toHexString());
      case INT32 -> new BsonInt32(random.nextInt(1 << 30));
      case INT64 -> new BsonInt64(random.nextInt(1 << 30));
      case DATE_TIME -> new BsonDateTime(random.nextLong(1L << 40));
      case BINARY -> new BsonBinary(value.asBinary().getType(), octets);
      case ARRAY -> new BsonArray(value.asArray().stream().map(this::other).toList());
      case BOOLEAN -> BsonBoolean.TRUE;
      default -> value;
    };
  }
}
