package net.mailagent.store.journal;

import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import net.mailagent.model.MailboxId;
import net.mailagent.model.MailboxPath;
import net.mailagent.model.UserId;
import net.mailagent.model.journal.DeliveryKeys;
import net.mailagent.model.journal.Fold;
import net.mailagent.model.journal.MailboxState;
import net.mailagent.model.journal.PlacementColumns;
import net.mailagent.model.journal.PlacementSegment;
import net.mailagent.model.journal.UnknownVersion;
import net.mailagent.model.journal.UserState;
import net.mailagent.store.mongo.Ids;
import net.mailagent.store.mongo.Query;
import org.bson.BsonArray;
import org.bson.BsonBinary;
import org.bson.BsonBoolean;
import org.bson.BsonDateTime;
import org.bson.BsonDocument;
import org.bson.BsonInt32;
import org.bson.BsonInt64;
import org.bson.BsonString;
import org.bson.BsonValue;

/**
 * Checkpoint documents. Their {@code _id} is the user, a slash and: {@code mark}; {@code h/root};
 * {@code h/k/} and a chunk of delivery keys; {@code h/m/} and a mailbox; {@code p/}, a mailbox, a
 * slash and a segment of placements. So all of a user but the placements is one range, and so are
 * the placements of a mailbox. Each carries the {@code seq} of the last entry that touched it.
 * Pure.
 */
final class StateCodec {
  /** Of the mark: since when entries that are still there are said to be trimmed, if they are. */
  static final String ANNOUNCED = "announced";

  private static final int VERSION = 1;

  private StateCodec() {}

  static String markId(UserId user) {
    return user.hex() + "/mark";
  }

  /** The ids of all documents of that user. */
  static Query idsOf(UserId user) {
    return JournalStore.range(user, user.hex() + "/")
        .project(new BsonDocument("_id", new BsonInt32(1)));
  }

  static String headsPrefix(UserId user) {
    return user.hex() + "/h/";
  }

  static String placementsPrefix(UserId user, MailboxId mailbox) {
    return user.hex() + "/p/" + mailbox.hex() + "/";
  }

  static String segmentId(UserId user, MailboxId mailbox, int number) {
    return placementsPrefix(user, mailbox) + String.format(Locale.ROOT, "%06x", number);
  }

  static String keysId(UserId user, long number) {
    return headsPrefix(user) + "k/" + String.format(Locale.ROOT, "%016x", number);
  }

  private static BsonDocument document(UserId user, String id, long seq) {
    return new BsonDocument("_id", new BsonString(id))
        .append("v", new BsonInt32(VERSION))
        .append("fold", new BsonInt32(Fold.VERSION))
        .append("user", Ids.bson(user))
        .append("seq", new BsonInt64(seq));
  }

  private static void requireVersion(BsonDocument from) {
    BsonValue version = from.get("v");
    if (!new BsonInt32(VERSION).equals(version) || fold(from) != Fold.VERSION) {
      throw new UnknownVersion("a checkpoint", version + ", fold " + fold(from));
    }
  }

  private static int fold(BsonDocument from) {
    return from.getInt32("fold", new BsonInt32(1)).getValue();
  }

  /** Whether an older fold made it: it is as if it were not there, and made anew. */
  static boolean isOutdated(BsonDocument from) {
    return fold(from) < Fold.VERSION;
  }

  /** The documents that a newer one replaces: those of an older seq, or of an older fold. */
  static BsonDocument older(BsonDocument document) {
    BsonDocument seq = new BsonDocument("seq", new BsonDocument("$lt", document.get("seq")));
    BsonDocument fold =
        new BsonDocument("fold", new BsonDocument("$lt", new BsonInt32(Fold.VERSION)));
    return new BsonDocument("_id", document.get("_id"))
        .append("user", document.get("user"))
        .append("$or", new BsonArray(List.of(seq, fold)));
  }

  /** What a document with this id was, unless it is newer than that; a damaged one is not newer. */
  static BsonDocument upTo(BsonDocument document, long seq) {
    return upTo(Ids.user(document, "user"), seq).append("_id", document.get("_id"));
  }

  /** The user's documents that are not newer than that; damaged ones are not newer. */
  static BsonDocument upTo(UserId user, long seq) {
    BsonDocument newer = new BsonDocument("$gt", new BsonInt64(seq));
    return new BsonDocument("user", Ids.bson(user)).append("seq", new BsonDocument("$not", newer));
  }

  static long mark(BsonDocument from) {
    requireVersion(from);
    return from.getInt64("mark").getValue();
  }

  /** The update that raises the mark. */
  static BsonDocument raiseMark(long mark) {
    return new BsonDocument("$max", new BsonDocument("mark", new BsonInt64(mark)))
        .append(
            "$set",
            new BsonDocument("v", new BsonInt32(VERSION))
                .append("fold", new BsonInt32(Fold.VERSION)));
  }

  /** Up to which seq entries were trimmed, or are being trimmed; whatever fold made the mark. */
  static long trimmed(BsonDocument from) {
    requireVersion(from);
    return from.getInt64("trimmed", new BsonInt64(0)).getValue();
  }

  /** The update that says, before they go, that entries up to that one are trimmed. */
  static BsonDocument announceTrimmed(long seq, long millis) {
    return new BsonDocument("$max", new BsonDocument("trimmed", new BsonInt64(seq)))
        .append("$set", new BsonDocument(ANNOUNCED, new BsonDateTime(millis)));
  }

  static BsonDocument encode(UserId user, UserState.Root root) {
    BsonArray subscriptions = new BsonArray();
    root.subscriptions().stream()
        .sorted()
        .forEach(path -> subscriptions.add(new BsonString(path.value())));
    return document(user, headsPrefix(user) + "root", root.seq())
        .append("quotaUsed", new BsonInt64(root.quotaUsed()))
        .append("quotaLimit", new BsonInt64(root.quotaLimit()))
        .append("lastUidValidity", new BsonInt32(root.lastUidValidity()))
        .append("subscriptions", subscriptions)
        .append("keyCount", new BsonInt64(root.keyCount()))
        .append("firstKeyChunk", new BsonInt64(root.firstKeyChunk()))
        .append("closed", BsonBoolean.valueOf(root.closed()));
  }

  static UserState.Root root(BsonDocument from) {
    requireVersion(from);
    Set<MailboxPath> subscriptions = new HashSet<>();
    for (BsonValue path : from.getArray("subscriptions")) {
      subscriptions.add(new MailboxPath(path.asString().getValue()));
    }
    return new UserState.Root(
        from.getInt64("seq").getValue(),
        from.getInt64("quotaUsed").getValue(),
        from.getInt64("quotaLimit").getValue(),
        from.getInt32("lastUidValidity").getValue(),
        subscriptions,
        from.getInt64("keyCount").getValue(),
        from.getInt64("firstKeyChunk").getValue(),
        from.getBoolean("closed").getValue());
  }

  static BsonDocument encode(UserId user, MailboxState mailbox) {
    return document(user, headsPrefix(user) + "m/" + mailbox.id().hex(), mailbox.modSeq())
        .append("mailbox", Ids.bson(mailbox.id()))
        .append("path", new BsonString(mailbox.path().value()))
        .append("uses", EntryCodec.uses(mailbox.uses()))
        .append("uidValidity", new BsonInt32(mailbox.uidValidity()))
        .append("created", new BsonInt64(mailbox.created()))
        .append("counters", EntryCodec.encode(mailbox.counters()))
        .append("deletedAt", new BsonDateTime(mailbox.deletedAt()))
        .append("oldestExpunged", new BsonDateTime(mailbox.oldestExpunged()));
  }

  /** The mailbox, its placements not loaded. */
  static MailboxState mailbox(BsonDocument from) {
    requireVersion(from);
    return new MailboxState(
        Ids.mailbox(from, "mailbox"),
        new MailboxPath(from.getString("path").getValue()),
        EntryCodec.uses(from.getArray("uses")),
        from.getInt32("uidValidity").getValue(),
        from.getInt64("created").getValue(),
        from.getInt64("seq").getValue(),
        EntryCodec.counters(from.getDocument("counters")),
        from.getDateTime("deletedAt").getValue(),
        from.getDateTime("oldestExpunged").getValue(),
        null);
  }

  static BsonDocument encode(UserId user, MailboxId mailbox, PlacementSegment segment) {
    return document(user, segmentId(user, mailbox, segment.number()), segment.seq())
        .append("number", new BsonInt32(segment.number()))
        .append("rows", new BsonBinary(PlacementColumns.encode(segment)));
  }

  static PlacementSegment segment(BsonDocument from) {
    requireVersion(from);
    return PlacementColumns.decode(
        from.getInt32("number").getValue(),
        from.getInt64("seq").getValue(),
        from.getBinary("rows").getData());
  }

  static BsonDocument encode(UserId user, DeliveryKeys.Chunk chunk) {
    BsonArray keys = new BsonArray();
    BsonArray times = new BsonArray();
    chunk
        .keys()
        .forEach((key, at) -> {
          keys.add(new BsonString(key));
          times.add(new BsonInt64(at));
        });
    return document(user, keysId(user, chunk.number()), chunk.seq())
        .append("number", new BsonInt64(chunk.number()))
        .append("keys", keys)
        .append("times", times);
  }

  static DeliveryKeys.Chunk keys(BsonDocument from) {
    requireVersion(from);
    BsonArray keys = from.getArray("keys");
    BsonArray times = from.getArray("times");
    Map<String, Long> all = new LinkedHashMap<>();
    for (int i = 0; i < keys.size(); i++) {
      all.put(keys.get(i).asString().getValue(), times.get(i).asInt64().getValue());
    }
    return new DeliveryKeys.Chunk(
        from.getInt64("number").getValue(), from.getInt64("seq").getValue(), all);
  }
}
