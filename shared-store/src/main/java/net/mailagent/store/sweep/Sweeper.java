package net.mailagent.store.sweep;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import net.mailagent.model.Refused;
import net.mailagent.model.StoreUnavailable;
import net.mailagent.model.UserId;
import net.mailagent.model.journal.UnknownVersion;
import net.mailagent.store.account.AccountRemoval;
import net.mailagent.store.journal.Background;
import net.mailagent.store.journal.Journals;
import net.mailagent.store.journal.StoreClock;
import net.mailagent.store.journal.Turns;
import net.mailagent.store.mongo.Documents;
import net.mailagent.store.mongo.Ids;
import net.mailagent.store.mongo.MongoConnection;
import net.mailagent.store.mongo.Query;
import org.bson.BsonDocument;
import org.bson.BsonInt32;
import org.bson.BsonInvalidOperationException;
import org.bson.BsonNull;
import org.bson.BsonObjectId;
import org.bson.types.ObjectId;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sweeps everything from time to time: deleted users, then of each user what was expunged long ago
 * and contents that nothing placed, then blobs, then files. One node does it at a time to save
 * work; two at once do no harm, and what fails is done at the next sweep. Runs on one virtual
 * thread of its own; {@link #sweep} may be called on any.
 */
public final class Sweeper implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Sweeper.class);
  private static final String TURN = "sweeping";
  private static final String ORPHANS = "orphaned contents";
  private static final int PAGE = 500;

  private final Journals journals;
  private final AccountRemoval removal;
  private final StoreClock clock;
  private final Turns turns;
  private final Documents users;
  private final SweepSettings settings;
  private final Duration grace;
  private final Contents contents;
  private final ExpungedSweep expunged;
  private final OrphanSweep orphans;
  private final BlobSweep blobs;
  private final FileSweep files;
  private final SweepCounts counts = new SweepCounts();

  private final Background background = new Background("sweeper");

  /**
   * @param grace how long what nothing refers to is left alone: at least a day
   */
  public Sweeper(
      MongoConnection connection,
      Journals journals,
      AccountRemoval removal,
      StoreClock clock,
      Duration grace,
      SweepSettings settings) {
    this.journals = journals;
    this.removal = removal;
    this.clock = clock;
    this.turns = new Turns(connection, clock);
    this.users = connection.documents("users");
    this.settings = settings;
    this.grace = grace;
    int batch = settings.batch();
    this.contents = new Contents(connection, clock, grace, batch, counts);
    this.expunged = new ExpungedSweep(journals, contents, counts);
    this.orphans = new OrphanSweep(connection, journals, contents, counts);
    this.blobs = new BlobSweep(connection, clock, grace, batch, counts);
    this.files = new FileSweep(connection, clock, grace, batch, counts);
  }

  /** Begins; without it nothing is swept but on request. */
  public void start() {
    background.start(this::sweepFromTimeToTime);
  }

  /** What this node has swept. */
  public SweepCounts counts() {
    return counts;
  }

  private void sweepFromTimeToTime() {
    while (background.sleep(
        Duration.ofMillis(1 + ThreadLocalRandom.current().nextLong(settings.every().toMillis())))) {
      try {
        if (turns.take(TURN, settings.every())) {
          sweep();
        }
      } catch (RuntimeException | Error e) {
        counts.failures.increment();
        LOG.warn("sweeping stopped early: {}", e.toString());
      }
    }
  }

  /**
   * Sweeps everything once, whoever's turn it is.
   *
   * @return whether all of it could be done; nothing is if this node's clock cannot be trusted
   */
  public boolean sweep() {
    if (!clock.isTrusted()) {
      return false;
    }
    long now = clock.millis();
    boolean all = tried("deleted users", () -> sweepRemoved(now - grace.toMillis()));
    all &= sweepUsers(now);
    all &= tried("blobs", blobs::sweep);
    all &= tried("files", files::sweep);
    counts.sweeps.increment();
    return all;
  }

  private boolean tried(String what, Runnable step) {
    try {
      step.run();
      return true;
    } catch (RuntimeException | Error e) {
      failed(what, e);
      return false;
    }
  }

  private void failed(String what, Throwable failure) {
    counts.failures.increment();
    LOG.warn("{} could not be swept this time: {}", what, failure.toString());
  }

  /** Each by itself: one that cannot be purged now must not keep those behind it. */
  private void sweepRemoved(long before) {
    Set<UserId> failed = new HashSet<>();
    List<UserId> gone = removal.goneBefore(before, failed, PAGE);
    while (!gone.isEmpty() && !background.isClosed()) {
      for (UserId user : gone) {
        if (!tried("deleted user " + user, () -> purge(user, before))) {
          failed.add(user);
        }
      }
      gone = removal.goneBefore(before, failed, PAGE);
    }
    counts.names.add(removal.reclaim(before));
    if (!failed.isEmpty()) {
      throw new StoreUnavailable(failed.size() + " deleted users are left");
    }
  }

  private void purge(UserId user, long before) {
    if (removal.beginPurge(user, before)) {
      contents.deleteAll(user);
      journals.purge(user);
      removal.purged(user);
      counts.users.increment();
    }
  }

  private boolean sweepUsers(long now) {
    turns.begin(ORPHANS); // or contents that no majority has yet would be left behind
    long from = turns.done(ORPHANS);
    long until = now - grace.toMillis();
    boolean all = true;
    boolean later = false; // some may be looked at next time
    List<UserId> page = after(new UserId("0".repeat(24)));
    while (!page.isEmpty() && !background.isClosed()) {
      for (UserId user : page) {
        try {
          sweepUser(user, now, from, until);
        } catch (RuntimeException | Error e) {
          all = false;
          later |= !isForGood(e);
          failed("user " + user, e);
        }
      }
      page = after(page.getLast());
    }
    if (!later && !background.isClosed()) {
      // Not before all users were looked at. One that cannot be loaded, now or later, does not
      // count: all others would be looked at since then for ever. A check finds what is his.
      turns.done(ORPHANS, until);
    }
    return all;
  }

  /** Whether what is stored of a user is of an unknown version, or damaged. */
  private static boolean isForGood(Throwable failure) {
    return failure.getCause() instanceof UnknownVersion
        || failure instanceof BsonInvalidOperationException
        || failure instanceof IllegalArgumentException;
  }

  private void sweepUser(UserId user, long now, long from, long until) {
    boolean known = journals.isKnown(user);
    try {
      expunged.sweep(user, now - settings.expungedRetention().toMillis());
      orphans.sweep(user, from, until);
    } catch (Refused deleted) {
      // meanwhile
    } finally {
      if (!known) {
        journals.forget(user); // leaves the memory to those who are here
      }
    }
  }

  /** Deletes the contents of a user that nothing placed, however long ago they were made. */
  public void sweepOrphans(UserId user) {
    orphans.sweep(user, 0, clock.millis() - grace.toMillis());
  }

  /** Users who are not gone: of the others everything is purged, and may not load any more. */
  private List<UserId> after(UserId last) {
    BsonDocument behind =
        new BsonDocument("_id", new BsonDocument("$gt", new BsonObjectId(new ObjectId(last.hex()))))
            .append("deleted", BsonNull.VALUE);
    List<UserId> page = new ArrayList<>();
    for (BsonDocument user :
        users.find(
            Query.of(behind)
                .sort(new BsonDocument("_id", new BsonInt32(1)))
                .project(new BsonDocument("_id", new BsonInt32(1))),
            PAGE)) {
      page.add(Ids.user(user, "_id"));
    }
    return page;
  }

  @Override
  public void close() {
    background.close();
  }
}
