package net.mailagent.store.content;

import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import net.mailagent.model.ContentId;
import net.mailagent.model.Flags;
import net.mailagent.model.MailboxId;
import net.mailagent.model.Origin;
import net.mailagent.model.Refused;
import net.mailagent.model.StoreUnavailable;
import net.mailagent.model.UserId;
import net.mailagent.model.journal.AddMessages;
import net.mailagent.model.port.Mailboxes;
import net.mailagent.model.port.Messages;
import net.mailagent.model.port.StoredMessage;
import net.mailagent.store.journal.MultiCommit;
import net.mailagent.store.journal.Outcome;
import net.mailagent.store.journal.UserEdit;
import net.mailagent.store.mongo.Documents;
import net.mailagent.store.mongo.MongoConnection;
import org.bson.BsonArray;
import org.bson.BsonDocument;
import org.bson.BsonValue;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Message contents over MongoDB and GridFS. Content is written first and majority-acknowledged,
 * then the journal places it (journal.md rule 1); what no entry places exists for nobody. Blocks;
 * any thread.
 */
public final class MessageStore implements Messages {
  private static final Logger LOG = LoggerFactory.getLogger(MessageStore.class);
  private static final int DUPLICATE_KEY = 11000;

  private final Documents messages;
  private final BlobStore blobs;
  private final ContentReader reader;
  private final Mailboxes mailboxes;
  private final MultiCommit commits;
  private final ContentSettings settings;
  private final InstantSource clock;

  /**
   * @param mailboxes where an APPEND is committed
   * @param commits where deliveries are committed
   */
  public MessageStore(
      MongoConnection connection,
      Mailboxes mailboxes,
      MultiCommit commits,
      ContentSettings settings,
      InstantSource clock) {
    this.messages = connection.documents("messages");
    this.blobs = new BlobStore(connection, settings, clock);
    this.reader = new ContentReader(messages, blobs, settings);
    this.mailboxes = mailboxes;
    this.commits = commits;
    this.settings = settings;
    this.clock = clock;
  }

  /** How contents are read, for searches too. */
  public ContentReader reader() {
    return reader;
  }

  /** What this node stored since it started. */
  public ContentFigures figures() {
    return blobs.figures();
  }

  @Override
  public Intake receive(long limit) {
    return new MessageIntake(blobs, settings, limit);
  }

  @Override
  public List<Verdict> deliver(Received message, List<Delivery> deliveries, Origin origin) {
    ReceivedMessage received = own(message);
    List<Verdict> verdicts = new ArrayList<>(deliveries.size());
    int from = 0;
    while (from < deliveries.size()) {
      // so many at a time that the documents of one bulk insert stay within a few megabytes
      int count = Math.max(1, settings.bulkBytes() / received.weight());
      int to = Math.min(deliveries.size(), from + count);
      verdicts.addAll(deliverSome(received, deliveries.subList(from, to), origin));
      from = to;
    }
    return verdicts;
  }

  private List<Verdict> deliverSome(
      ReceivedMessage received, List<Delivery> deliveries, Origin origin) {
    long now;
    List<ContentId> ids = new ArrayList<>(deliveries.size());
    List<BsonDocument> documents = new ArrayList<>(deliveries.size());
    Set<Integer> failed;
    try {
      now = clock.millis(); // before the blobs are touched: the ids tell how old all of it is
      List<UserId> users = deliveries.stream().map(Delivery::user).toList();
      Threads threads = Threads.of(List.of(received), users, messages);
      for (Delivery delivery : deliveries) {
        ContentId id = ContentId.at(now / 1000);
        ids.add(id);
        documents.add(received.document(delivery.user(), id, delivery.trace(), now, threads));
      }
      stage(List.of(received));
      failed = insert(documents);
    } catch (StoreUnavailable e) {
      return deliveries.stream().<Verdict>map(d -> new Verdict.Failed(reason(e))).toList();
    }
    List<Integer> positions = new ArrayList<>();
    List<UserEdit<AddMessages.Result>> edits = new ArrayList<>();
    for (int i = 0; i < deliveries.size(); i++) {
      if (!failed.contains(i)) {
        Delivery delivery = deliveries.get(i);
        long size = delivery.trace().length + received.size();
        AddMessages.Message added =
            new AddMessages.Message(ids.get(i), Flags.NONE, now / 1000, size);
        positions.add(i);
        edits.add(
            new UserEdit<>(delivery.user(), new AddMessages(null, List.of(added), delivery.key())));
      }
    }
    List<Outcome<AddMessages.Result>> outcomes = commits.commitEach(origin, edits);
    Verdict[] verdicts = new Verdict[deliveries.size()];
    List<BsonDocument> unplaced = new ArrayList<>();
    for (int i = 0; i < verdicts.length; i++) {
      verdicts[i] = new Verdict.Failed("the store refused the message");
    }
    for (int i = 0; i < positions.size(); i++) {
      int position = positions.get(i);
      Verdict verdict = verdict(ids.get(position), outcomes.get(i));
      verdicts[position] = verdict;
      switch (verdict) {
        case Verdict.Delivered delivered -> {
          if (delivered.repeated()) {
            unplaced.add(documents.get(position));
          }
        }
        case Verdict.NotDelivered refused -> unplaced.add(documents.get(position));
        case Verdict.Failed unsettled -> {} // an entry may place it: left alone
      }
    }
    discard(unplaced);
    return List.of(verdicts);
  }

  private static Verdict verdict(ContentId id, Outcome<AddMessages.Result> outcome) {
    return switch (outcome) {
      case Outcome.Done<AddMessages.Result> done ->
          new Verdict.Delivered(id, done.committed().result().repeated());
      case Outcome.NotDone<AddMessages.Result> refused ->
          new Verdict.NotDelivered(refused.refusal());
      case Outcome.Unknown<AddMessages.Result> unknown -> {
        if (!(unknown.failure() instanceof StoreUnavailable)) {
          LOG.error("a delivery failed", unknown.failure());
        }
        yield new Verdict.Failed(reason(unknown.failure()));
      }
    };
  }

  private static String reason(RuntimeException failure) {
    String message = failure.getMessage();
    return message == null ? failure.getClass().getSimpleName() : message;
  }

  @Override
  public Placed append(UserId user, MailboxId mailbox, List<Appended> appended, Origin origin) {
    List<ReceivedMessage> received = appended.stream().map(a -> own(a.message())).toList();
    long now = clock.millis(); // as in a delivery
    stage(received);
    Threads threads = Threads.of(received, List.of(user), messages);
    List<BsonDocument> documents = new ArrayList<>();
    List<AddMessages.Message> added = new ArrayList<>();
    List<BsonDocument> bulk = new ArrayList<>();
    long bulkBytes = 0;
    for (int i = 0; i < received.size(); i++) {
      ContentId id = ContentId.at(now / 1000);
      ReceivedMessage message = received.get(i);
      Appended how = appended.get(i);
      added.add(new AddMessages.Message(id, how.flags(), how.internalDate(), message.size()));
      if (bulkBytes + message.weight() > settings.bulkBytes() && !bulk.isEmpty()) {
        insertAll(bulk);
        bulk.clear();
        bulkBytes = 0;
      }
      bulk.add(message.document(user, id, new byte[0], now, threads));
      bulkBytes += message.weight();
      documents.add(key(bulk.getLast()));
    }
    insertAll(bulk);
    Mailboxes.Committed<AddMessages.Result> committed;
    try {
      committed = mailboxes.commit(user, origin, new AddMessages(mailbox, added, null));
    } catch (Refused refused) {
      discard(documents);
      throw refused;
    }
    AddMessages.Result result = committed.result();
    return new Placed(result.uidValidity(), result.uids(), committed.seq());
  }

  private static ReceivedMessage own(Received message) {
    if (message instanceof ReceivedMessage received) {
      return received;
    }
    throw new IllegalArgumentException("a message that this store did not receive");
  }

  /** Makes sure that no blob of these was last touched long ago (journal.md rule 1). */
  private void stage(List<ReceivedMessage> received) {
    Set<BlobId> needed = new HashSet<>();
    received.forEach(message -> needed.addAll(message.blobs()));
    if (!needed.isEmpty() && blobs.touch(needed).size() < needed.size()) {
      throw new StoreUnavailable("parts of the message were swept while it waited");
    }
  }

  private void insertAll(List<BsonDocument> documents) {
    if (!documents.isEmpty() && !insert(documents).isEmpty()) {
      throw new StoreUnavailable("the store refused a message");
    }
  }

  /** Inserts contents; returns the positions of those that are not in the store. */
  private Set<Integer> insert(List<BsonDocument> documents) {
    Set<Integer> failed = new HashSet<>();
    messages
        .insertEach(documents)
        .forEach((position, code) -> {
          if (code != DUPLICATE_KEY) { // an id is random: if it is there, it is ours
            LOG.warn("the store refused a message, code {}", code);
            failed.add(position);
          }
        });
    for (int i = 0; i < documents.size(); i++) {
      if (!failed.contains(i)) {
        count(documents.get(i));
      }
    }
    return failed;
  }

  private void count(BsonDocument written) {
    long octets = written.getBinary("inline").getData().length;
    if (written.containsKey("trace")) {
      octets += written.getBinary("trace").getData().length;
    }
    figures().message(written.getInt64("size").getValue(), octets);
  }

  private static BsonDocument key(BsonDocument document) {
    return new BsonDocument("user", document.get("user")).append("_id", document.get("_id"));
  }

  /** Removes contents that no entry places and none ever will; else they are swept. */
  private void discard(List<BsonDocument> unplaced) {
    if (unplaced.isEmpty()) {
      return;
    }
    BsonArray users = new BsonArray();
    BsonArray ids = new BsonArray();
    for (BsonDocument document : unplaced) {
      BsonValue user = document.get("user");
      if (!users.contains(user)) {
        users.add(user);
      }
      ids.add(document.get("_id"));
    }
    try {
      messages.delete(
          new BsonDocument("user", new BsonDocument("$in", users))
              .append("_id", new BsonDocument("$in", ids)));
    } catch (RuntimeException later) { // whatever it is, what was placed stands and is told so
      LOG.debug("{} contents are left to the sweeper: {}", ids.size(), later.toString());
    }
  }

  @Override
  public void read(
      UserId user,
      Collection<ContentId> ids,
      Collection<Field> fields,
      Consumer<StoredMessage> each) {
    reader.read(user, ids, fields, each);
  }
}
