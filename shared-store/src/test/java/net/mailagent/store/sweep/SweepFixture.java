package net.mailagent.store.sweep;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import net.mailagent.model.ByteSource;
import net.mailagent.model.ContentId;
import net.mailagent.model.FlagOperation;
import net.mailagent.model.Flags;
import net.mailagent.model.MailboxId;
import net.mailagent.model.MailboxPath;
import net.mailagent.model.Origin;
import net.mailagent.model.Section;
import net.mailagent.model.UidSet;
import net.mailagent.model.UserId;
import net.mailagent.model.journal.ExpungeMessages;
import net.mailagent.model.journal.MailboxState;
import net.mailagent.model.journal.StoreFlags;
import net.mailagent.model.port.Messages;
import net.mailagent.model.port.NewAccount;
import net.mailagent.store.Faults;
import net.mailagent.store.Store;
import net.mailagent.store.TestDatabase;
import net.mailagent.store.TestJournal;
import net.mailagent.store.TimeMachine;
import net.mailagent.store.journal.JournalSettings;
import net.mailagent.store.mongo.Ids;
import net.mailagent.store.mongo.MongoConnection;
import org.bson.BsonDocument;
import org.bson.BsonValue;

/** A store whose time can be skipped, and what sweeping is about. */
final class SweepFixture implements AutoCloseable {
  static final Origin ORIGIN = new Origin("test", "", "");

  final Faults faults = new Faults();
  final TimeMachine time = new TimeMachine(faults);
  final TestDatabase database;
  final Store store;
  final MongoConnection behind;
  private int users;

  SweepFixture() {
    this(TestDatabase.open());
  }

  SweepFixture(TestDatabase database) {
    this.database = database;
    this.store = Store.open(database.settings().withJournal(impatient()), time);
    this.behind = database.connect();
  }

  private static JournalSettings impatient() {
    return TestJournal.withDefaults().commitTimeout(Duration.ofSeconds(1)).settings();
  }

  UserId user() {
    String name = "user" + users++;
    return store
        .accounts()
        .create(new NewAccount(name, name + "@example.org", List.of(), "x", "", "", 0, Map.of()));
  }

  void skip(Duration more) {
    time.skip(more, store);
  }

  Optional<ContentId> deliver(Store on, UserId user, String subject, String body) {
    byte[] message = ("Subject: " + subject + "\r\n\r\n" + body + "\r\n").getBytes(ISO_8859_1);
    Messages.Received received;
    try (Messages.Intake intake = on.messages().receive(Long.MAX_VALUE)) {
      intake.write(ByteBuffer.wrap(message));
      received = intake.finish();
    }
    Messages.Verdict verdict =
        on.messages()
            .deliver(received, List.of(new Messages.Delivery(user, new byte[0], null)), ORIGIN)
            .getFirst();
    return verdict instanceof Messages.Verdict.Delivered delivered
        ? Optional.of(delivered.content())
        : Optional.empty();
  }

  ContentId deliver(UserId user, String subject, String body) {
    return deliver(store, user, subject, body).orElseThrow();
  }

  /** A body that becomes a blob, the same for the same seed. */
  static String large(int seed) {
    return ("attachment " + seed + " ").repeat(3_000);
  }

  MailboxState inbox(Store on, UserId user) {
    MailboxId inbox = on.mailboxes().current(user).mailbox(MailboxPath.INBOX).orElseThrow().id();
    return on.mailboxes().current(user, Set.of(inbox)).mailbox(inbox).orElseThrow();
  }

  MailboxState inbox(UserId user) {
    return inbox(store, user);
  }

  void expunge(Store on, UserId user, UidSet uids) {
    MailboxId inbox = inbox(on, user).id();
    on.mailboxes()
        .commit(
            user,
            ORIGIN,
            new StoreFlags(
                inbox, uids, FlagOperation.ADD, Flags.of("\\Deleted"), OptionalLong.empty()));
    on.mailboxes().commit(user, ORIGIN, new ExpungeMessages(inbox, Optional.of(uids)));
  }

  void expunge(UserId user, int... uids) {
    expunge(store, user, UidSet.of(uids));
  }

  /** The octets of that content, or null when it or a part of it is gone. */
  byte[] read(Store on, UserId user, ContentId content) {
    List<byte[]> found = new ArrayList<>();
    on.messages()
        .read(
            user,
            List.of(content),
            Set.of(Messages.Field.CONTENT),
            message -> {
              ByteArrayOutputStream out = new ByteArrayOutputStream();
              try (ByteSource source = message.open(Section.WHOLE).orElseThrow()) {
                for (ByteBuffer block = source.next(); block != null; block = source.next()) {
                  byte[] octets = new byte[block.remaining()];
                  block.get(octets);
                  out.writeBytes(octets);
                }
              }
              found.add(out.toByteArray());
            });
    return found.isEmpty() ? null : found.getFirst();
  }

  boolean isStored(ContentId content) {
    return all("messages").stream().anyMatch(stored -> Ids.content(stored, "_id").equals(content));
  }

  long count(String collection) {
    return behind.documents(collection).count(new BsonDocument(), 0);
  }

  List<BsonDocument> all(String collection) {
    return Leftovers.all(behind, collection);
  }

  /** Sweeps until nothing is left to be done, a grace after the other. */
  void sweepThrough(Store on) {
    Leftovers.sweepThrough(on, time);
  }

  /**
   * What is in the store is what its users have: no content is missing or left over, no blob, no
   * file, no chunk.
   */
  void requireExact(UserId... alive) {
    Set<BsonValue> living = new HashSet<>();
    for (UserId user : alive) {
      living.add(Ids.bson(user));
      store.journals().forget(user);
      for (MailboxState mailbox : ExpungedSweep.loaded(store.journals(), user).mailboxes()) {
        mailbox
            .messages()
            .rows(mailbox.messages().uids())
            .forEach(row -> assertThat(read(store, user, row.content())).hasSize((int) row.size()));
      }
    }
    Leftovers.require(store.journals(), behind, List.of(alive));
    for (String collection : List.of("journal", "journal_parts", "state", "messages")) {
      for (BsonDocument document : all(collection)) {
        assertThat(living).as(collection).contains(document.get("user"));
      }
    }
    Set<BsonValue> known = new HashSet<>();
    all("users").forEach(user -> known.add(user.get("_id")));
    assertThat(known).isEqualTo(living);
    for (String names2 : List.of("usernames", "addresses")) {
      for (BsonDocument name : all(names2)) {
        assertThat(living).as(names2).contains(name.get("user"));
      }
    }
  }

  @Override
  public void close() {
    behind.close();
    store.close();
    database.close();
  }
}
