package net.mailagent.store.content;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.function.Supplier;
import net.mailagent.model.ByteSource;
import net.mailagent.model.ContentId;
import net.mailagent.model.Flags;
import net.mailagent.model.MailboxPath;
import net.mailagent.model.Origin;
import net.mailagent.model.Section;
import net.mailagent.model.UserId;
import net.mailagent.model.journal.MailboxState;
import net.mailagent.model.port.Messages;
import net.mailagent.model.port.StoredMessage;
import net.mailagent.store.mongo.Call;
import net.mailagent.store.mongo.IndexInstaller;
import net.mailagent.store.mongo.Interceptor;
import net.mailagent.store.mongo.MongoConnection;
import net.mailagent.store.mongo.MongoSettings;

/** A content store over a database of its own: AGENT_TEST_MONGO, or an engine in this process. */
public final class ContentFixture implements AutoCloseable {
  public static final Origin ORIGIN = new Origin("lmtp", "test", "delivery");

  public final MemoryJournals journals;
  public final MongoConnection connection;
  public final MessageStore store;
  public final Watch watch = new Watch();

  /** Sees every call; a test may put something in its way. */
  public static final class Watch implements Interceptor {
    public final List<Call> calls = java.util.Collections.synchronizedList(new ArrayList<>());
    public volatile Interceptor then = Interceptor.NONE;

    @Override
    public <T> T around(Call call, Supplier<T> effect) {
      calls.add(call);
      return then.around(call, effect);
    }
  }

  public ContentFixture(ContentSettings settings) {
    this(settings, InstantSource.system());
  }

  public ContentFixture(ContentSettings settings, InstantSource clock) {
    String database = "test_" + UUID.randomUUID().toString().replace("-", "").substring(0, 16);
    journals = new MemoryJournals(clock);
    connection = MongoConnection.open(MongoSettings.of(Engine.url(), database), watch);
    IndexInstaller.install(connection);
    store = new MessageStore(connection, journals, journals, settings, clock);
    watch.calls.clear();
  }

  /** A store of another node over the same database, with nothing in memory. */
  public MessageStore otherNode(ContentSettings settings) {
    return new MessageStore(connection, journals, journals, settings, InstantSource.system());
  }

  public Messages.Received receive(byte[] message) {
    return receive(message, message.length + 1);
  }

  /** Receives a message in buffers of that size. */
  public Messages.Received receive(byte[] message, int cut) {
    try (Messages.Intake intake = store.receive(Long.MAX_VALUE)) {
      for (int at = 0; at < message.length; at += cut) {
        intake.write(ByteBuffer.wrap(message, at, Math.min(cut, message.length - at)));
      }
      return intake.finish();
    }
  }

  public ContentId deliver(UserId user, byte[] message) {
    return deliver(user, "", message);
  }

  public ContentId deliver(UserId user, String trace, byte[] message) {
    List<Messages.Verdict> verdicts =
        store.deliver(
            receive(message),
            List.of(new Messages.Delivery(user, trace.getBytes(ISO_8859_1), null)),
            ORIGIN);
    if (verdicts.getFirst() instanceof Messages.Verdict.Delivered delivered) {
      return delivered.content();
    }
    throw new AssertionError(verdicts);
  }

  public Messages.Placed append(UserId user, byte[]... messages) {
    List<Messages.Appended> appended = new ArrayList<>();
    for (byte[] message : messages) {
      appended.add(new Messages.Appended(receive(message), Flags.NONE, 1_000));
    }
    return store.append(user, inbox(user).id(), appended, ORIGIN);
  }

  public MailboxState inbox(UserId user) {
    return journals.current(user).mailbox(MailboxPath.INBOX).orElseThrow();
  }

  public StoredMessage message(UserId user, ContentId id) {
    return message(store, user, id);
  }

  public static StoredMessage message(Messages store, UserId user, ContentId id) {
    List<StoredMessage> found = new ArrayList<>();
    store.read(user, List.of(id), Set.of(Messages.Field.values()), found::add);
    if (found.size() != 1) {
      throw new AssertionError(found.size() + " messages");
    }
    return found.getFirst();
  }

  public byte[] raw(UserId user, ContentId id) {
    return bytes(message(user, id).open(Section.WHOLE).orElseThrow());
  }

  /** Reads a source to its end; its length must be what it says. */
  public static byte[] bytes(ByteSource source) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (source) {
      for (ByteBuffer block = source.next(); block != null; block = source.next()) {
        byte[] octets = new byte[block.remaining()];
        block.get(octets);
        out.writeBytes(octets);
      }
    }
    if (out.size() != source.length()) {
      throw new AssertionError("length " + source.length() + " but " + out.size() + " octets");
    }
    return out.toByteArray();
  }

  public long count(String collection) {
    return connection.documents(collection).count(new org.bson.BsonDocument(), 0);
  }

  @Override
  public void close() {
    connection.dropDatabase();
    connection.close();
  }
}
