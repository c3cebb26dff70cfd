package net.mailagent.store.journal;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import net.mailagent.model.MailboxId;
import net.mailagent.model.Origin;
import net.mailagent.model.Refused;
import net.mailagent.model.StoreUnavailable;
import net.mailagent.model.UserId;
import net.mailagent.model.journal.Fold;
import net.mailagent.model.journal.JournalEntry;
import net.mailagent.model.journal.MailboxState;
import net.mailagent.model.journal.RecountMailboxes;
import net.mailagent.model.journal.UnknownVersion;
import net.mailagent.model.journal.UserState;
import net.mailagent.store.mongo.Cursor;
import org.bson.BsonArray;
import org.bson.BsonDocument;
import org.bson.BsonString;
import org.bson.BsonValue;
import org.jspecify.annotations.Nullable;

/**
 * Looks at what the database has of a user, past every state in memory, and repairs checkpoints. A
 * look is consistent however much others write meanwhile: it compares states of one seq. Any
 * thread.
 */
public final class Inspection {
  private static final Origin ORIGIN = new Origin("system", "", "check");

  private final Journals journals;
  private final JournalStore store;
  private final Loader loader;
  private final JournalSettings settings;

  Inspection(Journals journals) {
    this.journals = journals;
    this.store = journals.store();
    this.settings = journals.settings();
    this.loader = new Loader(store, settings);
  }

  /**
   * What was seen.
   *
   * @param problems of the journal and of documents that cannot be read, in words
   * @param loaded the state that a node would load now, all placements with it; empty when that
   *     cannot be done
   * @param truth the fold of the whole history up to the same seq, when the journal is whole; empty
   *     when it was trimmed or is damaged
   * @param held what this node has in memory, if it is of that seq
   */
  public record Seen(
      List<String> problems,
      Optional<UserState> loaded,
      Optional<UserState> truth,
      Optional<UserState> held) {}

  /** What the history is. */
  private record History(@Nullable UserState truth, long first, long last) {}

  /**
   * Looks at one user.
   *
   * @throws StoreUnavailable when the database does not answer, and nothing can be said
   * @throws UnknownVersion when a newer version of this program wrote some of it
   */
  public Seen look(UserId user) {
    List<String> problems = new ArrayList<>();
    UserState loaded = loaded(user, problems);
    History history = history(user, loaded == null ? Long.MAX_VALUE : loaded.seq(), problems);
    Optional<UserState> held =
        journals
            .known(user)
            .map(Snapshot::state)
            .filter(known -> loaded != null && known.seq() == loaded.seq());
    return new Seen(
        problems.stream().distinct().toList(),
        Optional.ofNullable(loaded),
        Optional.ofNullable(history.truth()),
        held);
  }

  private @Nullable UserState loaded(UserId user, List<String> problems) {
    if (!marksWhatIsThere(user, problems)) {
      return null; // or else a load would wait for what never comes
    }
    try {
      Set<MailboxId> all = new HashSet<>();
      UserState state;
      do {
        state = loader.load(user, null, all, new Deadline(settings)).state();
        for (MailboxState mailbox : state.mailboxesAndTombstones()) {
          all.add(mailbox.id());
        }
      } while (!state.mailboxesAndTombstones().stream().allMatch(MailboxState::isLoaded));
      return state;
    } catch (StoreUnavailable | UnknownVersion e) {
      throw e;
    } catch (RuntimeException e) {
      problems.add("the checkpoints cannot be read: " + e);
      return null;
    }
  }

  /** Whether the entries go on densely from the mark; what is after a gap is lost to everybody. */
  private boolean marksWhatIsThere(UserId user, List<String> problems) {
    long mark;
    try {
      mark = store.mark(user);
    } catch (UnknownVersion e) {
      throw e;
    } catch (StoreUnavailable e) {
      throw e;
    } catch (RuntimeException e) {
      problems.add("the mark cannot be read: " + e);
      return false;
    }
    long last = -1;
    long expected = mark + 1;
    try (Cursor tail = store.tail(user, mark, settings.batch())) {
      while (tail.hasNext()) {
        last = tail.next().getInt64("seq").getValue();
        if (last != expected++) {
          if (store.mark(user) > mark) {
            return marksWhatIsThere(user, problems); // trimmed meanwhile
          }
          problems.add("after entry " + (expected - 2) + " comes entry " + last);
          return false;
        }
      }
    }
    if (last < 0 && mark > 0 && store.mark(user) == mark) {
      long newest = newest(user);
      if (newest < mark && newest > store.trimmed(user)) {
        problems.add("the mark is " + mark + ", the last entry " + newest);
        return false;
      }
    }
    return true;
  }

  private long newest(UserId user) {
    try (Cursor entries = store.newestFirst(user)) {
      return entries.hasNext() ? entries.next().getInt64("seq").getValue() : 0;
    }
  }

  private History history(UserId user, long until, List<String> problems) {
    UserState truth = null;
    long first = 0;
    long last = 0;
    try (Cursor entries = store.tail(user, store.trimmed(user), settings.batch())) {
      while (entries.hasNext() && last < until) {
        JournalEntry entry = store.decode(entries.next()).entry();
        if (first == 0) {
          first = entry.seq();
          truth = first == 1 ? UserState.empty(user) : null;
        } else if (entry.seq() != last + 1) {
          if (store.trimmed(user) > last) {
            return history(user, until, problems); // trimmed meanwhile
          }
          problems.add("after entry " + last + " comes entry " + entry.seq());
          truth = null;
        }
        truth = truth == null ? null : Fold.fold(truth, entry);
        last = entry.seq();
      }
    } catch (StoreUnavailable | UnknownVersion e) {
      throw e;
    } catch (RuntimeException e) {
      problems.add("entry " + (last + 1) + " cannot be read: " + e);
      truth = null;
    }
    boolean whole = truth != null && (until == Long.MAX_VALUE || last == until);
    return new History(whole ? truth : null, first, last);
  }

  // ---- repairing

  /**
   * Writes all checkpoint documents of a user anew, in place, and deletes those that do not belong
   * there. The mark goes first: until it is back, whoever loads the user folds the whole history.
   * None that belongs there is missing at any moment, since a checkpoint that found no mark makes
   * one meanwhile. Documents that are newer than the state are left alone; who looks again sees
   * whether they are right.
   *
   * @param truth the fold of the history, which begins at 1, with all placements
   */
  public void replace(UserState truth) {
    UserId user = truth.user();
    store.state.delete(JournalStore.atMark(user));
    List<BsonDocument> right = Checkpoints.documents(truth);
    Checkpoints.replace(
        store.state, right, document -> StateCodec.upTo(document, truth.seq()), () -> {});
    deleteOthers(truth, right);
    store.state.upsert(JournalStore.atMark(user), StateCodec.raiseMark(truth.seq()));
    journals.forget(user);
  }

  private void deleteOthers(UserState truth, List<BsonDocument> right) {
    Set<BsonValue> belong = new HashSet<>();
    belong.add(new BsonString(StateCodec.markId(truth.user())));
    right.forEach(document -> belong.add(document.get("_id")));
    List<BsonValue> others = new ArrayList<>();
    try (Cursor ids = store.state.stream(StateCodec.idsOf(truth.user()), settings.batch())) {
      while (ids.hasNext()) {
        BsonValue id = ids.next().get("_id");
        if (!belong.contains(id)) {
          others.add(id);
        }
      }
    }
    for (int from = 0; from < others.size(); from += settings.batch()) {
      int to = Math.min(others.size(), from + settings.batch());
      store.state.delete(
          StateCodec.upTo(truth.user(), truth.seq())
              .append("_id", new BsonDocument("$in", new BsonArray(others.subList(from, to)))));
    }
  }

  /**
   * Counts all figures anew, and has every node load the user again.
   *
   * @return false if the user does not exist any more
   */
  public boolean recount(UserId user) {
    journals.forget(user);
    try {
      journals.commit(user, ORIGIN, new RecountMailboxes());
      return true;
    } catch (Refused closed) {
      return false;
    } finally {
      journals.forget(user);
    }
  }

  /** In words, in which parts the second state differs from the first; empty if in none. */
  public static List<String> differences(UserState right, UserState other) {
    List<String> differences = new ArrayList<>();
    if (!right.root().equals(other.root())) {
      differences.add("quota, subscriptions or delivery counts differ");
    }
    if (!right.deliveryKeys().equals(other.deliveryKeys())) {
      differences.add("the delivery keys differ");
    }
    Map<MailboxId, MailboxState> others = new java.util.HashMap<>();
    other.mailboxesAndTombstones().forEach(mailbox -> others.put(mailbox.id(), mailbox));
    for (MailboxState mine : right.mailboxesAndTombstones()) {
      MailboxState theirs = others.remove(mine.id());
      String name = "mailbox " + mine.path().value() + " (" + mine.id() + ")";
      if (theirs == null) {
        differences.add(name + " is missing");
      } else if (!mine.withPlacements(null).equals(theirs.withPlacements(null))) {
        differences.add(name + " has another head");
      } else if (mine.isLoaded()
          && theirs.isLoaded()
          && !mine.messages().sameRows(theirs.messages())) {
        differences.add(name + " has other placements");
      }
    }
    others.values().forEach(extra -> differences.add("mailbox " + extra.id() + " does not exist"));
    return differences;
  }
}
