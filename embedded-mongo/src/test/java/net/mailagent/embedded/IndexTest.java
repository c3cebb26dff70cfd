package net.mailagent.embedded;

import static net.mailagent.embedded.Client.all;
import static net.mailagent.embedded.Client.get;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.mongodb.MongoCommandException;
import com.mongodb.MongoException;
import com.mongodb.MongoWriteException;
import com.mongodb.client.model.Filters;
import com.mongodb.client.model.IndexOptions;
import com.mongodb.client.model.Indexes;
import com.mongodb.client.model.Sorts;
import com.mongodb.client.model.Updates;
import com.mongodb.reactivestreams.client.MongoCollection;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.bson.Document;
import org.bson.conversions.Bson;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** Which index runs a query, what it looks at, and what indexes refuse. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@SuppressWarnings("NullAway.Init")
class IndexTest {
  private EmbeddedMongo engine;
  private Client client;
  private String name;
  private MongoCollection<Document> collection;

  @BeforeAll
  void start(@TempDir Path directory) {
    engine = EmbeddedMongo.start(EmbeddedMongoSettings.in(directory));
    client = new Client(engine.url());
  }

  @AfterAll
  void stop() {
    client.close();
    engine.close();
  }

  @BeforeEach
  void collection(TestInfo test) {
    name = test.getTestMethod().orElseThrow().getName();
    collection = client.collection(name);
  }

  private void fill(int users, int each) {
    List<Document> docs = new ArrayList<>();
    for (int u = 0; u < users; u++) {
      for (int i = 0; i < each; i++) {
        docs.add(
            new Document("user", "u" + u)
                .append("seq", i)
                .append("size", i * 7 % each)
                .append("tags", List.of("t" + i % 4, "all"))
                .append("subject", "subject " + i));
      }
    }
    get(collection.insertMany(docs));
  }

  private Document explain(Bson filter, Bson sort) {
    return client.explainFind(
        name,
        Document.parse(filter.toBsonDocument().toJson()),
        Document.parse(sort.toBsonDocument().toJson()));
  }

  private static Document winning(Document explained) {
    return explained.get("queryPlanner", Document.class).get("winningPlan", Document.class);
  }

  /** The stages of a plan from the outside in. */
  private static List<String> stages(Document explained) {
    List<String> stages = new ArrayList<>();
    for (Document at = winning(explained); at != null; at = at.get("inputStage", Document.class)) {
      stages.add(at.getString("stage"));
    }
    return stages;
  }

  private static String indexName(Document explained) {
    Document at = winning(explained);
    while (at.get("inputStage") != null) {
      at = at.get("inputStage", Document.class);
    }
    return at.getString("indexName");
  }

  private static int examined(Document explained) {
    return explained.get("executionStats", Document.class).getInteger("totalDocsExamined");
  }

  @Test
  void anEqualityPrefixThenARangeInOrderNeedsNoSort() {
    fill(10, 50);
    get(collection.createIndex(Indexes.ascending("user", "seq")));
    Bson filter = Filters.and(Filters.eq("user", "u3"), Filters.gte("seq", 40));

    Document explained = explain(filter, Sorts.descending("seq"));

    assertThat(stages(explained)).containsExactly("FETCH", "IXSCAN");
    assertThat(indexName(explained)).isEqualTo("user_1_seq_1");
    assertThat(examined(explained)).isEqualTo(10);
    assertThat(all(collection.find(filter).sort(Sorts.descending("seq"))))
        .extracting(doc -> doc.getInteger("seq"))
        .containsExactly(49, 48, 47, 46, 45, 44, 43, 42, 41, 40);
  }

  @Test
  void theLongestEqualityPrefixWinsThenTheRangeThenTheOrder() {
    fill(3, 20);
    get(collection.createIndex(Indexes.ascending("user")));
    get(collection.createIndex(Indexes.ascending("user", "size")));
    get(collection.createIndex(Indexes.ascending("user", "seq")));
    Bson user = Filters.eq("user", "u1");

    assertThat(indexName(explain(user, Sorts.ascending("seq")))).isEqualTo("user_1_seq_1");
    assertThat(indexName(explain(user, new Document()))).isEqualTo("user_1");
    assertThat(indexName(explain(Filters.and(user, Filters.gt("size", 3)), Sorts.ascending("seq"))))
        .isEqualTo("user_1_size_1");
    assertThat(indexName(explain(Filters.and(user, Filters.eq("seq", 3)), Sorts.ascending("size"))))
        .isEqualTo("user_1_seq_1");
  }

  @Test
  void valuesOfAnInAreSoughtOneByOneAndMergedInOrder() {
    fill(20, 30);
    get(collection.createIndex(Indexes.ascending("user", "seq")));
    Bson filter = Filters.in("user", "u2", "u17", "u9", "nobody");

    Document explained = explain(filter, Sorts.ascending("seq"));

    assertThat(stages(explained)).containsExactly("FETCH", "SORT_MERGE");
    assertThat(examined(explained)).isEqualTo(90);
    assertThat(all(collection.find(filter).sort(Sorts.ascending("seq")).limit(6)))
        .extracting(doc -> doc.getInteger("seq"))
        .containsExactly(0, 0, 0, 1, 1, 1);
    assertThat(
            examined(
                explain(
                    Filters.and(Filters.eq("user", "u1"), Filters.in("seq", 3, 5, 29)),
                    new Document())))
        .isEqualTo(3);
  }

  @Test
  void branchesOfAnOrEachUseAnIndex() {
    fill(10, 30);
    get(collection.createIndex(Indexes.ascending("user", "seq")));
    get(collection.createIndex(Indexes.ascending("subject")));
    Bson filter =
        Filters.or(
            Filters.and(Filters.eq("user", "u1"), Filters.lt("seq", 2)),
            Filters.eq("subject", "subject 1"));

    assertThat(stages(explain(filter, new Document()))).containsExactly("FETCH", "OR");
    assertThat(all(collection.find(filter))).hasSize(11);
    assertThat(get(collection.countDocuments(filter))).isEqualTo(11);
  }

  @Test
  void theIdIsAnIndexToo() {
    for (int i = 0; i < 20; i++) {
      get(collection.insertOne(new Document("_id", i)));
    }
    assertThat(stages(explain(Filters.eq("_id", 7), new Document()))).containsExactly("IDHACK");
    assertThat(all(collection.find(Filters.gt("_id", 16)).sort(Sorts.descending("_id"))))
        .extracting(doc -> doc.getInteger("_id"))
        .containsExactly(19, 18, 17);
    assertThat(examined(explain(Filters.gt("_id", 16), Sorts.descending("_id")))).isEqualTo(3);
    assertThat(stages(explain(new Document(), Sorts.ascending("_id"))))
        .doesNotContain("SORT", "COLLSCAN");
  }

  @Test
  void anArrayHasAnEntryForEachElement() {
    fill(2, 20);
    get(collection.createIndex(Indexes.ascending("user", "tags")));
    Bson filter = Filters.and(Filters.eq("user", "u1"), Filters.eq("tags", "t3"));

    assertThat(examined(explain(filter, new Document()))).isEqualTo(5);
    assertThat(all(collection.find(filter))).hasSize(5);
    assertThat(all(collection.find(Filters.and(Filters.eq("user", "u1"), Filters.gt("tags", "")))))
        .hasSize(20);
    get(collection.updateOne(Filters.and(filter), Updates.pull("tags", "t3")));
    assertThat(all(collection.find(filter))).hasSize(4);
  }

  @Test
  void twoRangesOnAnArrayMayBeMetByDifferentElements() {
    get(collection.insertOne(new Document("a", List.of(3, 12))));
    get(collection.createIndex(Indexes.ascending("a")));

    assertThat(all(collection.find(Filters.and(Filters.gt("a", 5), Filters.lt("a", 10)))))
        .hasSize(1);
    assertThat(
            all(collection.find(Filters.elemMatch("a", new Document("$gt", 5).append("$lt", 10)))))
        .isEmpty();
  }

  @Test
  void fieldsOfOneArrayAreNotCombinedAcrossElements() {
    get(
        collection.insertOne(
            new Document("p", List.of(new Document("a", 1).append("b", 9), new Document("a", 2)))));
    get(collection.insertOne(new Document("p", List.of(new Document("a", 1).append("b", 2)))));
    get(collection.createIndex(Indexes.ascending("p.a", "p.b")));

    assertThat(all(collection.find(Filters.and(Filters.eq("p.a", 2), Filters.eq("p.b", 9)))))
        .hasSize(1);
    Bson together = Filters.elemMatch("p", Filters.and(Filters.eq("a", 1), Filters.eq("b", 2)));
    assertThat(all(collection.find(together))).hasSize(1);
    assertThat(examined(explain(together, new Document()))).isEqualTo(1);
  }

  @Test
  void parallelArraysAreRefusedWithMongoDbsCode() {
    get(collection.createIndex(Indexes.ascending("a", "b")));
    assertThatThrownBy(() ->
            get(collection.insertOne(new Document("a", List.of(1, 2)).append("b", List.of(3)))))
        .isInstanceOfSatisfying(
            MongoWriteException.class, e -> assertThat(e.getError().getCode()).isEqualTo(171));
    assertThat(get(collection.countDocuments())).isZero();
  }

  @Test
  void aRegexIsTriedOnTheEqualityPrefixOnly() {
    fill(10, 30);
    get(collection.createIndex(Indexes.ascending("user", "seq")));
    get(collection.createIndex(Indexes.ascending("subject")));
    Bson within = Filters.and(Filters.eq("user", "u4"), Filters.regex("subject", "ECT 1.$", "i"));

    assertThat(examined(explain(within, new Document()))).isEqualTo(30);
    assertThat(all(collection.find(within))).hasSize(10);
    Document anchored = explain(Filters.regex("subject", "^subject 2"), new Document());
    assertThat(indexName(anchored)).isEqualTo("subject_1");
    assertThat(examined(anchored)).isEqualTo(110);
  }

  @Test
  void missingFieldsAreNullInAnIndexAndUniqueToo() {
    get(collection.createIndex(Indexes.ascending("a"), new IndexOptions().unique(true)));
    get(collection.insertOne(new Document("x", 1)));

    assertThatThrownBy(() -> get(collection.insertOne(new Document("x", 2))))
        .isInstanceOfSatisfying(
            MongoWriteException.class,
            e ->
                assertThat(e.getError().getMessage())
                    .isEqualTo(
                        "E11000 duplicate key error collection: test."
                            + name
                            + " index: a_1 dup key: { a: null }"));
    assertThat(all(collection.find(new Document("a", null)))).hasSize(1);
    assertThat(examined(explain(new Document("a", null), new Document()))).isEqualTo(1);
  }

  @Test
  void uniqueHoldsAcrossNumericTypesUpdatesAndArrays() {
    get(collection.createIndex(Indexes.ascending("a"), new IndexOptions().unique(true)));
    get(collection.insertOne(new Document("_id", 1).append("a", 1)));
    get(collection.insertOne(new Document("_id", 2).append("a", List.of(5, 6, 6))));

    assertDuplicate(() -> get(collection.insertOne(new Document("a", 1.0))));
    assertDuplicate(() -> get(collection.insertOne(new Document("a", List.of(7, 5)))));
    assertDuplicate(() -> get(collection.updateOne(Filters.eq("_id", 2), Updates.set("a", 1L))));
    get(collection.updateOne(Filters.eq("_id", 2), Updates.set("a", 2)));
    get(collection.insertOne(new Document("a", 6)));
  }

  private static void assertDuplicate(Runnable write) {
    assertThatThrownBy(write::run)
        .isInstanceOfSatisfying(
            MongoWriteException.class, e -> assertThat(e.getError().getCode()).isEqualTo(11000));
  }

  @Test
  void anIndexOverDuplicatesIsNotBuilt() {
    fill(2, 3);
    assertThatThrownBy(() ->
            get(collection.createIndex(Indexes.ascending("seq"), new IndexOptions().unique(true))))
        .isInstanceOfSatisfying(
            MongoException.class, e -> assertThat(e.getCode()).isEqualTo(11000));
    assertThat(all(collection.listIndexes())).hasSize(1);
    assertThat(get(collection.countDocuments())).isEqualTo(6);
  }

  @Test
  void aSparseIndexIsUsedOnlyWhereNothingIsMissed() {
    get(collection.insertOne(new Document("_id", 1).append("a", 1)));
    get(collection.insertOne(new Document("_id", 2)));
    get(collection.createIndex(Indexes.ascending("a"), new IndexOptions().sparse(true)));

    assertThat(all(collection.find().sort(Sorts.ascending("a")))).hasSize(2);
    assertThat(all(collection.find(new Document("a", null)))).hasSize(1);
    assertThat(indexName(explain(Filters.eq("a", 1), new Document()))).isEqualTo("a_1");
  }

  @Test
  void listsDropsAndRefusesIndexes() {
    get(
        collection.createIndex(
            Indexes.compoundIndex(Indexes.ascending("a"), Indexes.descending("b"))));
    assertThat(get(collection.createIndex(Indexes.ascending("c")))).isEqualTo("c_1");
    assertThat(get(collection.createIndex(Indexes.ascending("c")))).isEqualTo("c_1");
    assertThat(all(collection.listIndexes()))
        .extracting(index -> index.getString("name"))
        .containsExactly("_id_", "a_1_b_-1", "c_1");
    Client.getOrNull(collection.dropIndex("c_1"));
    assertThat(all(collection.listIndexes())).hasSize(2);
    assertRefused(67, () -> get(collection.createIndex(Indexes.text("a"))));
    assertRefused(
        67,
        () ->
            get(
                collection.createIndex(
                    Indexes.ascending("z"),
                    new IndexOptions().partialFilterExpression(new Document("z", 1)))));
    assertRefused(
        85,
        () ->
            get(
                collection.createIndex(
                    Indexes.compoundIndex(Indexes.ascending("a"), Indexes.descending("b")),
                    new IndexOptions().name("other"))));
    assertRefused(27, () -> Client.getOrNull(collection.dropIndex("unknown")));
    Client.getOrNull(collection.dropIndexes());
    assertThat(all(collection.listIndexes())).hasSize(1);
  }

  private static void assertRefused(int code, Runnable action) {
    assertThatThrownBy(action::run)
        .isInstanceOfSatisfying(
            MongoCommandException.class, e -> assertThat(e.getErrorCode()).isEqualTo(code));
  }

  @Test
  void explainsEveryCommandThatTakesAQuery() {
    fill(3, 10);
    get(collection.createIndex(Indexes.ascending("user", "seq")));
    Document query = new Document("user", "u1").append("seq", 3);
    Document set = new Document("$set", new Document("x", 1));
    List<Document> commands =
        List.of(
            new Document("find", name).append("filter", query),
            new Document("count", name).append("query", query),
            new Document("distinct", name).append("key", "seq").append("query", query),
            new Document("update", name)
                .append("updates", List.of(new Document("q", query).append("u", set))),
            new Document("delete", name)
                .append("deletes", List.of(new Document("q", query).append("limit", 1))),
            new Document("findAndModify", name).append("query", query).append("update", set),
            new Document("aggregate", name)
                .append("pipeline", List.of(new Document("$match", query)))
                .append("cursor", new Document()));
    for (Document command : commands) {
      Document explained =
          client.command(new Document("explain", command).append("verbosity", "executionStats"));

      assertThat(indexName(explained)).as("%s", command).isEqualTo("user_1_seq_1");
      assertThat(examined(explained)).as("%s", command).isEqualTo(1);
    }
    assertThat(get(collection.countDocuments(Filters.exists("x")))).isZero();
    assertThat(stages(explain(Filters.eq("size", 3), Sorts.ascending("size"))))
        .containsExactly("SORT", "COLLSCAN");
  }
}
