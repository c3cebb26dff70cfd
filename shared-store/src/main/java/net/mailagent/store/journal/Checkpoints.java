package net.mailagent.store.journal;

import com.mongodb.client.model.ReplaceOneModel;
import com.mongodb.client.model.ReplaceOptions;
import com.mongodb.client.model.WriteModel;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.UnaryOperator;
import net.mailagent.model.MailboxId;
import net.mailagent.model.StoreUnavailable;
import net.mailagent.model.UidSet;
import net.mailagent.model.UserId;
import net.mailagent.model.journal.Change;
import net.mailagent.model.journal.DeliveryKeys;
import net.mailagent.model.journal.Fold;
import net.mailagent.model.journal.MailboxState;
import net.mailagent.model.journal.Placement;
import net.mailagent.model.journal.PlacementSegment;
import net.mailagent.model.journal.Placements;
import net.mailagent.model.journal.UserState;
import net.mailagent.store.mongo.Cursor;
import net.mailagent.store.mongo.Documents;
import net.mailagent.store.mongo.DuplicateKey;
import org.bson.BsonDocument;
import org.bson.BsonInt64;
import org.jspecify.annotations.Nullable;

/**
 * Writes checkpoints (journal.md 10 and 11): the documents whose part was touched after the mark,
 * each replaced only by a newer one, then the mark. Not from a state older than an hour. Any node
 * may do it at any time, also two at once. Any thread.
 */
final class Checkpoints {
  private static final int DUPLICATE_KEY = 11000;

  /** Documents in one bulk write: at most so many segments of some 25 KB. */
  private static final int BULK = 200;

  private final Journals journals;
  private final JournalStore store;
  private final JournalSettings settings;

  Checkpoints(Journals journals, JournalStore store, JournalSettings settings) {
    this.journals = journals;
    this.store = store;
    this.settings = settings;
  }

  /**
   * Brings the user's checkpoints up to the present state.
   *
   * @return the seq up to which they are complete now
   */
  long write(UserId user) {
    Lane lane = journals.lane(user);
    Snapshot snapshot = journals.caughtUp(lane, Set.of(), store.now(), new Deadline(settings));
    UserState state = snapshot.state();
    long mark = store.mark(user);
    if (mark >= state.seq()) {
      journals.marked(user, mark);
      return mark;
    }
    Moment since = snapshot.since();
    if (!touchedAreLoaded(state, mark)) {
      state = withTouchedSegments(state, mark);
      if (state == null) {
        return mark; // trimmed under our feet: somebody else has written it
      }
    }
    replace(store.state, dirty(state, mark), StateCodec::older, () -> requireFresh(since));
    requireFresh(since);
    raise(user, mark, state.seq());
    journals.marked(user, state.seq());
    return state.seq();
  }

  private static boolean touchedAreLoaded(UserState state, long mark) {
    return state.mailboxesAndTombstones().stream()
        .allMatch(mailbox -> mailbox.modSeq() <= mark || mailbox.isLoaded());
  }

  // ---- what was touched but is not in memory

  /**
   * The state with those segments, and only those, that entries after the mark touched: enough to
   * fold these entries, and to write them.
   */
  private @Nullable UserState withTouchedSegments(UserState state, long mark) {
    UserId user = state.user();
    Map<MailboxId, Set<Integer>> touched = new HashMap<>();
    long reached = mark;
    try (Cursor tail = store.tail(user, mark, settings.batch())) {
      while (reached < state.seq() && tail.hasNext()) {
        var entry = store.decode(tail.next()).entry();
        if (entry.seq() != reached + 1) {
          return null;
        }
        entry.changes().forEach(change -> touch(change, touched));
        reached = entry.seq();
      }
      if (reached < state.seq()) {
        return null;
      }
      UserState base = bare(state, mark, touched);
      return base == null ? null : forward(base, reached);
    } catch (JournalStore.PartsGone e) {
      return null;
    }
  }

  private static void touch(Change change, Map<MailboxId, Set<Integer>> touched) {
    switch (change) {
      case Change.Added c -> {
        for (Placement row : c.messages()) {
          numbers(touched, c.mailbox()).add(PlacementSegment.numberOf(row.uid()));
        }
      }
      case Change.FlagsChanged c -> touch(c.uids(), numbers(touched, c.mailbox()));
      case Change.Expunged c -> touch(c.uids(), numbers(touched, c.mailbox()));
      case Change.MailboxCreated c -> {}
      case Change.MailboxRenamed c -> {}
      case Change.Forgotten c -> touch(c.uids(), numbers(touched, c.mailbox()));
      case Change.Repaired c -> {}
      case Change.MailboxDeleted c -> {}
      case Change.Subscribed c -> {}
      case Change.QuotaChanged c -> {}
      case Change.Delivered c -> {}
      case Change.Closed c -> {}
    }
  }

  private static Set<Integer> numbers(Map<MailboxId, Set<Integer>> touched, MailboxId mailbox) {
    return touched.computeIfAbsent(mailbox, id -> new TreeSet<>());
  }

  private static void touch(UidSet uids, Set<Integer> numbers) {
    for (int i = 0; i < uids.rangeCount(); i++) {
      int last = PlacementSegment.numberOf(uids.rangeLast(i));
      for (int n = PlacementSegment.numberOf(uids.rangeFirst(i)); n <= last; n++) {
        numbers.add(n);
      }
    }
  }

  /**
   * The state as documents at the mark, each mailbox with its touched segments only; null when the
   * server that gave the segments has not heard of that mark.
   */
  private @Nullable UserState bare(
      UserState state, long mark, Map<MailboxId, Set<Integer>> touched) {
    UserState base =
        UserState.ofCheckpoints(
            state.user(),
            mark,
            state.root(),
            state.mailboxesAndTombstones().stream()
                .map(mailbox -> mailbox.withPlacements(null))
                .toList(),
            state.deliveryKeys().chunks());
    var segments = store.segments(state.user(), touched);
    if (segments.mark() < mark) {
      return null;
    }
    for (MailboxState mailbox : state.mailboxesAndTombstones()) {
      if (mailbox.modSeq() > mark) {
        List<PlacementSegment> loaded = segments.documents().getOrDefault(mailbox.id(), List.of());
        base = base.withPlacements(mailbox.id(), Placements.of(loaded));
      }
    }
    return base;
  }

  /** Folds up to that seq and not further: later entries may touch other segments. */
  private @Nullable UserState forward(UserState base, long until) {
    UserState state = base;
    try (Cursor tail = store.tail(base.user(), base.seq(), settings.batch())) {
      while (state.seq() < until && tail.hasNext()) {
        var entry = store.decode(tail.next()).entry();
        if (entry.seq() != state.seq() + 1) {
          return null;
        }
        state = Fold.fold(state, entry);
      }
    }
    return state.seq() == until ? state : null;
  }

  // ---- writing

  /** All documents of a state that has all its placements. */
  static List<BsonDocument> documents(UserState state) {
    return dirty(state, 0);
  }

  private static List<BsonDocument> dirty(UserState state, long mark) {
    UserId user = state.user();
    List<BsonDocument> dirty = new ArrayList<>();
    if (state.root().seq() > mark) {
      dirty.add(StateCodec.encode(user, state.root()));
    }
    for (DeliveryKeys.Chunk chunk : state.deliveryKeys().chunks()) {
      if (chunk.seq() > mark) {
        dirty.add(StateCodec.encode(user, chunk));
      }
    }
    for (MailboxState mailbox : state.mailboxesAndTombstones()) {
      if (mailbox.modSeq() > mark) {
        dirty.add(StateCodec.encode(user, mailbox));
        for (PlacementSegment segment : mailbox.messages().segments()) {
          if (segment.seq() > mark) {
            dirty.add(StateCodec.encode(user, mailbox.id(), segment));
          }
        }
      }
    }
    return dirty;
  }

  /**
   * Puts each document in the place of the one that fits, or where there is none; one that is there
   * and does not fit is left alone.
   *
   * @param replaced the filter of the document that a document replaces
   * @param before is done before each bulk write
   */
  static void replace(
      Documents state,
      List<BsonDocument> documents,
      UnaryOperator<BsonDocument> replaced,
      Runnable before) {
    for (int from = 0; from < documents.size(); from += BULK) {
      List<WriteModel<BsonDocument>> writes = new ArrayList<>();
      for (BsonDocument document :
          documents.subList(from, Math.min(documents.size(), from + BULK))) {
        writes.add(
            new ReplaceOneModel<>(
                replaced.apply(document), document, new ReplaceOptions().upsert(true)));
      }
      before.run();
      for (int code : state.write(writes).values()) {
        if (code != DUPLICATE_KEY) { // that one: there is one that does not fit
          throw new StoreUnavailable("a checkpoint was not written: code " + code);
        }
      }
    }
  }

  /**
   * Raises the mark from where we found it. If it is not there any more, the documents we built on
   * may be gone, too: the user is being purged, or its checkpoints repaired.
   */
  private void raise(UserId user, long from, long to) {
    BsonDocument filter = JournalStore.atMark(user);
    BsonDocument update = StateCodec.raiseMark(to);
    if (from > 0) {
      filter.append("mark", new BsonDocument("$gte", new BsonInt64(from)));
      if (!store.state.update(filter, update)) {
        throw new StoreUnavailable("the mark a checkpoint was built on is gone");
      }
      return;
    }
    try {
      store.state.upsert(filter, update);
    } catch (DuplicateKey e) { // made by another node in this moment
      store.state.update(filter, update);
    }
  }

  private void requireFresh(Moment since) {
    if (since.olderThan(settings.stateAge())) {
      throw new StoreUnavailable("a checkpoint took too long to be written");
    }
  }
}
