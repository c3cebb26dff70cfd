package net.mailagent.store.sweep;

import java.time.Duration;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import net.mailagent.model.ContentId;
import net.mailagent.model.UserId;
import net.mailagent.model.journal.ContentPlaces;
import net.mailagent.store.journal.Journals;
import net.mailagent.store.mongo.Documents;
import net.mailagent.store.mongo.Ids;
import net.mailagent.store.mongo.MongoConnection;
import net.mailagent.store.mongo.Query;
import org.bson.BsonDocument;
import org.bson.BsonInt32;

/**
 * Deletes contents that no journal entry ever placed, since a node died between the two writes of a
 * delivery. Their ids tell when they were made; an entry places a content within hours of that or
 * never, so what is older than the grace and not placed stays unplaced. One thread.
 */
final class OrphanSweep {
  /** How much earlier than the first content an entry may be by its time, if clocks differ. */
  private static final long SLACK_MILLIS = Duration.ofHours(2).toMillis();

  /** Contents that are looked at together, in memory. */
  private static final int STEP = 20_000;

  private final Documents messages;
  private final Journals journals;
  private final Contents contents;
  private final SweepCounts counts;

  OrphanSweep(
      MongoConnection connection, Journals journals, Contents contents, SweepCounts counts) {
    this.messages = connection.documents("messages");
    this.journals = journals;
    this.contents = contents;
    this.counts = counts;
  }

  /**
   * Sweeps one user.
   *
   * @param from contents made since then, in milliseconds since 1970
   * @param until and before then: at least the grace ago
   */
  void sweep(UserId user, long from, long until) {
    ContentId first = ContentId.first(Math.max(0, from / 1000));
    ContentId behind = ContentId.first(until / 1000);
    while (true) {
      List<ContentId> made = made(user, first, behind);
      if (made.isEmpty()) {
        return;
      }
      Set<ContentId> unplaced = unplaced(user, made, from);
      if (!unplaced.isEmpty()) {
        ExpungedSweep.fence(journals, user);
        counts.orphans.add(contents.delete(user, unplaced(user, unplaced, from)));
      }
      if (made.size() < STEP) {
        return;
      }
      first = made.getLast();
    }
  }

  private Set<ContentId> unplaced(UserId user, Collection<ContentId> made, long from) {
    Set<ContentId> unplaced = new HashSet<>(made);
    // few new contents are found among the latest entries, many among all placements
    boolean known =
        made.size() < STEP && journals.placedSince(user, from - SLACK_MILLIS, unplaced::remove);
    if (!known) {
      ContentPlaces places = ContentPlaces.of(ExpungedSweep.loaded(journals, user), made);
      unplaced.removeIf(content -> !places.of(content).isEmpty());
    }
    return unplaced;
  }

  private List<ContentId> made(UserId user, ContentId first, ContentId behind) {
    BsonDocument window =
        new BsonDocument("user", Ids.bson(user))
            .append(
                "_id", new BsonDocument("$gte", Ids.bson(first)).append("$lt", Ids.bson(behind)));
    return messages
        .find(
            Query.of(window)
                .sort(new BsonDocument("_id", new BsonInt32(1)))
                .project(new BsonDocument("_id", new BsonInt32(1))),
            STEP)
        .stream()
        .map(found -> Ids.content(found, "_id"))
        .toList();
  }
}
