package net.mailagent.store.content;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.mongodb.client.model.DeleteManyModel;
import com.mongodb.reactivestreams.client.MongoClient;
import com.mongodb.reactivestreams.client.MongoClients;
import com.mongodb.reactivestreams.client.gridfs.GridFSBucket;
import com.mongodb.reactivestreams.client.gridfs.GridFSBuckets;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Supplier;
import net.mailagent.model.ByteSource;
import net.mailagent.model.ContentId;
import net.mailagent.model.Section;
import net.mailagent.model.StoreUnavailable;
import net.mailagent.model.UserId;
import net.mailagent.model.port.Messages;
import net.mailagent.model.port.StoredMessage;
import net.mailagent.store.mongo.Call;
import net.mailagent.store.mongo.Documents;
import net.mailagent.store.mongo.Interceptor;
import net.mailagent.store.mongo.Query;
import org.bson.BsonDateTime;
import org.bson.BsonDocument;
import org.bson.BsonObjectId;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Flux;

/** Blobs: shared, uploaded once, touched before they are relied on, read in few chunks. */
class BlobStoreTest {
  private static final int CHUNK = 64 << 10;

  private final ContentSettings settings = ContentSettings.standard();
  private final Instant[] now = {Instant.now()}; // contents must not be older than their entries
  private final InstantSource clock = () -> now[0];
  private ContentFixture fixture;
  private UserId user;

  @BeforeEach
  void open() {
    fixture = new ContentFixture(settings, clock);
    user = fixture.journals.newUser(0);
  }

  @AfterEach
  void close() {
    fixture.close();
  }

  private static byte[] message(String subject, int length, long seed) {
    return MessageStoreTest.withAttachment(subject, MessageStoreTest.random(length, seed));
  }

  private Documents blobs() {
    return fixture.connection.documents("blobs");
  }

  private BsonDocument onlyBlob() {
    List<BsonDocument> found = blobs().find(Query.of(new BsonDocument()), 10);
    assertThat(found).hasSize(1);
    return found.getFirst();
  }

  @Test
  void theSameAttachmentInManyMessagesIsOneBlob() {
    List<ContentId> ids = new ArrayList<>();
    for (int i = 0; i < 100; i++) {
      ids.add(fixture.deliver(user, message("mail " + i, 100_000, 1)));
    }
    assertThat(fixture.count("blobs")).isEqualTo(1);
    assertThat(fixture.count("attachments.files")).isEqualTo(1);
    assertThat(fixture.count("attachments.chunks")).isEqualTo(2);
    for (int i = 0; i < 100; i += 33) {
      assertThat(fixture.raw(user, ids.get(i))).isEqualTo(message("mail " + i, 100_000, 1));
    }
  }

  @Test
  void aKnownBlobCostsADeliveryNothing() {
    fixture.deliver(user, message("first", 100_000, 1));
    fixture.watch.calls.clear();
    fixture.deliver(user, message("second", 100_000, 1));
    assertThat(fixture.watch.calls).extracting(Call::toString).containsExactly("BULK messages");
  }

  @Test
  void aNewBlobOfAFewChunksCostsFourCalls() {
    fixture.watch.calls.clear();
    fixture.deliver(user, message("first", 100_000, 1));
    assertThat(fixture.watch.calls)
        .extracting(Call::toString)
        .containsExactly(
            "FIND blobs",
            "BULK attachments.files",
            "BULK attachments.chunks",
            "BULK blobs",
            "BULK messages");
  }

  @Test
  void aLongBlobThatIsKnownDropsItsUpload() {
    fixture.deliver(user, message("first", 3_000_000, 1));
    long chunks = fixture.count("attachments.chunks");
    ContentId second = fixture.deliver(user, message("second", 3_000_000, 1));
    assertThat(fixture.count("blobs")).isEqualTo(1);
    assertThat(fixture.count("attachments.files")).isEqualTo(1);
    assertThat(fixture.count("attachments.chunks")).isEqualTo(chunks);
    assertThat(fixture.raw(user, second)).isEqualTo(message("second", 3_000_000, 1));
  }

  @Test
  void filesAreReadableByAnyGridFsBucket() {
    fixture.deliver(user, message("gridfs", 500_000, 2));
    BsonDocument blob = onlyBlob();
    try (MongoClient client = MongoClients.create(Engine.url())) {
      GridFSBucket bucket =
          GridFSBuckets.create(
              client.getDatabase(fixture.connection.settings().database()), "attachments");
      ByteArrayOutputStream out = new ByteArrayOutputStream();
      Flux.from(bucket.downloadToPublisher(new BsonObjectId(blob.getObjectId("file").getValue())))
          .doOnNext(block -> {
            byte[] octets = new byte[block.remaining()];
            block.get(octets);
            out.writeBytes(octets);
          })
          .blockLast(Duration.ofSeconds(20));
      assertThat(out.toByteArray()).isEqualTo(MessageStoreTest.random(500_000, 2));
    }
  }

  @Test
  void theBeginningOfALargePartTouchesOneChunk() {
    ContentId id = fixture.deliver(user, message("large", 5_000_000, 3));
    StoredMessage message = fixture.message(user, id);
    fixture.watch.calls.clear();
    Section second = new Section(List.of(2), new Section.Text.Content());
    byte[] part = ContentFixture.bytes(message.open(second, 0, 4_096).orElseThrow());
    assertThat(part).hasSize(4_096);
    List<Call> chunkReads =
        fixture.watch.calls.stream().filter(c -> c.collection().contains("chunks")).toList();
    assertThat(chunkReads).hasSize(1);
    assertThat(chunkReads.getFirst().query().limit()).isEqualTo(1);
    fixture.watch.calls.clear();
    int divide = CHUNK / 3 * 4 / 76 * 78; // where the octets of the second chunk begin, encoded
    ContentFixture.bytes(message.open(second, divide - 100, 4_096).orElseThrow());
    assertThat(
            fixture.watch.calls.stream()
                .filter(c -> c.collection().contains("chunks"))
                .mapToInt(c -> c.query().limit())
                .sum())
        .isEqualTo(2);
  }

  @Test
  void aSlowReaderHoldsOneChunkAndAFastOneGetsLargeReads() {
    ContentId id = fixture.deliver(user, message("large", 5_000_000, 3));
    fixture.watch.calls.clear();
    byte[] all = fixture.raw(user, id);
    long reads =
        fixture.watch.calls.stream().filter(c -> c.collection().contains("chunks")).count();
    assertThat(reads).isLessThan(all.length / CHUNK / 3);
  }

  @Test
  void nodesThatReceiveTheSameContentAtOnceShareIt() throws Exception {
    byte[] sent = message("same", 1_500_000, 4);
    List<MessageStore> nodes = new ArrayList<>();
    for (int i = 0; i < 6; i++) {
      nodes.add(fixture.otherNode(settings));
    }
    List<Future<ContentId>> deliveries = new ArrayList<>();
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      for (MessageStore node : nodes) {
        deliveries.add(threads.submit(() -> deliver(node, sent)));
      }
    }
    for (Future<ContentId> delivery : deliveries) {
      assertThat(fixture.raw(user, delivery.get())).isEqualTo(sent);
    }
    assertThat(fixture.count("blobs")).isEqualTo(1);
    assertThat(fixture.count("attachments.files")).isEqualTo(1);
  }

  private ContentId deliver(MessageStore node, byte[] sent) {
    try (Messages.Intake intake = node.receive(Long.MAX_VALUE)) {
      intake.write(ByteBuffer.wrap(sent));
      Messages.Verdict verdict =
          node.deliver(
                  intake.finish(),
                  List.of(new Messages.Delivery(user, new byte[0], null)),
                  ContentFixture.ORIGIN)
              .getFirst();
      return ((Messages.Verdict.Delivered) verdict).content();
    }
  }

  @Test
  void aBlobIsTouchedAgainBeforeItIsReliedOnLongAfter() {
    Messages.Received received = fixture.receive(message("waits", 50_000, 5));
    long touched = onlyBlob().getDateTime("touched").getValue();
    now[0] = now[0].plus(Duration.ofMinutes(61));
    deliverReceived(received);
    assertThat(onlyBlob().getDateTime("touched").getValue())
        .isEqualTo(touched + Duration.ofMinutes(61).toMillis());
  }

  private void deliverReceived(Messages.Received received) {
    assertThat(
            fixture.store.deliver(
                received,
                List.of(new Messages.Delivery(user, new byte[0], null)),
                ContentFixture.ORIGIN))
        .first()
        .isInstanceOf(Messages.Verdict.Delivered.class);
  }

  private void doom() {
    blobs()
        .updateAll(
            new BsonDocument(),
            new BsonDocument("$set", new BsonDocument("doomed", new BsonDateTime(clock.millis()))));
  }

  @Test
  void aDoomedBlobIsNeverReliedOn() {
    Messages.Received received = fixture.receive(message("waits", 50_000, 5));
    now[0] = now[0].plus(Duration.ofHours(2));
    doom();
    assertThat(
            fixture.store.deliver(
                received,
                List.of(new Messages.Delivery(user, new byte[0], null)),
                ContentFixture.ORIGIN))
        .first()
        .isInstanceOf(Messages.Verdict.Failed.class);
    assertThatThrownBy(() ->
            fixture.store.append(
                user,
                fixture.inbox(user).id(),
                List.of(new Messages.Appended(received, net.mailagent.model.Flags.NONE, 0)),
                ContentFixture.ORIGIN))
        .isInstanceOf(StoreUnavailable.class);
  }

  @Test
  void aDoomedBlobThatArrivesAgainIsUploadedAfreshAndOldMessagesFollow() {
    for (int length : new int[] {50_000, 1_000_000}) {
      byte[] first = message("first", length, length);
      ContentId old = fixture.deliver(user, first);
      StoredMessage opened = fixture.message(user, old);
      assertThat(ContentFixture.bytes(opened.open(Section.WHOLE).orElseThrow())).isEqualTo(first);
      now[0] = now[0].plus(Duration.ofHours(2));
      BsonDocument before = blobs().findOne(Query.of(new BsonDocument())).orElseThrow();
      doom();
      ContentId fresh = fixture.deliver(user, message("second", length, length));
      BsonDocument after = blobs().findOne(Query.of(new BsonDocument())).orElseThrow();
      assertThat(after.containsKey("doomed")).isFalse();
      assertThat(after.getObjectId("file")).isNotEqualTo(before.getObjectId("file"));
      // the sweeper removes the old file; a node that remembers it finds the new one
      fixture
          .connection
          .documents("attachments.chunks")
          .delete(new BsonDocument("files_id", before.getObjectId("file")));
      assertThat(ContentFixture.bytes(opened.open(Section.WHOLE).orElseThrow())).isEqualTo(first);
      assertThat(fixture.raw(user, fresh)).isEqualTo(message("second", length, length));
      blobs().write(List.of(new DeleteManyModel<>(new BsonDocument())));
    }
  }

  @Test
  void anUploadThatFailsFailsTheIntakeAndNothingRefersToIt() {
    fixture.watch.then =
        new Interceptor() {
          @Override
          public <T> T around(Call call, Supplier<T> effect) {
            if (call.collection().equals("attachments.chunks") && call.operation().isWrite()) {
              throw new StoreUnavailable("lost");
            }
            return effect.get();
          }
        };
    byte[] sent = message("lost", 2_000_000, 6);
    try (Messages.Intake intake = fixture.store.receive(Long.MAX_VALUE)) {
      assertThatThrownBy(
              () -> {
                intake.write(ByteBuffer.wrap(sent));
                intake.finish();
              })
          .isInstanceOf(StoreUnavailable.class);
    }
    assertThat(fixture.count("blobs")).isZero();
  }

  @Test
  void aLostReplyOfTheLastStepLosesNoSharedFile() {
    byte[] sent = message("lost", 2_000_000, 6);
    fixture.watch.then =
        new Interceptor() {
          @Override
          public <T> T around(Call call, Supplier<T> effect) {
            T reply = effect.get();
            if (call.collection().equals("blobs") && call.operation().isWrite()) {
              throw new StoreUnavailable("the reply was lost");
            }
            return reply;
          }
        };
    assertThatThrownBy(() -> fixture.receive(sent)).isInstanceOf(StoreUnavailable.class);
    fixture.watch.then = Interceptor.NONE;
    ContentId id = deliver(fixture.otherNode(settings), sent);
    assertThat(fixture.raw(user, id)).isEqualTo(sent);
    assertThat(fixture.count("blobs")).isEqualTo(1);
  }

  @Test
  void aSourceThatIsClosedEarlyGivesItsReadAheadBack() {
    ContentId id = fixture.deliver(user, message("large", 3_000_000, 7));
    StoredMessage message = fixture.message(user, id);
    for (int i = 0; i < 200; i++) { // 200 times all that is allowed would starve the last ones
      try (ByteSource source = message.open(Section.WHOLE).orElseThrow()) {
        for (int block = 0; block < 6; block++) {
          source.next();
        }
      }
    }
    fixture.watch.calls.clear();
    fixture.raw(user, id);
    assertThat(
            fixture.watch.calls.stream()
                .filter(c -> c.collection().contains("chunks"))
                .mapToInt(c -> c.query().limit())
                .max()
                .orElseThrow())
        .isGreaterThan(1);
  }

  @Test
  void mediumSizedMessagesAreNotReadOneByOne() {
    List<ContentId> ids = new ArrayList<>();
    List<byte[]> sent = new ArrayList<>();
    for (int i = 0; i < 60; i++) {
      sent.add(message("mail " + i, 20_000, 100 + i));
      ids.add(fixture.deliver(user, sent.getLast()));
    }
    List<byte[]> read = new ArrayList<>();
    MessageStore cold = fixture.otherNode(settings);
    fixture.watch.calls.clear();
    cold.read(
        user,
        ids,
        Set.of(Messages.Field.CONTENT),
        stored -> read.add(ContentFixture.bytes(stored.open(Section.WHOLE).orElseThrow())));
    for (int i = 0; i < sent.size(); i++) {
      assertThat(read.get(i)).isEqualTo(sent.get(i));
    }
    assertThat(fixture.watch.calls).hasSizeLessThan(20);
  }

  @Test
  void whoOpensOnePartReadsNoOther() {
    List<ContentId> ids = new ArrayList<>();
    for (int i = 0; i < 10; i++) {
      ids.add(fixture.deliver(user, message("mail " + i, 20_000, 100 + i)));
    }
    Section second = new Section(List.of(2), new Section.Text.Content());
    fixture.watch.calls.clear();
    fixture.store.read(
        user,
        ids,
        Set.of(Messages.Field.CONTENT),
        stored -> {
          if (stored.id().equals(ids.get(4))) {
            ContentFixture.bytes(stored.open(second, 0, 4_096).orElseThrow());
          } else {
            ContentFixture.bytes(stored.open(Section.HEADER).orElseThrow());
          }
        });
    assertThat(
            fixture.watch.calls.stream()
                .filter(c -> c.collection().contains("chunks"))
                .mapToInt(c -> c.query().limit())
                .sum())
        .isEqualTo(1);
  }
}
