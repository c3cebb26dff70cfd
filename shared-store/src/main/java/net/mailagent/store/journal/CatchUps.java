package net.mailagent.store.journal;

import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import net.mailagent.model.StoreUnavailable;
import net.mailagent.model.UserId;
import net.mailagent.model.journal.Fold;
import net.mailagent.model.journal.UnknownVersion;
import net.mailagent.store.mongo.Cursor;
import net.mailagent.store.mongo.Ids;
import org.bson.BsonDocument;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads on for the users with subscribers on this node, hundreds in one call (journal.md 9), and
 * wakes those who have news. One thread at a time.
 *
 * <p>It asks for the one entry that comes next for each user, which is there if the dense journal
 * went on. That holds only while the entry cannot have been trimmed: when no round was complete for
 * as long as a state may be old, as on a machine that slept, everybody is woken to read by himself.
 */
final class CatchUps {
  private static final Logger LOG = LoggerFactory.getLogger(CatchUps.class);

  /** Entries of one user that are read together with those of others; more are read alone. */
  private static final int BATCHED_ROUNDS = 8;

  private final Journals journals;
  private final JournalStore store;
  private final Subscribers subscribers;
  private final int batch;
  private Moment complete; // when the last round that reached everybody began

  /**
   * @param batch how many users are asked about in one query
   */
  CatchUps(Journals journals, Subscribers subscribers, int batch) {
    this.journals = journals;
    this.store = journals.store();
    this.subscribers = subscribers;
    this.batch = batch;
    this.complete = store.now();
  }

  /** Asks about everybody. */
  void round() {
    Moment began = store.now();
    if (ask(List.copyOf(subscribers.users()))) {
      complete = began;
    }
  }

  /**
   * Asks about those users.
   *
   * @return whether all could be asked
   */
  boolean ask(List<UserId> users) {
    boolean all = true;
    for (int from = 0; from < users.size(); from += batch) {
      all &= askTogether(users.subList(from, Math.min(users.size(), from + batch)));
    }
    return all;
  }

  private boolean askTogether(Collection<UserId> users) {
    Map<UserId, Long> next = new HashMap<>();
    for (UserId user : users) {
      long seen = subscribers.seen(user);
      if (seen > 0) {
        next.put(user, seen + 1);
      } else {
        subscribers.wake(user); // nothing was read for it yet
      }
    }
    try {
      readOn(next).forEach(subscribers::wake);
      if (complete.olderThan(journals.settings().stateAge())) {
        next.keySet().forEach(subscribers::wake);
      }
      return true;
    } catch (RuntimeException | Error e) {
      LOG.warn("could not ask for news of {} users: {}", next.size(), e.toString());
      return false;
    }
  }

  /**
   * Reads on for many users in one call: their next entries, then, for those that had one, the ones
   * after that, a few times. What is read moves the state that this node knows.
   *
   * @param next of each user the seq that this node has not seen yet
   * @return users with news that their own catch-up must read
   */
  private Set<UserId> readOn(Map<UserId, Long> next) {
    Set<UserId> left = new HashSet<>();
    Map<UserId, Long> ask = next;
    for (int round = 0; !ask.isEmpty(); round++) {
      Map<UserId, Long> again = new HashMap<>();
      try (Cursor entries = store.entriesAt(ask)) {
        while (entries.hasNext()) {
          BsonDocument entry = entries.next();
          UserId user = Ids.user(entry, "user");
          if (round < BATCHED_ROUNDS && follow(user, entry)) {
            again.put(user, entry.getInt64("seq").getValue() + 1);
          } else {
            left.add(user);
          }
        }
      }
      ask = again;
    }
    return left;
  }

  /** Moves a state that is known forward by its next entry; false when it is not that simple. */
  private boolean follow(UserId user, BsonDocument entry) {
    Optional<Lane> inUse = journals.laneInUse(user);
    return inUse.isPresent() && follow(inUse.get(), entry);
  }

  private boolean follow(Lane lane, BsonDocument entry) {
    if (!lane.reading.tryLock()) {
      return false;
    }
    try {
      Snapshot known = lane.snapshot();
      if (known == null || known.since().olderThan(journals.settings().stateAge())) {
        return false;
      }
      JournalStore.Stored next = store.decode(entry);
      if (next.entry().seq() != known.state().seq() + 1) {
        return next.entry().seq() <= known.state().seq(); // it was read meanwhile
      }
      if (next.entry().startsAnew()) {
        lane.forget();
        return false;
      }
      Snapshot read =
          new Snapshot(
              Fold.fold(known.state(), next.entry()),
              known.since(), // nothing says yet that no other entry follows
              known.mark(),
              known.tailBytes() + next.bytes());
      journals.moved(lane, lane.install(read), false);
      return true;
    } catch (JournalStore.PartsGone | UnknownVersion e) {
      return false; // its own catch-up says what is to be said
    } catch (StoreUnavailable e) {
      throw e;
    } catch (RuntimeException e) { // one entry that cannot be read must not stop the others' news
      LOG.warn("an entry of user {} cannot be folded: {}", lane.user, e.toString());
      return false;
    } finally {
      lane.reading.unlock();
    }
  }
}
