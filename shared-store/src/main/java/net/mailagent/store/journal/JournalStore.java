package net.mailagent.store.journal;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import net.mailagent.model.MailboxId;
import net.mailagent.model.UserId;
import net.mailagent.model.journal.JournalEntry;
import net.mailagent.model.journal.PlacementSegment;
import net.mailagent.model.journal.UnknownVersion;
import net.mailagent.store.mongo.Cursor;
import net.mailagent.store.mongo.Documents;
import net.mailagent.store.mongo.Ids;
import net.mailagent.store.mongo.MongoConnection;
import net.mailagent.store.mongo.Query;
import org.bson.BsonArray;
import org.bson.BsonBinary;
import org.bson.BsonDateTime;
import org.bson.BsonDocument;
import org.bson.BsonInt32;
import org.bson.BsonInt64;
import org.bson.BsonString;
import org.bson.RawBsonDocument;
import org.bson.codecs.BsonDocumentCodec;

/**
 * The queries on journal, journal_parts and state: one method each, one call each unless said
 * otherwise. Any thread.
 *
 * <p>An entry whose changes are longer than a setting is kept in parts, {@code journal_parts}:
 * documents that are written before the entry, never change, and are found by its id. They stay out
 * of the journal so that its sequence stays what it is.
 */
final class JournalStore {
  final Documents journal;
  final Documents parts;
  final Documents state;
  private final JournalSettings settings;
  private final Ticks ticks;

  JournalStore(MongoConnection connection, JournalSettings settings, Ticks ticks) {
    this.journal = connection.documents("journal");
    this.parts = connection.documents("journal_parts");
    this.state = connection.documents("state");
    this.settings = settings;
    this.ticks = ticks;
  }

  /** Now, by this node's clocks. */
  Moment now() {
    return ticks.now();
  }

  /** An entry as it is inserted, with the size of its content. */
  record Encoded(JournalEntry entry, BsonDocument document, int bytes) {}

  /** An entry as it was read. */
  record Stored(JournalEntry entry, int bytes) {}

  /** Some parts of an entry are gone: it is being trimmed. */
  static final class PartsGone extends RuntimeException {
    private static final long serialVersionUID = 1;

    PartsGone(JournalEntry head) {
      super("parts of " + head.user() + "/" + head.seq() + " are gone", null, false, false);
    }
  }

  // ---- the journal

  /**
   * Makes the document of an entry; a long content is written into parts at once, which nobody
   * reads unless the entry follows.
   */
  Encoded encode(JournalEntry entry) {
    BsonDocument head = EntryCodec.head(entry);
    BsonDocument content = EntryCodec.content(entry);
    RawBsonDocument raw = new RawBsonDocument(content, new BsonDocumentCodec());
    int length = raw.getByteBuffer().remaining();
    if (length <= settings.inlineBytes()) {
      head.putAll(content);
      return new Encoded(entry, head, length);
    }
    byte[] bytes = new byte[length];
    raw.getByteBuffer().get(bytes);
    List<BsonDocument> documents = new ArrayList<>();
    for (int from = 0; from < length; from += settings.partBytes()) {
      int size = Math.min(settings.partBytes(), length - from);
      byte[] part = java.util.Arrays.copyOfRange(bytes, from, from + size);
      documents.add(
          new BsonDocument("_id", partId(entry, documents.size()))
              .append("user", Ids.bson(entry.user()))
              .append("entry", new BsonInt64(entry.seq()))
              .append("at", new BsonDateTime(entry.at()))
              .append("bytes", new BsonBinary(part)));
    }
    for (BsonDocument document : documents) { // each may be as long as a message may be
      parts.insert(document);
    }
    head.append("parts", new BsonInt32(documents.size())).append("length", new BsonInt32(length));
    return new Encoded(entry, head, length);
  }

  static String partsPrefix(UserId user, String entryId) {
    return user.hex() + "/" + entryId + "/";
  }

  private static BsonString partId(JournalEntry entry, int number) {
    return new BsonString(
        partsPrefix(entry.user(), entry.id())
            + String.format(java.util.Locale.ROOT, "%04x", number));
  }

  /**
   * The entry of that document; parts, if it has any, are further calls.
   *
   * @throws PartsGone when some are not there
   */
  Stored decode(BsonDocument document) {
    int size = size(document);
    if (!document.containsKey("parts")) {
      return new Stored(EntryCodec.decode(document, document), size);
    }
    EntryCodec.requireVersion(document);
    BsonDocument nothing =
        new BsonDocument("changes", new BsonArray())
            .append("counters", new BsonArray())
            .append("quota", new BsonInt64(0));
    JournalEntry head = EntryCodec.decode(document, nothing);
    byte[] bytes = new byte[document.getInt32("length").getValue()];
    int at = 0;
    Query query =
        range(head.user(), partsPrefix(head.user(), head.id()))
            .sort(new BsonDocument("_id", new BsonInt32(1)));
    try (Cursor cursor = parts.stream(query, 2)) {
      while (cursor.hasNext()) {
        byte[] part = cursor.next().getBinary("bytes").getData();
        System.arraycopy(part, 0, bytes, at, Math.min(part.length, bytes.length - at));
        at += part.length;
      }
    }
    if (at != bytes.length) {
      throw new PartsGone(head);
    }
    return new Stored(EntryCodec.decode(document, new RawBsonDocument(bytes)), bytes.length);
  }

  private static int size(BsonDocument document) {
    return document instanceof RawBsonDocument raw ? raw.getByteBuffer().remaining() : 256;
  }

  /** The entries after that seq, ascending, as they are pulled. */
  Cursor tail(UserId user, long after, int batch) {
    return journal.stream(tailQuery(user, after), Math.min(batch, settings.batch()));
  }

  /** All entries, descending, as they are pulled. */
  Cursor newestFirst(UserId user) {
    Query query =
        Query.of(new BsonDocument("user", Ids.bson(user)))
            .sort(new BsonDocument("seq", new BsonInt32(-1)));
    return journal.stream(query, settings.batch());
  }

  private static Query tailQuery(UserId user, long after) {
    return Query.of(
            new BsonDocument("user", Ids.bson(user))
                .append("seq", new BsonDocument("$gt", new BsonInt64(after))))
        .sort(new BsonDocument("seq", new BsonInt32(1)));
  }

  /** The id of the entry at that seq, if there is one. */
  Optional<String> idAt(UserId user, long seq) {
    return journal
        .findOne(
            Query.of(new BsonDocument("user", Ids.bson(user)).append("seq", new BsonInt64(seq)))
                .project(new BsonDocument("id", new BsonInt32(1))))
        .map(found -> found.getString("id").getValue());
  }

  /** The entries of those users at the seq beside them, as far as there are any. */
  Cursor entriesAt(Map<UserId, Long> seqs) {
    BsonArray ids = new BsonArray();
    seqs.forEach((user, seq) -> ids.add(EntryCodec.id(user, seq)));
    return journal.stream(
        Query.of(new BsonDocument("_id", new BsonDocument("$in", ids))), settings.batch());
  }

  // ---- checkpoints

  /**
   * Checkpoint documents, read together with the mark: by the same server. One that lags behind the
   * server which told us the mark before lags with both.
   *
   * @param mark up to which they are complete at least
   */
  record Marked<T>(T documents, long mark) {}

  /** Up to which seq the user's checkpoints are complete; 0 when there are none of our fold. */
  long mark(UserId user) {
    return markDocument(user).map(JournalStore::markOf).orElse(0L);
  }

  private static long markOf(BsonDocument mark) {
    return StateCodec.isOutdated(mark) ? 0 : StateCodec.mark(mark);
  }

  /** Up to which seq the user's entries were trimmed; what is found there came too late. */
  long trimmed(UserId user) {
    return markDocument(user).map(StateCodec::trimmed).orElse(0L);
  }

  /** The document that holds the mark, if there are checkpoints. */
  Optional<BsonDocument> markDocument(UserId user) {
    return state.findOne(Query.of(atMark(user)));
  }

  /** The filter of the document that holds the mark. */
  static BsonDocument atMark(UserId user) {
    return new BsonDocument("_id", new BsonString(StateCodec.markId(user)))
        .append("user", Ids.bson(user));
  }

  /**
   * Refuses a user whose checkpoints an older fold made, when the journal does not begin at 1 any
   * more and they cannot be made anew.
   *
   * @throws UnknownVersion then
   */
  void requireRebuildable(UserId user) {
    if (markDocument(user).filter(StateCodec::isOutdated).isPresent() && idAt(user, 1).isEmpty()) {
      throw UnknownVersion.tooOld("the checkpoints of a user whose journal was trimmed");
    }
  }

  /** Root, delivery keys and heads of mailboxes, so far as our fold made them. */
  Marked<List<BsonDocument>> heads(UserId user) {
    BsonDocument untilMark = // which follows them
        new BsonDocument("$gte", new BsonString(StateCodec.headsPrefix(user)))
            .append("$lte", new BsonString(StateCodec.markId(user)));
    return marked(user, new BsonDocument("_id", untilMark));
  }

  /** The documents that fit and our fold made, and the mark, which fits too. */
  private Marked<List<BsonDocument>> marked(UserId user, BsonDocument wanted) {
    Query query = Query.of(new BsonDocument("user", Ids.bson(user)));
    query.filter().putAll(wanted);
    BsonString atMark = new BsonString(StateCodec.markId(user));
    List<BsonDocument> all = new ArrayList<>();
    long mark = 0;
    try (Cursor cursor = state.stream(query, settings.batch())) {
      while (cursor.hasNext()) {
        BsonDocument document = cursor.next();
        if (atMark.equals(document.get("_id"))) {
          mark = markOf(document);
        } else if (!StateCodec.isOutdated(document)) {
          all.add(document);
        }
      }
    }
    return new Marked<>(all, mark);
  }

  /** All segments of those mailboxes; one call (or several batches) for each. */
  Marked<Map<MailboxId, List<PlacementSegment>>> segments(UserId user, Set<MailboxId> mailboxes) {
    Map<MailboxId, BsonDocument> wanted = new HashMap<>();
    for (MailboxId mailbox : mailboxes) {
      BsonDocument segments =
          range(user, StateCodec.placementsPrefix(user, mailbox)).filter().clone();
      segments.remove("user");
      BsonDocument mark = new BsonDocument("_id", new BsonString(StateCodec.markId(user)));
      wanted.put(mailbox, new BsonDocument("$or", new BsonArray(List.of(mark, segments))));
    }
    return segmentsOf(user, wanted);
  }

  private Marked<Map<MailboxId, List<PlacementSegment>>> segmentsOf(
      UserId user, Map<MailboxId, BsonDocument> wanted) {
    Map<MailboxId, List<PlacementSegment>> all = new HashMap<>();
    long mark = Long.MAX_VALUE;
    for (Map.Entry<MailboxId, BsonDocument> each : wanted.entrySet()) {
      Marked<List<BsonDocument>> found = marked(user, each.getValue());
      all.put(each.getKey(), found.documents().stream().map(StateCodec::segment).toList());
      mark = Math.min(mark, found.mark());
    }
    return new Marked<>(all, mark);
  }

  /** Those segments, as far as they exist; one call for each mailbox. */
  Marked<Map<MailboxId, List<PlacementSegment>>> segments(
      UserId user, Map<MailboxId, Set<Integer>> numbers) {
    Map<MailboxId, BsonDocument> all = new HashMap<>();
    numbers.forEach((mailbox, wanted) -> {
      BsonArray ids = new BsonArray(List.of(new BsonString(StateCodec.markId(user))));
      wanted.forEach(n -> ids.add(new BsonString(StateCodec.segmentId(user, mailbox, n))));
      all.put(mailbox, new BsonDocument("_id", new BsonDocument("$in", ids)));
    });
    return segmentsOf(user, all);
  }

  /** Documents of that user whose {@code _id} has that prefix, which ends with a slash. */
  static Query range(UserId user, String prefix) {
    String behind = prefix.substring(0, prefix.length() - 1) + "0"; // '0' follows '/'
    return Query.of(
        new BsonDocument("user", Ids.bson(user))
            .append(
                "_id",
                new BsonDocument("$gte", new BsonString(prefix))
                    .append("$lt", new BsonString(behind))));
  }
}
