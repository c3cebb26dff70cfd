package net.mailagent.store.account;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import net.mailagent.model.Origin;
import net.mailagent.model.Refusal;
import net.mailagent.model.Refused;
import net.mailagent.model.StoreUnavailable;
import net.mailagent.model.UserId;
import net.mailagent.model.journal.CloseAccount;
import net.mailagent.store.journal.Journals;
import net.mailagent.store.journal.StoreClock;
import net.mailagent.store.mongo.Documents;
import net.mailagent.store.mongo.DuplicateKey;
import net.mailagent.store.mongo.Ids;
import net.mailagent.store.mongo.MongoConnection;
import net.mailagent.store.mongo.Query;
import org.bson.BsonArray;
import org.bson.BsonDateTime;
import org.bson.BsonDocument;
import org.bson.BsonInt32;
import org.bson.BsonNull;
import org.bson.BsonString;
import org.bson.BsonValue;

/**
 * How users go (journal.md 18). A user document with the time {@code deleted} says that the user is
 * gone: nobody finds it any more, its journal is closed, its names are freed, and the sweeper
 * purges the rest; the document goes last. Users whose creation died get such a document too, so
 * that the journal they may have begun is found. Each step may be repeated and be done by several
 * nodes at once. Any thread.
 *
 * <p>The time {@code purging} says that the purge has begun. From then on the journal, of which any
 * part may be gone, is neither read nor written any more: what is left of it may not load, or look
 * open.
 */
public final class AccountRemoval {
  private static final Origin ORIGIN = new Origin("system", "", "account");
  private static final int PAGE = 500;
  private static final BsonDocument ONLY_DELETED = new BsonDocument("deleted", new BsonInt32(1));
  private static final BsonDocument BY_ID = new BsonDocument("_id", new BsonInt32(1));

  private final Documents users;
  private final List<Documents> names;
  private final Journals journals;
  private final StoreClock clock;

  public AccountRemoval(MongoConnection connection, Journals journals, StoreClock clock) {
    this.users = connection.documents("users");
    this.names = List.of(connection.documents("usernames"), connection.documents("addresses"));
    this.journals = journals;
    this.clock = clock;
  }

  /** Whether that user document says that the user is gone. */
  static boolean isDeleted(BsonDocument user) {
    return user.containsKey("deleted");
  }

  /**
   * Deletes a user.
   *
   * @throws Refused NoSuchUser
   */
  void delete(UserId user) {
    BsonDocument present = byId(user).append("deleted", BsonNull.VALUE);
    if (!users.update(present, set("deleted", clock.millis()))
        && users.findOne(Query.of(byId(user))).isEmpty()) {
      throw new Refused(new Refusal.NoSuchUser(user.hex()));
    }
    finish(user);
  }

  /**
   * Says of a user who was never made, and now cannot be any more, that it is gone.
   *
   * @return false if the user exists after all
   * @throws StoreUnavailable if nobody can know yet
   */
  public boolean abandon(UserId user) {
    try {
      users.insert(
          byId(user)
              .append("v", new BsonInt32(AccountStore.VERSION))
              .append("deleted", new BsonDateTime(clock.millis())));
      return true;
    } catch (DuplicateKey e) {
      // one that no majority has yet cannot be read: it may come to exist, or not
      return users
          .findOne(Query.of(byId(user)))
          .map(AccountRemoval::isDeleted)
          .orElseThrow(
              () -> new StoreUnavailable("the user " + user + " may or may not have been made", e));
    }
  }

  /** What is left to do when a deletion died: closes the journal and frees the names. */
  private void finish(UserId user) {
    BsonDocument notPurging = byId(user).append("purging", BsonNull.VALUE);
    if (users.findOne(Query.of(notPurging).project(BY_ID)).isPresent()) {
      close(user, notPurging);
    }
    for (Documents some : names) {
      some.delete(new BsonDocument("user", Ids.bson(user)));
    }
  }

  private void close(UserId user, BsonDocument notPurging) {
    try {
      journals.current(user);
      // from now on, however long ago the deletion began: states of open journals are in use
      if (users.update(notPurging, set("deleted", clock.millis()))) {
        journals.commit(user, ORIGIN, new CloseAccount());
      }
    } catch (Refused closedOrNeverBegun) {
      // as it should be
    }
  }

  /** Users who are gone since before then, some of them and none of the others. */
  public List<UserId> goneBefore(long millis, Collection<UserId> others, int most) {
    BsonArray left = new BsonArray(others.stream().map(Ids::bson).toList());
    return users
        .find(
            Query.of(
                    new BsonDocument("deleted", before(millis))
                        .append("_id", new BsonDocument("$nin", left)))
                .sort(new BsonDocument("deleted", new BsonInt32(1)))
                .project(BY_ID),
            most)
        .stream()
        .map(found -> Ids.user(found, "_id"))
        .toList();
  }

  /**
   * Begins to purge that user, or goes on, if it is gone since before then and nothing of it needs
   * to be closed any more.
   *
   * @return whether it may be purged
   */
  public boolean beginPurge(UserId user, long millis) {
    finish(user);
    return users.update(
        byId(user).append("deleted", before(millis)), set("purging", clock.millis()));
  }

  /** Nothing is left of that user but the document that says so, which goes now. */
  public void purged(UserId user) {
    users.delete(byId(user).append("deleted", new BsonDocument("$gt", new BsonDateTime(0))));
  }

  /**
   * Frees the names that were reserved before then for users who were never made, or are gone, and
   * says of these users that they are.
   *
   * @return how many names
   */
  public long reclaim(long millis) {
    long freed = 0;
    for (Documents some : names) {
      BsonDocument all = after(new BsonString(""));
      List<BsonDocument> page;
      do {
        page = some.find(Query.of(all).sort(BY_ID), PAGE);
        freed += reclaim(some, page, millis);
        if (!page.isEmpty()) {
          all = after(page.getLast().getString("_id"));
        }
      } while (page.size() == PAGE);
    }
    return freed;
  }

  private static BsonDocument after(BsonValue id) {
    return new BsonDocument("_id", new BsonDocument("$gt", id));
  }

  private long reclaim(Documents in, List<BsonDocument> reservations, long millis) {
    List<BsonDocument> old = new ArrayList<>();
    BsonArray ids = new BsonArray();
    for (BsonDocument reservation : reservations) {
      if (reservation.getDateTime("at").getValue() < millis) {
        old.add(reservation);
        ids.add(reservation.get("user"));
      }
    }
    if (old.isEmpty()) {
      return 0;
    }
    Set<BsonValue> present = new HashSet<>();
    BsonDocument among = new BsonDocument("_id", new BsonDocument("$in", ids));
    for (BsonDocument user : users.find(Query.of(among).project(ONLY_DELETED), ids.size())) {
      if (!isDeleted(user)) {
        present.add(user.get("_id"));
      }
    }
    long freed = 0;
    for (BsonDocument reservation : old) {
      if (!present.contains(reservation.get("user")) && abandon(Ids.user(reservation, "user"))) {
        freed += in.delete(asItIs(reservation));
      }
    }
    return freed;
  }

  /** Fits a reservation as long as nobody has taken it over. */
  static BsonDocument asItIs(BsonDocument reservation) {
    return new BsonDocument("_id", reservation.get("_id"))
        .append("user", reservation.get("user"))
        .append("at", reservation.get("at"));
  }

  private static BsonDocument byId(UserId user) {
    return new BsonDocument("_id", Ids.bson(user));
  }

  private static BsonDocument before(long millis) {
    return new BsonDocument("$lt", new BsonDateTime(millis));
  }

  private static BsonDocument set(String field, long millis) {
    return new BsonDocument("$set", new BsonDocument(field, new BsonDateTime(millis)));
  }
}
