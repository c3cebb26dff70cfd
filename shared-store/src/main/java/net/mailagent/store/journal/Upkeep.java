package net.mailagent.store.journal;

import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.SequencedSet;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import net.mailagent.model.UserId;
import net.mailagent.store.mongo.Cursor;
import net.mailagent.store.mongo.Documents;
import net.mailagent.store.mongo.Ids;
import net.mailagent.store.mongo.MongoConnection;
import net.mailagent.store.mongo.Query;
import org.bson.BsonDocument;
import org.bson.BsonInt32;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What is done for journals in the background, on a few virtual threads: checkpoints of users whose
 * tail has grown or who fell quiet, and trimming. Everything here may be left out, be done twice or
 * fail: it is tried again at the next occasion.
 */
public final class Upkeep implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Upkeep.class);

  private final Journals journals;
  private final UpkeepSettings settings;
  private final StoreClock clock;
  private final Checkpoints checkpoints;
  private final Trimming trimming;
  private final Documents users;
  private final Turns turns;
  private final int entries;
  private final Background quiet = new Background("quiet users");
  private final Background trims = new Background("trimming");
  private final Background time = new Background("store's clock");
  private final Set<Thread> threads = new LinkedHashSet<>();

  /** When this node last committed for users that had no checkpoint since. */
  private final Map<UserId, Long> committed = new ConcurrentHashMap<>();

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition work = lock.newCondition();
  private final SequencedSet<UserId> due = new LinkedHashSet<>();
  private boolean closed;

  public Upkeep(
      Journals journals, MongoConnection connection, StoreClock clock, UpkeepSettings settings) {
    this.journals = journals;
    this.settings = settings;
    this.clock = clock;
    this.checkpoints = new Checkpoints(journals, journals.store(), journals.settings());
    this.trimming = new Trimming(journals, checkpoints, clock, settings);
    this.users = connection.documents("users");
    this.turns = new Turns(connection, clock);
    this.entries =
        settings.entries() + ThreadLocalRandom.current().nextInt(settings.entries() / 2 + 1);
  }

  /** Begins; without it checkpoints and trimming happen only when asked for. */
  public void start() {
    journals.follow(this::moved);
    for (int i = 0; i < settings.writers(); i++) {
      threads.add(Thread.ofVirtual().name("checkpoints " + i).start(this::writeCheckpoints));
    }
    quiet.start(this::watchQuiet);
    trims.start(this::trimFromTimeToTime);
    time.start(this::keepTime);
  }

  /**
   * Brings the user's checkpoints up to date.
   *
   * @return the seq up to which they are complete
   * @throws net.mailagent.model.StoreUnavailable when it could not be done; nothing is lost
   */
  public long checkpoint(UserId user) {
    return checkpoints.write(user);
  }

  /**
   * Deletes the user's entries that are older than the retention, after a checkpoint if need be.
   *
   * @return how many; none if this node's clock cannot be trusted
   */
  public long trim(UserId user) {
    return clock.isTrusted() ? trimming.trim(user) : 0;
  }

  private void moved(UserId user, Snapshot now, boolean byUs) {
    if (now.tailEntries() >= entries || now.tailBytes() >= settings.bytes()) {
      enqueue(user);
    }
    if (byUs && committed.size() < settings.pending()) {
      committed.put(user, System.nanoTime());
    }
  }

  private void enqueue(UserId user) {
    lock.lock();
    try {
      if (due.size() < settings.pending() && due.add(user)) {
        work.signal();
      }
    } finally {
      lock.unlock();
    }
  }

  private void writeCheckpoints() {
    UserId user;
    while ((user = next()) != null) {
      committed.remove(user);
      try {
        checkpoints.write(user);
      } catch (RuntimeException | Error e) {
        LOG.warn("no checkpoint for user {} this time: {}", user, e.toString());
      }
    }
  }

  private @Nullable UserId next() {
    lock.lock();
    try {
      while (!closed && due.isEmpty()) {
        work.await();
      }
      return closed ? null : due.removeFirst();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return null;
    } finally {
      lock.unlock();
    }
  }

  private void watchQuiet() {
    while (quiet.sleep(settings.quietAfter().dividedBy(2))) {
      long limit = System.nanoTime() - settings.quietAfter().toNanos();
      committed.forEach((user, at) -> {
        if (at - limit < 0 && committed.remove(user, at)) {
          // a short tail costs less to fold than a checkpoint costs to write
          journals
              .known(user)
              .filter(known -> known.tailEntries() >= settings.quietEntries())
              .ifPresent(known -> enqueue(user));
        }
      });
    }
  }

  /** Entries carry the store's time, however this node's clock drifts or is set. */
  private void keepTime() {
    while (time.sleep(settings.clockEvery())) {
      try {
        Duration off = clock.measure();
        if (StoreClock.isOff(off)) {
          LOG.warn("this node's clock has moved by {} against the store's", off);
        }
      } catch (RuntimeException | Error e) {
        LOG.debug("the store's clock was not read: {}", e.toString());
      }
    }
  }

  private void trimFromTimeToTime() {
    while (trims.sleep(
        Duration.ofMillis(
            1 + ThreadLocalRandom.current().nextLong(settings.trimEvery().toMillis())))) {
      try {
        if (turns.take("trimming", settings.trimEvery()) && clock.isTrusted()) {
          trimAll();
        }
      } catch (RuntimeException | Error e) {
        LOG.warn("trimming stopped early: {}", e.toString());
      }
    }
  }

  private void trimAll() {
    Query all = Query.of(new BsonDocument()).project(new BsonDocument("_id", new BsonInt32(1)));
    long deleted = 0;
    try (Cursor cursor = users.stream(all, journals.settings().batch())) {
      while (cursor.hasNext() && !trims.isClosed()) {
        UserId user = Ids.user(cursor.next(), "_id");
        try {
          deleted += trimming.trim(user);
        } catch (RuntimeException | Error e) {
          LOG.warn("the journal of user {} was not trimmed: {}", user, e.toString());
        }
      }
    }
    LOG.info("trimmed {} journal entries", deleted);
  }

  @Override
  public void close() {
    lock.lock();
    try {
      closed = true;
      work.signalAll();
    } finally {
      lock.unlock();
    }
    List.of(quiet, trims, time).forEach(Background::close);
    for (Thread thread : threads) {
      try {
        if (!thread.join(Duration.ofSeconds(5))) {
          thread.interrupt();
        }
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
  }
}
