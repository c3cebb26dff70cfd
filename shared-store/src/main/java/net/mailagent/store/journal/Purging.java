package net.mailagent.store.journal;

import net.mailagent.model.UserId;
import net.mailagent.store.mongo.Ids;
import org.bson.BsonDocument;

/**
 * Deletes all that the journal keeps of a user who is gone for good (journal.md 18). Any thread.
 */
final class Purging {
  private final JournalStore store;

  Purging(JournalStore store) {
    this.store = store;
  }

  /**
   * Deletes state, parts and journal; repeated, it goes on where it died. The mark goes first: what
   * is left of the other documents then counts only together with the entries, of which the last
   * says that the journal has ended.
   */
  void purge(UserId user) {
    BsonDocument all = new BsonDocument("user", Ids.bson(user));
    store.state.delete(JournalStore.atMark(user));
    store.state.delete(all);
    store.parts.delete(all);
    store.journal.delete(all);
    store.state.delete(all); // a checkpoint that was being written meanwhile
  }
}
