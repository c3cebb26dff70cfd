package net.mailagent.store.journal;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import net.mailagent.model.ContentId;
import net.mailagent.model.MailboxId;
import net.mailagent.model.Origin;
import net.mailagent.model.Refusal;
import net.mailagent.model.Refused;
import net.mailagent.model.StoreUnavailable;
import net.mailagent.model.UserId;
import net.mailagent.model.journal.Change;
import net.mailagent.model.journal.Draft;
import net.mailagent.model.journal.Edit;
import net.mailagent.model.journal.JournalEntry;
import net.mailagent.model.journal.UnknownVersion;
import net.mailagent.model.journal.UserState;
import net.mailagent.model.port.Changes;
import net.mailagent.model.port.Mailboxes;
import net.mailagent.store.mongo.Cursor;
import net.mailagent.store.mongo.MongoConnection;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * All users' journals on this node (journal.md): the state of each, kept warm in a cache bounded by
 * bytes, and the way to change it. Any thread; calls block.
 */
public final class Journals implements Mailboxes, Changes, MultiCommit {
  private static final Logger LOG = LoggerFactory.getLogger(Journals.class);

  private final JournalStore store;
  private final JournalSettings settings;
  private final StoreClock clock;
  private final Loader loader;
  private final Committer committer;
  private final Subscribers subscribers;
  private final Cache<UserId, Lane> lanes; // every lane that is in use or kept
  private final Cache<UserId, Lane> kept; // those whose state we can afford to keep

  /** Hears of every commit of this node, on the thread that made it; must return at once. */
  @FunctionalInterface
  public interface CommitListener {
    void committed(UserId user, long seq);
  }

  /** Hears of every state that this node comes to know; must return at once. */
  @FunctionalInterface
  interface StateListener {
    void moved(UserId user, Snapshot now, boolean committed);
  }

  private final List<CommitListener> commitListeners = new CopyOnWriteArrayList<>();
  private final List<StateListener> stateListeners = new CopyOnWriteArrayList<>();

  public Journals(
      MongoConnection connection,
      JournalSettings settings,
      StoreClock clock,
      Subscribers subscribers) {
    this.store = new JournalStore(connection, settings, clock.ticks());
    this.settings = settings;
    this.clock = clock;
    this.loader = new Loader(store, settings);
    this.subscribers = subscribers;
    this.committer = new Committer(this, store, settings, clock);
    this.lanes = Caffeine.newBuilder().weakValues().build();
    this.kept =
        Caffeine.newBuilder()
            .maximumWeight(settings.cacheBytes())
            .weigher((UserId user, Lane lane) -> weight(lane))
            .build();
  }

  private static int weight(Lane lane) {
    Snapshot snapshot = lane.snapshot();
    long bytes = snapshot == null ? 0 : snapshot.state().heapBytes();
    return (int) Math.min(Integer.MAX_VALUE, bytes + 500);
  }

  public void listen(CommitListener listener) {
    commitListeners.add(listener);
  }

  void follow(StateListener listener) {
    stateListeners.add(listener);
  }

  // ---- reading

  @Override
  public UserState current(UserId user) {
    return current(user, Set.of());
  }

  @Override
  public UserState current(UserId user, Set<MailboxId> loaded) {
    Snapshot snapshot = caughtUp(lane(user), loaded, store.now(), new Deadline(settings));
    return open(snapshot.state());
  }

  @Override
  public UserState latest(UserId user, Set<MailboxId> loaded) {
    boolean owed = subscribers.takeOwed(user);
    Snapshot known = known(user).orElse(null);
    if (!owed
        && known != null
        && !known.since().olderThan(settings.stateAge())
        && Draft.missing(known.state(), loaded).isEmpty()) {
      return open(known.state());
    }
    try {
      return current(user, loaded);
    } catch (StoreUnavailable e) {
      if (owed) {
        subscribers.owe(user);
      }
      throw e;
    }
  }

  private static UserState open(UserState state) {
    if (state.seq() == 0 || state.root().closed()) {
      throw new Refused(new Refusal.NoSuchUser(state.user().hex()));
    }
    return state;
  }

  Lane lane(UserId user) {
    return lanes.get(user, Lane::new);
  }

  /**
   * The user's state as of {@code asked} or later, with those placements. Who asks while another
   * reads for the same user waits, and then shares what a third one reads for all who wait.
   */
  Snapshot caughtUp(Lane lane, Set<MailboxId> wanted, Moment asked, Deadline deadline) {
    for (int tries = 0; ; tries++) {
      // a load that commits keep overtaking stops them for once
      boolean alone = tries > 1 && !lane.turn.isHeldByCurrentThread();
      if (alone) {
        deadline.lock(lane.turn, "a load");
      }
      try {
        Snapshot read = readOnce(lane, wanted, asked, deadline);
        if (Draft.missing(read.state(), wanted).isEmpty()) {
          return read;
        }
      } finally {
        if (alone) {
          lane.turn.unlock();
        }
      }
    }
  }

  private Snapshot readOnce(Lane lane, Set<MailboxId> wanted, Moment asked, Deadline deadline) {
    deadline.lock(lane.reading, "a catch-up");
    try {
      Snapshot known = lane.snapshot();
      if (known != null
          && known.since().notBefore(asked)
          && !known.since().olderThan(settings.stateAge())
          && Draft.missing(known.state(), wanted).isEmpty()) {
        subscribers.seen(lane.user, known.state().seq());
        return known;
      }
      Set<MailboxId> missing = known == null ? wanted : Draft.missing(known.state(), wanted);
      Snapshot read = lane.install(load(lane.user, known, missing, deadline));
      moved(lane, read, false);
      return read;
    } catch (UnknownVersion e) {
      throw unknown(lane, e);
    } finally {
      lane.reading.unlock();
    }
  }

  /**
   * Loads what is at least as new as what subscribers on this node have been shown. A primary that
   * was replaced and does not know it shows the past: nobody follows it there.
   */
  private Snapshot load(
      UserId user, @Nullable Snapshot known, Set<MailboxId> wanted, Deadline deadline) {
    long shown = subscribers.seen(user);
    Snapshot loaded = loader.load(user, known, wanted, deadline);
    while (loaded.state().seq() < shown) {
      deadline.pause();
      deadline.check("a state as new as the one before");
      loaded = loader.load(user, known, wanted, deadline);
    }
    return loaded;
  }

  /**
   * Reads on from the state that a commit was computed against: what settles a lost race catches up
   * at the same time.
   *
   * @return the id of the entry that came next; empty when it cannot be told from this
   */
  Optional<String> readOn(Lane lane, Snapshot base, Deadline deadline) {
    deadline.lock(lane.reading, "a catch-up");
    try {
      Snapshot known = lane.snapshot();
      if (known == null || known.state().seq() != base.state().seq()) {
        return Optional.empty(); // somebody has read on already
      }
      Loader.Followed read = loader.follow(known);
      if (read == null) {
        return Optional.empty();
      }
      moved(lane, lane.install(read.now()), false);
      return Optional.ofNullable(read.first());
    } catch (UnknownVersion e) {
      throw unknown(lane, e);
    } finally {
      lane.reading.unlock();
    }
  }

  /** What a newer version wrote is not to be taken for anything: the user is not served here. */
  static StoreUnavailable unknown(Lane lane, UnknownVersion e) {
    lane.forget();
    return unknown(lane.user, e);
  }

  private static StoreUnavailable unknown(UserId user, UnknownVersion e) {
    LOG.error("user {} is not served by this node: {}", user, e.getMessage());
    return new StoreUnavailable(e.toString(), e);
  }

  /** The lane's state has moved: weighs it again, and wakes who follows it on this node. */
  void moved(Lane lane, Snapshot now, boolean committed) {
    kept.put(lane.user, lane);
    subscribers.seen(lane.user, now.state().seq());
    for (StateListener listener : stateListeners) {
      listener.moved(lane.user, now, committed);
    }
  }

  /** This node has committed. */
  void committed(Lane lane, Snapshot now) {
    moved(lane, now, true);
    for (CommitListener listener : commitListeners) {
      listener.committed(lane.user, now.state().seq());
    }
  }

  /** The state that is known, without reading. */
  Optional<Snapshot> known(UserId user) {
    return laneInUse(user).map(Lane::snapshot);
  }

  /** The lane of that user, if it is in use or kept. */
  Optional<Lane> laneInUse(UserId user) {
    return Optional.ofNullable(lanes.getIfPresent(user));
  }

  /** Checkpoints of that user are complete up to {@code mark}. */
  void marked(UserId user, long mark) {
    laneInUse(user).ifPresent(lane -> lane.marked(mark));
  }

  /** The queries that checkpoints and trimming share with us. */
  JournalStore store() {
    return store;
  }

  JournalSettings settings() {
    return settings;
  }

  /** As long as a commit may take, from now on. */
  public Deadline deadline() {
    return new Deadline(settings);
  }

  /** Drops what is known of that user: the next use loads it cold. */
  public void forget(UserId user) {
    laneInUse(user).ifPresent(Lane::forget);
    kept.invalidate(user);
  }

  /** Looks at what is stored, past what is in memory. */
  public Inspection inspection() {
    return new Inspection(this);
  }

  /** Whether something is known of that user without reading. */
  public boolean isKnown(UserId user) {
    return known(user).isPresent();
  }

  /**
   * Deletes all that is kept of a user whose journal ended, or was begun and never used, so long
   * ago that no node can have a state of it in use.
   */
  public void purge(UserId user) {
    new Purging(store).purge(user);
    forget(user);
  }

  // ---- changing

  @Override
  public <R> Committed<R> commit(UserId user, Origin origin, Edit<R> edit) {
    return committed(committer.commit(lane(user), new Waiting<>(origin, edit, store.now(), false)));
  }

  /** As commit, for the first entry of a journal. */
  public <R> Committed<R> begin(UserId user, Origin origin, Edit<R> edit) {
    return committed(committer.commit(lane(user), new Waiting<>(origin, edit, store.now(), true)));
  }

  private static <R> Committed<R> committed(Outcome<R> outcome) {
    return switch (outcome) {
      case Outcome.Done<R> done -> done.committed();
      case Outcome.NotDone<R> not -> throw new Refused(not.refusal());
      case Outcome.Unknown<R> unknown -> throw unknown.failure();
    };
  }

  @Override
  public <R> List<Outcome<R>> commitEach(Origin origin, List<UserEdit<R>> edits) {
    return committer.commitEach(origin, edits);
  }

  // ---- following

  @Override
  public Subscription subscribe(UserId user, Runnable wake) {
    return subscribers.subscribe(user, wake);
  }

  /**
   * Hands out the contents that entries of that time and later have placed, from the newest on.
   *
   * @param millis since 1970
   * @return whether all these entries were there; false if some are trimmed
   */
  public boolean placedSince(UserId user, long millis, Consumer<ContentId> each) {
    long expected = 0;
    try (Cursor entries = store.newestFirst(user)) {
      while (entries.hasNext()) {
        JournalEntry entry = store.decode(entries.next()).entry();
        if (expected != 0 && entry.seq() != expected) {
          return false;
        }
        for (Change change : entry.changes()) {
          if (change instanceof Change.Added added) {
            added.messages().forEach(message -> each.accept(message.content()));
          }
        }
        if (entry.at() < millis || entry.seq() == 1) {
          return true;
        }
        expected = entry.seq() - 1;
      }
      return false;
    } catch (JournalStore.PartsGone e) {
      return false;
    }
  }

  @Override
  public List<JournalEntry> since(UserId user, long seq, int limit) {
    try {
      List<JournalEntry> entries = after(user, seq, limit);
      if ((entries.isEmpty() || mayBeTrimmed(entries.getFirst())) && store.trimmed(user) > seq) {
        throw new Trimmed(user, seq);
      }
      return entries;
    } catch (UnknownVersion e) {
      throw unknown(user, e);
    }
  }

  /**
   * Whether the place of that entry may have been trimmed already, and the entry be one that
   * reached the store only then: nobody was told that it is in, and nobody else reads it. Its time
   * is that of a state which had not seen what stood there before.
   */
  private boolean mayBeTrimmed(JournalEntry entry) {
    return clock.millis() - entry.at() > settings.stateAge().toMillis();
  }

  private List<JournalEntry> after(UserId user, long seq, int limit) {
    List<JournalEntry> entries = new ArrayList<>();
    long expected = seq + 1;
    long bytes = 0;
    try (Cursor tail = store.tail(user, seq, limit)) {
      while (entries.size() < limit && bytes < settings.sinceBytes() && tail.hasNext()) {
        JournalStore.Stored stored = store.decode(tail.next());
        if (stored.entry().seq() != expected++) {
          throw new Trimmed(user, seq);
        }
        entries.add(stored.entry());
        bytes += stored.bytes();
      }
    } catch (JournalStore.PartsGone e) {
      throw new Trimmed(user, seq);
    }
    return entries;
  }
}
