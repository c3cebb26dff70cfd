package net.mailagent.embedded;

import static net.mailagent.embedded.Client.get;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.mongodb.MongoException;
import com.mongodb.client.model.Filters;
import com.mongodb.client.model.FindOneAndUpdateOptions;
import com.mongodb.client.model.IndexOptions;
import com.mongodb.client.model.Indexes;
import com.mongodb.client.model.ReplaceOptions;
import com.mongodb.client.model.UpdateOptions;
import com.mongodb.client.model.Updates;
import com.mongodb.reactivestreams.client.MongoCollection;
import com.mongodb.reactivestreams.client.MongoDatabase;
import java.nio.file.Path;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.bson.Document;
import org.bson.conversions.Bson;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a sharded cluster refuses is refused; what it asks of all shards is counted. */
class ShardRulesTest {
  @TempDir Path directory;
  private final Faults faults = Faults.seeded(1);
  private EmbeddedMongo engine;
  private Client client;
  private MongoCollection<Document> sharded;

  @BeforeEach
  void start() {
    engine = EmbeddedMongo.start(EmbeddedMongoSettings.in(directory), faults);
    client = new Client(engine.url() + "&retryWrites=false");
    sharded = client.collection("sharded");
    shard(new Document("user", 1).append("seq", 1));
  }

  @AfterEach
  void stop() {
    client.close();
    engine.close();
  }

  private void shard(Document key) {
    MongoDatabase admin = client.database("admin");
    get(admin.runCommand(new Document("shardCollection", "test.sharded").append("key", key)));
  }

  private static Bson key(int seq) {
    return Filters.and(Filters.eq("user", "u"), Filters.eq("seq", seq));
  }

  private static void refused(int code, ThrowingCallable action) {
    assertThatThrownBy(action)
        .isInstanceOfSatisfying(MongoException.class, e -> assertThat(e.getCode()).isEqualTo(code));
  }

  @Test
  void aWriteToOneDocumentSaysItsShard() {
    get(sharded.insertOne(new Document("_id", 1).append("user", "u").append("seq", 1)));
    Bson some = Filters.eq("user", "u");

    refused(72, () -> get(sharded.updateOne(some, Updates.set("x", 1))));
    refused(72, () -> get(sharded.replaceOne(some, new Document("user", "u").append("seq", 1))));
    refused(72, () -> get(sharded.deleteOne(some)));
    refused(61, () -> get(sharded.findOneAndUpdate(Filters.eq("_id", 1), Updates.set("x", 1))));
    refused(
        61,
        () ->
            get(
                sharded.updateOne(
                    Filters.eq("_id", 1), Updates.set("x", 1), new UpdateOptions().upsert(true))));
    assertThat(get(sharded.updateOne(key(1), Updates.set("x", 1))).getModifiedCount()).isEqualTo(1);
    assertThat(get(sharded.updateOne(Filters.eq("_id", 1), Updates.set("x", 2))).getModifiedCount())
        .isEqualTo(1);
    assertThat(get(sharded.updateMany(some, Updates.set("x", 3))).getModifiedCount()).isEqualTo(1);
    assertThat(
            Client.getOrNull(
                sharded.findOneAndUpdate(
                    key(2), Updates.set("x", 1), new FindOneAndUpdateOptions().upsert(true))))
        .isNull(); // there was none before
    get(
        sharded.replaceOne(
            key(3), new Document("user", "u").append("seq", 3), new ReplaceOptions().upsert(true)));
    assertThat(get(sharded.deleteOne(key(2))).getDeletedCount()).isEqualTo(1);
  }

  @Test
  void aShardKeyNeverChanges() {
    get(sharded.insertOne(new Document("_id", 1).append("user", "u").append("seq", 1)));

    refused(20, () -> get(sharded.updateOne(key(1), Updates.set("seq", 2))));
    refused(20, () -> get(sharded.updateOne(key(1), Updates.inc("seq", 1))));
    refused(20, () -> get(sharded.updateOne(key(1), Updates.unset("user"))));
    refused(20, () -> get(sharded.replaceOne(key(1), new Document("user", "v").append("seq", 1))));
    assertThat(get(sharded.updateOne(key(1), Updates.set("seq", 1))).getMatchedCount())
        .isEqualTo(1);
    assertThat(
            get(sharded.replaceOne(
                    key(1), new Document("user", "u").append("seq", 1).append("y", 2)))
                .getModifiedCount())
        .isEqualTo(1);
  }

  @Test
  void aUniqueIndexBeginsWithTheShardKey() {
    IndexOptions unique = new IndexOptions().unique(true);

    refused(67, () -> get(sharded.createIndex(Indexes.ascending("seq"), unique)));
    assertThat(get(sharded.createIndex(Indexes.ascending("user", "seq", "x"), unique)))
        .isEqualTo("user_1_seq_1_x_1");
    assertThat(get(sharded.createIndex(Indexes.ascending("seq")))).isEqualTo("seq_1");
  }

  @Test
  void aCollectionKeepsItsKeyOverARestart() {
    shard(new Document("user", 1).append("seq", 1));
    refused(23, () -> shard(new Document("user", 1)));
    stop();
    engine = EmbeddedMongo.start(EmbeddedMongoSettings.in(directory), faults);
    client = new Client(engine.url() + "&retryWrites=false");
    sharded = client.collection("sharded");

    refused(72, () -> get(sharded.deleteOne(Filters.eq("user", "u"))));
  }

  @Test
  void whatAsksAllShardsIsTold() {
    get(sharded.insertOne(new Document("_id", 1).append("user", "u").append("seq", 1)));
    Client.all(sharded.find(key(1)));
    Client.all(sharded.find(Filters.in("user", "u", "v")));
    assertThat(faults.broadcasts()).isEmpty();

    Client.all(sharded.find(Filters.eq("_id", 1)));
    get(sharded.deleteMany(Filters.gt("seq", 5)));
    assertThat(faults.broadcasts())
        .containsExactlyInAnyOrder("find sharded _id", "delete sharded seq");
  }
}
