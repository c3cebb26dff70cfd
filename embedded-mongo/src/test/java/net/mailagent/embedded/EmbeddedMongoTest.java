package net.mailagent.embedded;

import static net.mailagent.embedded.Client.get;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.mongodb.MongoCommandException;
import com.mongodb.MongoException;
import com.mongodb.MongoSocketException;
import com.mongodb.MongoWriteException;
import com.mongodb.client.model.IndexOptions;
import com.mongodb.client.model.Indexes;
import java.nio.file.Path;
import java.util.Date;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;
import org.bson.Document;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Starting, stopping, and what a client is told first. */
class EmbeddedMongoTest {
  @TempDir Path directory;

  @Test
  void greetsAsAStandaloneServerAndTellsItsTime() {
    try (EmbeddedMongo engine = EmbeddedMongo.start(EmbeddedMongoSettings.in(directory));
        Client client = new Client(engine.url())) {
      Document hello = client.command(new Document("hello", 1));

      assertThat(hello.getBoolean("isWritablePrimary")).isTrue();
      assertThat(hello.get("localTime", Date.class)).isCloseTo(new Date(), 10_000);
      assertThat(hello.get("setName")).isNull();
      assertThat(client.command(new Document("ping", 1)).getDouble("ok")).isEqualTo(1.0);
      assertThat(client.command(new Document("buildInfo", 1)).getString("version"))
          .isEqualTo("6.0.0");
    }
  }

  @Test
  void refusesUnknownCommandsAsMongoDbDoes() {
    try (EmbeddedMongo engine = EmbeddedMongo.start(EmbeddedMongoSettings.in(directory));
        Client client = new Client(engine.url())) {
      assertThatThrownBy(() -> client.command(new Document("frobnicate", 1)))
          .isInstanceOfSatisfying(
              MongoCommandException.class,
              e -> {
                assertThat(e.getErrorCode()).isEqualTo(59);
                assertThat(e.getErrorCodeName()).isEqualTo("CommandNotFound");
              });
    }
  }

  @Test
  void keepsDocumentsAndIndexesOverARestart() {
    EmbeddedMongoSettings settings = EmbeddedMongoSettings.in(directory);
    try (EmbeddedMongo engine = EmbeddedMongo.start(settings);
        Client client = new Client(engine.url())) {
      var journal = client.collection("journal");
      get(journal.createIndex(Indexes.ascending("user", "seq"), new IndexOptions().unique(true)));
      get(journal.insertOne(new Document("user", "u").append("seq", 1)));
    }
    try (EmbeddedMongo engine = EmbeddedMongo.start(settings);
        Client client = new Client(engine.url())) {
      var journal = client.collection("journal");

      assertThat(get(journal.countDocuments())).isEqualTo(1);
      assertThatThrownBy(() -> get(journal.insertOne(new Document("user", "u").append("seq", 1L))))
          .isInstanceOfSatisfying(
              MongoWriteException.class,
              e -> {
                assertThat(e.getError().getCode()).isEqualTo(11000);
                assertThat(e.getError().getMessage())
                    .isEqualTo(
                        "E11000 duplicate key error collection: test.journal index: user_1_seq_1"
                            + " dup key: { user: \"u\", seq: 1 }");
              });
    }
  }

  @Test
  void saysWhichDirectoryIsInUseAndWhatToDo() {
    EmbeddedMongoSettings settings = EmbeddedMongoSettings.in(directory);
    try (EmbeddedMongo engine = EmbeddedMongo.start(settings)) {
      assertThat(engine.address().getPort()).isPositive();
      assertThatThrownBy(() -> EmbeddedMongo.start(settings))
          .isInstanceOf(DirectoryInUseException.class)
          .hasMessageContaining(directory.toString())
          .hasMessageContaining("choose another directory");
    }
    EmbeddedMongo.start(settings).close();
  }

  @Test
  void whoeverStandsBetweenMayLoseAReply() {
    AtomicInteger lost = new AtomicInteger();
    UnaryOperator<CommandHandler> losing =
        engine ->
            (command, out) -> {
              engine.handle(command, out);
              if (command.name().equals("insert") && lost.getAndIncrement() == 0) {
                throw new CommandHandler.ConnectionLost();
              }
            };
    try (EmbeddedMongo engine = EmbeddedMongo.start(EmbeddedMongoSettings.in(directory), losing);
        Client client = new Client(engine.url())) {
      var collection = client.collection("c");

      assertThatThrownBy(() -> get(collection.insertOne(new Document("_id", 1))))
          .isInstanceOf(MongoSocketException.class);
      assertThat(get(collection.countDocuments())).isEqualTo(1);
    }
  }

  /** Better no server than one that answers everybody with an error. */
  @Test
  void stopsWhenItsFileIsLost() throws Exception {
    CrashingFiles files = CrashingFiles.create("lost");
    EmbeddedMongoSettings settings =
        EmbeddedMongoSettings.in(directory).withCheckpointBytes(1 << 16);
    int acknowledged = 0;
    CrashingFiles after;
    try (EmbeddedMongo engine =
        EmbeddedMongo.start(settings, files.directory(), UnaryOperator.identity())) {
      files.lose("store.mv");
      try (Client client = new Client(engine.url() + "&serverSelectionTimeoutMS=500")) {
        for (; acknowledged < 1_000; acknowledged++) {
          Document document = new Document("_id", acknowledged).append("fill", "x".repeat(3000));
          get(client.collection("c").insertOne(document));
        }
        throw new AssertionError("it goes on");
      } catch (MongoException e) {
        assertThat(e).isNotInstanceOf(MongoWriteException.class);
        assertThat(e.getCode()).isNotEqualTo(1); // no internal error: another call may succeed
      }
      assertThat(engine.failure()).succeedsWithin(Client.PATIENCE);
      after = files.crash("lost-after", 0.5, new Random(1));
    }
    assertThat(acknowledged).isPositive();
    try (EmbeddedMongo again =
            EmbeddedMongo.start(settings, after.directory(), UnaryOperator.identity());
        Client client = new Client(again.url())) {
      assertThat(get(client.collection("c").countDocuments())).isGreaterThanOrEqualTo(acknowledged);
    }
  }
}
