package net.mailagent.store.journal;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import net.mailagent.model.MailboxId;
import net.mailagent.model.StoreUnavailable;
import net.mailagent.model.UserId;
import net.mailagent.model.journal.DeliveryKeys;
import net.mailagent.model.journal.Fold;
import net.mailagent.model.journal.JournalEntry;
import net.mailagent.model.journal.MailboxState;
import net.mailagent.model.journal.PlacementSegment;
import net.mailagent.model.journal.Placements;
import net.mailagent.model.journal.UserState;
import net.mailagent.store.mongo.Cursor;
import org.bson.BsonDocument;
import org.jspecify.annotations.Nullable;

/**
 * Brings a user's state up to date (journal.md 7). Warm: the entries after mine, one call. Cold:
 * the mark, the checkpoint documents wanted (each is valid at its own seq or the mark, whichever is
 * later), the entries after the mark, and the mark again: entries that are not dense, or end below
 * the mark, were trimmed meanwhile, and it begins anew. So it does when one of the servers that
 * answered lags behind another (ADR 30): documents come with an older mark than the one before, or
 * entries end before the newest document. Placements that were not loaded come in the same way,
 * with the state itself in the place of the other documents.
 *
 * <p>The warm way does not read the mark: its state is younger than an hour when the entries have
 * been read, so none of them was old enough to be trimmed. Any thread; one user's loads are
 * serialised by its {@link Lane}.
 */
final class Loader {
  private final JournalStore store;
  private final JournalSettings settings;
  private final Semaphore cold;

  Loader(JournalStore store, JournalSettings settings) {
    this.store = store;
    this.settings = settings;
    this.cold = new Semaphore(settings.coldLoads(), true);
  }

  /**
   * What the entries after a state made of it.
   *
   * @param first the id of the first of them, or null when there was none
   */
  private record Forward(UserState state, long bytes, @Nullable String first) {}

  /**
   * A warm state that was read on.
   *
   * @param first the id of the first entry after it, or null when there was none
   */
  record Followed(Snapshot now, @Nullable String first) {}

  /**
   * The state as of now, with the placements of the mailboxes wanted that exist.
   *
   * @param warm what was known before, or null
   */
  Snapshot load(UserId user, @Nullable Snapshot warm, Set<MailboxId> wanted, Deadline deadline) {
    Snapshot known = warm;
    while (true) {
      deadline.check("loading user " + user);
      if (known != null && known.since().olderThan(settings.stateAge())) {
        known = null;
      }
      Snapshot loaded;
      if (known != null && wanted.isEmpty()) {
        Followed followed = follow(known);
        loaded = followed == null ? null : followed.now();
      } else {
        loaded = fromCheckpoints(user, known, wanted, deadline);
      }
      if (loaded != null) {
        return loaded;
      }
      if (known == null) {
        store.requireRebuildable(user);
        deadline.pause(); // it is being trimmed right now, or a node is marking
      }
      known = null;
    }
  }

  /** Reads on from a warm state, one call; null when it is too old, or was trimmed under it. */
  @Nullable Followed follow(Snapshot known) {
    Moment began = store.now();
    Forward forward = forward(known.state(), known.state().seq());
    if (forward == null || known.since().olderThan(settings.stateAge())) {
      return null;
    }
    long tail = known.tailBytes() + forward.bytes();
    return new Followed(new Snapshot(forward.state(), began, known.mark(), tail), forward.first());
  }

  private @Nullable Snapshot fromCheckpoints(
      UserId user, @Nullable Snapshot known, Set<MailboxId> wanted, Deadline deadline) {
    admit(deadline);
    try {
      Moment began = store.now();
      long mark = store.mark(user);
      UserState base = known == null ? heads(user, mark) : rebased(known.state(), mark);
      if (base == null) {
        return null;
      }
      var segments = store.segments(user, existing(base, wanted));
      if (segments.mark() < mark) {
        return null;
      }
      for (Map.Entry<MailboxId, List<PlacementSegment>> e : segments.documents().entrySet()) {
        base = base.withPlacements(e.getKey(), Placements.of(e.getValue()));
      }
      Forward forward = forward(base, known == null ? Long.MAX_VALUE : known.state().seq());
      if (forward == null
          || forward.state().seq() < newest(base)
          || forward.state().seq() < store.mark(user)
          || began.olderThan(settings.stateAge())) {
        return null;
      }
      if (forward.state().seq() == 0) {
        store.requireRebuildable(user); // or else there is no such user
      }
      return new Snapshot(forward.state(), began, mark, forward.bytes());
    } finally {
      cold.release();
    }
  }

  private void admit(Deadline deadline) {
    try {
      if (!cold.tryAcquire(Math.max(0, deadline.remainingNanos()), TimeUnit.NANOSECONDS)) {
        throw new StoreUnavailable("too many users are being loaded");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new StoreUnavailable("interrupted", e);
    }
  }

  private static Set<MailboxId> existing(UserState base, Set<MailboxId> wanted) {
    Set<MailboxId> existing = new HashSet<>(wanted);
    existing.removeIf(id -> base.mailboxOrTombstone(id).isEmpty());
    return existing;
  }

  /** What the documents say; null when the server that gave them has not heard of that mark. */
  private @Nullable UserState heads(UserId user, long mark) {
    JournalStore.Marked<List<BsonDocument>> heads = store.heads(user);
    if (heads.mark() < mark) {
      return null;
    }
    UserState.Root root = UserState.Root.EMPTY;
    List<MailboxState> mailboxes = new ArrayList<>();
    List<DeliveryKeys.Chunk> keys = new ArrayList<>();
    String prefix = StateCodec.headsPrefix(user);
    for (BsonDocument document : heads.documents()) {
      String kind = document.getString("_id").getValue().substring(prefix.length());
      if (kind.equals("root")) {
        root = StateCodec.root(document);
      } else if (kind.startsWith("m/")) {
        mailboxes.add(StateCodec.mailbox(document));
      } else if (kind.startsWith("k/")) {
        keys.add(StateCodec.keys(document));
      } else {
        throw new net.mailagent.model.journal.UnknownVersion("a checkpoint", kind);
      }
    }
    return UserState.ofCheckpoints(user, mark, root, mailboxes, keys);
  }

  /**
   * The seq of the newest document: a tail that ends before it was read where that is not known.
   */
  private static long newest(UserState base) {
    long newest = base.root().seq();
    for (DeliveryKeys.Chunk chunk : base.deliveryKeys().chunks()) {
      newest = Math.max(newest, chunk.seq());
    }
    for (MailboxState mailbox : base.mailboxesAndTombstones()) {
      newest = Math.max(newest, mailbox.modSeq());
      if (mailbox.isLoaded()) {
        for (PlacementSegment segment : mailbox.messages().segments()) {
          newest = Math.max(newest, segment.seq());
        }
      }
    }
    return newest;
  }

  /**
   * A state seen as checkpoint documents of which some are newer than the mark: the guards of fold
   * leave alone what has an entry already, so that segments as of the mark can join it.
   */
  private static UserState rebased(UserState state, long mark) {
    return mark >= state.seq()
        ? state
        : UserState.ofCheckpoints(
            state.user(),
            mark,
            state.root(),
            state.mailboxesAndTombstones(),
            state.deliveryKeys().chunks());
  }

  /**
   * Folds the entries after the base.
   *
   * @param warm the seq of the state the base was made of, from which an entry that repairs leads
   *     nowhere; {@link Long#MAX_VALUE} when it was made of checkpoints
   */
  private @Nullable Forward forward(UserState base, long warm) {
    UserState state = base;
    long bytes = 0;
    String first = null;
    try (Cursor tail = store.tail(base.user(), base.seq(), settings.batch())) {
      while (tail.hasNext()) {
        JournalStore.Stored stored = store.decode(tail.next());
        JournalEntry entry = stored.entry();
        if (entry.seq() != state.seq() + 1 || (entry.seq() > warm && entry.startsAnew())) {
          return null;
        }
        first = first == null ? stored.entry().id() : first;
        state = Fold.fold(state, stored.entry());
        bytes += stored.bytes();
      }
    } catch (JournalStore.PartsGone e) {
      return null;
    }
    return new Forward(state, bytes, first);
  }
}
