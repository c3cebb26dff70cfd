package net.mailagent.embedded;

import static net.mailagent.embedded.Client.all;
import static net.mailagent.embedded.Client.get;
import static net.mailagent.embedded.Client.getOrNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.mongodb.MongoBulkWriteException;
import com.mongodb.MongoCommandException;
import com.mongodb.MongoWriteException;
import com.mongodb.ReadConcern;
import com.mongodb.WriteConcern;
import com.mongodb.bulk.BulkWriteResult;
import com.mongodb.client.model.Accumulators;
import com.mongodb.client.model.Aggregates;
import com.mongodb.client.model.DeleteOneModel;
import com.mongodb.client.model.Filters;
import com.mongodb.client.model.FindOneAndUpdateOptions;
import com.mongodb.client.model.InsertManyOptions;
import com.mongodb.client.model.InsertOneModel;
import com.mongodb.client.model.Projections;
import com.mongodb.client.model.ReplaceOneModel;
import com.mongodb.client.model.ReplaceOptions;
import com.mongodb.client.model.ReturnDocument;
import com.mongodb.client.model.Sorts;
import com.mongodb.client.model.UpdateOneModel;
import com.mongodb.client.model.UpdateOptions;
import com.mongodb.client.model.Updates;
import com.mongodb.client.result.UpdateResult;
import com.mongodb.reactivestreams.client.MongoCollection;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Date;
import java.util.List;
import org.bson.BsonBinary;
import org.bson.Document;
import org.bson.conversions.Bson;
import org.bson.types.Binary;
import org.bson.types.Decimal128;
import org.bson.types.ObjectId;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** What the driver sends for the operations the store uses, and what comes back. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@SuppressWarnings("NullAway.Init")
class CommandsTest {
  private EmbeddedMongo engine;
  private Client client;
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
    collection =
        client
            .collection(test.getTestMethod().orElseThrow().getName())
            .withReadConcern(ReadConcern.MAJORITY)
            .withWriteConcern(WriteConcern.MAJORITY);
  }

  private Document one(Bson filter) {
    return get(collection.find(filter).first());
  }

  @Test
  void everyTypeComesBackAsItWent() {
    Document everything =
        new Document("_id", new ObjectId())
            .append("double", 1.5)
            .append("string", "gr\u00fc\u00df \uD83D\uDE00 \u0000.")
            .append("nested", new Document("a", List.of(1, "x", new Document("y", null))))
            .append("binary", new Binary(new byte[] {1, 2, 3}))
            .append("digest", new Binary((byte) 5, new byte[16]))
            .append("own", new Binary((byte) 0x80, new byte[] {9}))
            .append("date", new Date(-1))
            .append("int", 7)
            .append("long", Long.MAX_VALUE)
            .append("decimal", Decimal128.parse("1.10"));
    get(collection.insertOne(everything));
    assertThat(one(Filters.eq("_id", everything.get("_id")))).isEqualTo(everything);

    get(collection.updateOne(new Document(), Updates.set("more", 1)));

    assertThat(one(new Document())).isEqualTo(new Document(everything).append("more", 1));
    assertThat(all(collection.find(Filters.eq("own", new BsonBinary((byte) 0x80, new byte[] {9})))))
        .hasSize(1);
  }

  @Test
  void updatesFieldsByEveryOperator() {
    get(
        collection.insertOne(
            new Document("_id", 1)
                .append("n", 5)
                .append("list", List.of(1, 2))
                .append("gone", true)
                .append("deep", new Document("x", 1))));
    UpdateResult result =
        get(
            collection.updateOne(
                Filters.eq("_id", 1),
                Updates.combine(
                    Updates.set("deep.y", 2),
                    Updates.unset("gone"),
                    Updates.inc("n", 3L),
                    Updates.max("top", 9),
                    Updates.min("n2", 4),
                    Updates.push("list", 3),
                    Updates.addToSet("set", "a"),
                    Updates.setOnInsert("never", 1))));

    assertThat(result.getModifiedCount()).isEqualTo(1);
    assertThat(one(new Document()))
        .isEqualTo(
            new Document("_id", 1)
                .append("n", 8L)
                .append("list", List.of(1, 2, 3))
                .append("deep", new Document("x", 1).append("y", 2))
                .append("top", 9)
                .append("n2", 4)
                .append("set", List.of("a")));
    get(collection.updateOne(new Document(), Updates.pullByFilter(Filters.gt("list", 1))));
    get(collection.updateOne(new Document(), Updates.max("top", 3)));
    assertThat(one(new Document()).getList("list", Integer.class)).containsExactly(1);
    assertThat(one(new Document()).getInteger("top")).isEqualTo(9);
    UpdateResult same = get(collection.updateOne(new Document(), Updates.set("top", 9)));
    assertThat(same.getMatchedCount()).isEqualTo(1);
    assertThat(same.getModifiedCount()).isZero();
  }

  @Test
  void upsertsAndReplacesAndCountsThem() {
    UpdateOptions upsert = new UpdateOptions().upsert(true);
    UpdateResult made =
        get(
            collection.updateOne(
                Filters.and(Filters.eq("user", "u"), Filters.gt("x", 1)),
                Updates.combine(Updates.set("v", 1), Updates.setOnInsert("w", 2)),
                upsert));
    assertThat(made.getUpsertedId()).isNotNull();
    assertThat(made.getMatchedCount()).isZero();
    Document doc = one(Filters.eq("user", "u"));
    assertThat(doc).containsEntry("v", 1).containsEntry("w", 2).doesNotContainKey("x");

    get(collection.replaceOne(Filters.eq("user", "u"), new Document("user", "r")));
    assertThat(one(new Document()))
        .isEqualTo(new Document("_id", doc.get("_id")).append("user", "r"));
    get(
        collection.replaceOne(
            Filters.eq("_id", "given"),
            new Document("user", "s"),
            new ReplaceOptions().upsert(true)));
    assertThat(one(Filters.eq("_id", "given")).getString("user")).isEqualTo("s");
    assertThatThrownBy(() ->
            get(collection.replaceOne(Filters.eq("_id", "given"), new Document("_id", "new"))))
        .isInstanceOfSatisfying(
            MongoWriteException.class, e -> assertThat(e.getError().getCode()).isEqualTo(66));
    assertThat(get(collection.updateMany(new Document(), Updates.set("z", 1))).getModifiedCount())
        .isEqualTo(2);
    assertThat(get(collection.deleteMany(Filters.eq("z", 1))).getDeletedCount()).isEqualTo(2);
  }

  @Test
  void findsAndModifies() {
    for (int i = 0; i < 5; i++) {
      get(collection.insertOne(new Document("_id", i).append("state", "new")));
    }
    Document before =
        get(
            collection.findOneAndUpdate(
                Filters.eq("state", "new"),
                Updates.set("state", "taken"),
                new FindOneAndUpdateOptions().sort(Sorts.descending("_id"))));
    Document after =
        get(
            collection.findOneAndUpdate(
                Filters.eq("state", "new"),
                Updates.inc("n", 1),
                new FindOneAndUpdateOptions()
                    .sort(Sorts.descending("_id"))
                    .returnDocument(ReturnDocument.AFTER)
                    .projection(Projections.include("n"))));

    assertThat(before).isEqualTo(new Document("_id", 4).append("state", "new"));
    assertThat(after).isEqualTo(new Document("_id", 3).append("n", 1));
    assertThat(getOrNull(collection.findOneAndDelete(Filters.eq("_id", 99)))).isNull();
    assertThat(get(collection.findOneAndDelete(Filters.eq("_id", 4))).get("_id")).isEqualTo(4);
    Document upserted =
        get(
            collection.findOneAndUpdate(
                Filters.eq("_id", "counter"),
                Updates.inc("n", 1),
                new FindOneAndUpdateOptions().upsert(true).returnDocument(ReturnDocument.AFTER)));
    assertThat(upserted).isEqualTo(new Document("_id", "counter").append("n", 1));
  }

  @Test
  void aFailedDocumentOfManyIsToldByItsIndex() {
    get(collection.insertOne(new Document("_id", 2)));
    List<Document> docs = new ArrayList<>();
    for (int i = 0; i < 5; i++) {
      docs.add(new Document("_id", i));
    }
    assertThatThrownBy(() -> get(collection.insertMany(docs)))
        .isInstanceOfSatisfying(
            MongoBulkWriteException.class,
            e -> {
              assertThat(e.getWriteErrors()).hasSize(1);
              assertThat(e.getWriteErrors().getFirst().getIndex()).isEqualTo(2);
              assertThat(e.getWriteErrors().getFirst().getCode()).isEqualTo(11000);
              assertThat(e.getWriteResult().getInsertedCount()).isEqualTo(2);
            });
    assertThat(get(collection.countDocuments())).isEqualTo(3);
    assertThatThrownBy(
            () -> get(collection.insertMany(docs, new InsertManyOptions().ordered(false))))
        .isInstanceOfSatisfying(
            MongoBulkWriteException.class, e -> assertThat(e.getWriteErrors()).hasSize(3));
    assertThat(get(collection.countDocuments())).isEqualTo(5);
  }

  @Test
  void writesInBulk() {
    BulkWriteResult result =
        get(
            collection.bulkWrite(
                List.of(
                    new InsertOneModel<>(new Document("_id", 1)),
                    new InsertOneModel<>(new Document("_id", 2)),
                    new UpdateOneModel<>(Filters.eq("_id", 1), Updates.set("a", 1)),
                    new UpdateOneModel<>(
                        Filters.eq("_id", 3),
                        Updates.set("a", 3),
                        new UpdateOptions().upsert(true)),
                    new ReplaceOneModel<>(Filters.eq("_id", 2), new Document("b", 2)),
                    new DeleteOneModel<>(Filters.eq("_id", 1)))));

    assertThat(result.getInsertedCount()).isEqualTo(2);
    assertThat(result.getModifiedCount()).isEqualTo(2);
    assertThat(result.getUpserts()).hasSize(1);
    assertThat(result.getDeletedCount()).isEqualTo(1);
    assertThat(all(collection.find().sort(Sorts.ascending("_id"))))
        .containsExactly(
            new Document("_id", 2).append("b", 2), new Document("_id", 3).append("a", 3));
  }

  @Test
  void projectsNestedFields() {
    get(
        collection.insertOne(
            new Document("_id", 1)
                .append("a", new Document("b", 1).append("c", 2))
                .append("list", List.of(new Document("x", 1).append("y", 2), 5))
                .append("z", 9)));
    assertThat(project(Projections.include("a.b", "list.x", "none")))
        .isEqualTo(
            new Document("_id", 1)
                .append("a", new Document("b", 1))
                .append("list", List.of(new Document("x", 1))));
    assertThat(project(Projections.exclude("a.b", "list.x", "z")))
        .isEqualTo(
            new Document("_id", 1)
                .append("a", new Document("c", 2))
                .append("list", List.of(new Document("y", 2), 5)));
    assertThat(project(Projections.fields(Projections.include("z"), Projections.excludeId())))
        .isEqualTo(new Document("z", 9));
    assertThat(project(Projections.include("_id"))).isEqualTo(new Document("_id", 1));
  }

  private Document project(Bson projection) {
    return get(collection.find().projection(projection).first());
  }

  @Test
  void queriesByEveryOperator() {
    get(
        collection.insertMany(
            List.of(
                new Document("_id", 1).append("a", 5).append("s", "Hello").append("l", List.of(1)),
                new Document("_id", 2).append("a", 7.5).append("l", List.of(1, 2, 3)),
                new Document("_id", 3)
                    .append("s", "help")
                    .append("l", List.of(new Document("k", 1).append("v", 2))))));
    assertFinds(Filters.eq("a", 5L), 1);
    assertFinds(Filters.ne("a", 5), 2, 3);
    assertFinds(Filters.gt("a", 5), 2);
    assertFinds(Filters.gte("a", 5), 1, 2);
    assertFinds(Filters.lt("a", 7.5), 1);
    assertFinds(Filters.in("a", 5, 7.5, null), 1, 2, 3);
    assertFinds(Filters.nin("a", 5, null), 2);
    assertFinds(Filters.and(Filters.gt("a", 1), Filters.eq("l", 1)), 1, 2);
    assertFinds(Filters.or(Filters.eq("a", 5), Filters.eq("s", "help")), 1, 3);
    assertFinds(Filters.nor(Filters.eq("a", 5), Filters.eq("s", "help")), 2);
    assertFinds(Filters.not(Filters.gt("a", 6)), 1, 3);
    assertFinds(Filters.exists("a", false), 3);
    assertFinds(Filters.regex("s", "^HEL", "i"), 1, 3);
    assertFinds(Filters.regex("s", "p$"), 3);
    assertFinds(Filters.elemMatch("l", Filters.and(Filters.eq("k", 1), Filters.gt("v", 1))), 3);
    assertFinds(Filters.elemMatch("l", new Document("$gt", 1).append("$lt", 3)), 2);
    assertFinds(Filters.all("l", 1, 3), 2);
    assertFinds(Filters.size("l", 3), 2);
    assertFinds(Filters.type("a", "double"), 2);
    assertFinds(Filters.type("a", "number"), 1, 2);
    assertFinds(Filters.mod("a", 5, 0), 1);
    assertFinds(Filters.expr(new Document("$gt", List.of("$a", 6))), 2);
    assertFinds(new Document("l.1", 2), 2);
    assertThatThrownBy(() -> all(collection.find(new Document("a", new Document("$foo", 1)))))
        .isInstanceOfSatisfying(
            MongoCommandException.class, e -> assertThat(e.getErrorCode()).isEqualTo(2));
  }

  private void assertFinds(Bson filter, Integer... ids) {
    assertThat(all(collection.find(filter).sort(Sorts.ascending("_id"))))
        .as("%s", filter)
        .extracting(doc -> doc.getInteger("_id"))
        .containsExactly(ids);
  }

  @Test
  void aggregatesAndCounts() {
    for (int i = 0; i < 10; i++) {
      get(
          collection.insertOne(
              new Document("_id", i)
                  .append("user", "u" + i % 2)
                  .append("size", i)
                  .append("tags", List.of("t" + i % 3))));
    }
    assertThat(get(collection.countDocuments(Filters.gt("size", 3)))).isEqualTo(6);
    assertThat(get(collection.countDocuments(Filters.gt("size", 99)))).isZero();
    assertThat(get(collection.estimatedDocumentCount())).isEqualTo(10);
    assertThat(
            all(
                collection.aggregate(
                    List.of(
                        Aggregates.match(Filters.gte("size", 2)),
                        Aggregates.group(
                            "$user",
                            Accumulators.sum("total", "$size"),
                            Accumulators.max("most", "$size")),
                        Aggregates.sort(Sorts.ascending("_id"))))))
        .containsExactly(
            new Document("_id", "u0").append("total", 20).append("most", 8),
            new Document("_id", "u1").append("total", 24).append("most", 9));
    assertThat(
            all(
                collection.aggregate(
                    List.of(
                        Aggregates.sort(Sorts.descending("_id")),
                        Aggregates.limit(2),
                        Aggregates.project(Projections.include("size"))))))
        .containsExactly(
            new Document("_id", 9).append("size", 9), new Document("_id", 8).append("size", 8));
    assertThat(
            all(
                collection.aggregate(
                    List.of(Aggregates.match(Filters.eq("user", "u1")), Aggregates.count("n")))))
        .containsExactly(new Document("n", 5));
    assertThat(all(collection.distinct("tags", String.class))).containsExactly("t0", "t1", "t2");
    assertThat(all(collection.distinct("user", Filters.lt("size", 1), String.class)))
        .containsExactly("u0");
    assertThatThrownBy(
            () -> all(collection.aggregate(List.of(new Document("$lookup", new Document())))))
        .isInstanceOfSatisfying(
            MongoCommandException.class, e -> assertThat(e.getErrorCode()).isEqualTo(40324));
  }

  @Test
  void listsAndDropsCollections() {
    get(collection.insertOne(new Document("_id", 1)));
    String name = collection.getNamespace().getCollectionName();
    assertThat(all(client.database().listCollectionNames())).contains(name);
    getOrNull(collection.drop());
    assertThat(all(client.database().listCollectionNames())).doesNotContain(name);
    assertThat(all(collection.find())).isEmpty();
    get(collection.insertOne(new Document("_id", 2)));
    assertThat(all(collection.find())).hasSize(1);
    getOrNull(client.database().createCollection("made"));
    assertThat(all(client.database().listCollectionNames())).contains("made");
  }

  @Test
  void refusesDocumentsOver16Megabytes() {
    byte[] almost = new byte[16 * 1024 * 1024 - 100];
    get(collection.insertOne(new Document("_id", 1).append("b", new Binary(almost))));

    assertThatThrownBy(() ->
            get(
                collection.updateOne(
                    Filters.eq("_id", 1), Updates.set("c", new Binary(new byte[200])))))
        .isInstanceOfSatisfying(
            MongoWriteException.class, e -> assertThat(e.getError().getCode()).isEqualTo(17419));
    assertThat(one(Filters.eq("_id", 1))).doesNotContainKey("c");
    // the driver itself refuses to send a larger one; the engine must refuse it too
    Doc large =
        new DocWriter().begin().put("x", Value.of("y".repeat(16 * 1024 * 1024))).end().toDoc();
    assertThatThrownBy(() -> Documents.storable(large))
        .isInstanceOfSatisfying(MongoError.class, e -> assertThat(e.code()).isEqualTo(10334));
  }

  @Test
  void takesMessagesUpTo48Megabytes() {
    List<Document> docs = new ArrayList<>();
    for (int i = 0; i < 5; i++) {
      docs.add(new Document("_id", i).append("b", new Binary(new byte[9_000_000])));
    }
    get(collection.insertMany(docs));
    assertThat(get(collection.countDocuments())).isEqualTo(5);
    assertThat(all(collection.find())).hasSize(5);
    getOrNull(collection.drop());
  }

  @Test
  void anIdCannotBeAnArray() {
    assertThatThrownBy(() -> get(collection.insertOne(new Document("_id", List.of(1)))))
        .isInstanceOfSatisfying(
            MongoWriteException.class, e -> assertThat(e.getError().getCode()).isEqualTo(53));
  }
}
