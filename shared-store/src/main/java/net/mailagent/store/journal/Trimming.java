package net.mailagent.store.journal;

import java.util.Optional;
import net.mailagent.model.UserId;
import net.mailagent.store.mongo.Cursor;
import net.mailagent.store.mongo.Ids;
import net.mailagent.store.mongo.Query;
import org.bson.BsonBoolean;
import org.bson.BsonDocument;
import org.bson.BsonInt32;
import org.bson.BsonInt64;
import org.bson.BsonNull;
import org.bson.BsonString;

/**
 * Deletes entries that checkpoints cover and that are older than the retention (journal.md 12), and
 * what nobody needs without them. Safe on every node at once: it deletes only what is old by the
 * store's clock, and readers notice what is missing. Any thread.
 */
final class Trimming {
  private final JournalStore store;
  private final Checkpoints checkpoints;
  private final StoreClock clock;
  private final UpkeepSettings upkeep;
  private final int batch;

  Trimming(Journals journals, Checkpoints checkpoints, StoreClock clock, UpkeepSettings upkeep) {
    this.store = journals.store();
    this.checkpoints = checkpoints;
    this.clock = clock;
    this.upkeep = upkeep;
    this.batch = journals.settings().batch();
  }

  /**
   * Trims one user's journal; {@link StoreClock#isTrusted} was true a short while ago.
   *
   * @return how many entries were deleted
   */
  long trim(UserId user) {
    return trim(user, clock.millis() - upkeep.retention().toMillis());
  }

  /**
   * Deletes what was announced long enough ago, or else announces what goes next.
   *
   * @param cutoff in milliseconds since 1970: only entries older than that go
   */
  long trim(UserId user, long cutoff) {
    long deleted = deleteAnnounced(user);
    return announce(user, cutoff) ? deleted + deleteAnnounced(user) : deleted;
  }

  /** Says which entries go, unless others that were announced are still there. */
  private boolean announce(UserId user, long cutoff) {
    long mark = store.mark(user);
    if (oldestAfter(user, mark).map(at -> at < cutoff).orElse(false)) {
      mark = checkpoints.write(user); // a user of few changes never had one
    }
    long last = 0;
    try (Cursor entries = store.journal.stream(covered(user, mark), batch)) {
      while (entries.hasNext()) {
        BsonDocument entry = entries.next();
        if (entry.getDateTime("at").getValue() >= cutoff) {
          break;
        }
        last = entry.getInt64("seq").getValue();
      }
    }
    BsonDocument nothingPending =
        JournalStore.atMark(user).append(StateCodec.ANNOUNCED, BsonNull.VALUE);
    // no such document: the user is being purged, or its checkpoints repaired
    return last > 0
        && store.state.update(nothingPending, StateCodec.announceTrimmed(last, clock.millis()));
  }

  private long deleteAnnounced(UserId user) {
    Optional<BsonDocument> mark = store.markDocument(user);
    if (mark.isEmpty() || !mark.get().containsKey(StateCodec.ANNOUNCED)) {
      return 0;
    }
    long announced = mark.get().getDateTime(StateCodec.ANNOUNCED).getValue();
    if (clock.millis() - announced < upkeep.announced().toMillis()) {
      return 0;
    }
    long last = StateCodec.trimmed(mark.get());
    // before the entries, so that none is left behind: readers take these for trimmed already;
    // those of entries that lost their race go, too
    store.parts.delete(upTo("entry", user, last));
    long deleted = store.journal.delete(upTo("seq", user, last));
    clean(user, last);
    store.state.update(
        JournalStore.atMark(user)
            .append(StateCodec.ANNOUNCED, mark.get().get(StateCodec.ANNOUNCED)),
        new BsonDocument("$unset", new BsonDocument(StateCodec.ANNOUNCED, BsonBoolean.TRUE)));
    return deleted;
  }

  private Optional<Long> oldestAfter(UserId user, long seq) {
    Query query =
        Query.of(
                new BsonDocument("user", Ids.bson(user))
                    .append("seq", new BsonDocument("$gt", new BsonInt64(seq))))
            .sort(new BsonDocument("seq", new BsonInt32(1)))
            .project(new BsonDocument("at", new BsonInt32(1)));
    return store.journal.findOne(query).map(entry -> entry.getDateTime("at").getValue());
  }

  private static BsonDocument upTo(String field, UserId user, long seq) {
    return new BsonDocument("user", Ids.bson(user))
        .append(field, new BsonDocument("$lte", new BsonInt64(seq)));
  }

  private static Query covered(UserId user, long mark) {
    BsonDocument fields = new BsonDocument("seq", new BsonInt32(1)).append("at", new BsonInt32(1));
    return Query.of(upTo("seq", user, mark))
        .sort(new BsonDocument("seq", new BsonInt32(1)))
        .project(fields);
  }

  /** Checkpoint documents that only trimmed entries could touch. */
  private void clean(UserId user, long trimmed) {
    String prefix = StateCodec.headsPrefix(user);
    for (BsonDocument document : store.heads(user).documents()) {
      String kind = document.getString("_id").getValue().substring(prefix.length());
      if (kind.equals("root")) {
        deleteKeys(user, StateCodec.root(document).firstKeyChunk());
      } else if (kind.startsWith("m/")) {
        var mailbox = StateCodec.mailbox(document);
        if (mailbox.forgotten() && mailbox.modSeq() <= trimmed) {
          String placements = StateCodec.placementsPrefix(user, mailbox.id());
          store.state.delete(JournalStore.range(user, placements).filter());
          store.state.delete( // the tombstone: no entry is left that could meet it
              new BsonDocument("_id", document.get("_id"))
                  .append("user", Ids.bson(user))
                  .append("seq", document.get("seq")));
        }
      }
    }
  }

  private void deleteKeys(UserId user, long firstKept) {
    if (firstKept > 0) {
      store.state.delete(
          new BsonDocument("user", Ids.bson(user))
              .append(
                  "_id",
                  new BsonDocument("$gte", new BsonString(StateCodec.keysId(user, 0)))
                      .append("$lt", new BsonString(StateCodec.keysId(user, firstKept)))));
    }
  }
}
