package net.mailagent.store.sweep;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import net.mailagent.model.ContentId;
import net.mailagent.model.MailboxId;
import net.mailagent.model.Origin;
import net.mailagent.model.UidSet;
import net.mailagent.model.UserId;
import net.mailagent.model.journal.ContentPlaces;
import net.mailagent.model.journal.ExpungedRow;
import net.mailagent.model.journal.Fence;
import net.mailagent.model.journal.ForgetExpunged;
import net.mailagent.model.journal.MailboxState;
import net.mailagent.model.journal.UserState;
import net.mailagent.store.journal.Journals;

/**
 * Lets go of expunged messages whose retention is over: deletes those of their contents that are in
 * no mailbox and among no younger expunged messages, then has the journal forget them. Who dies in
 * between finds the rows again. Nothing brings such a content back meanwhile: restoring is refused
 * since a day. One thread.
 */
final class ExpungedSweep {
  private static final Origin ORIGIN = new Origin("system", "", "sweep");

  /** Messages forgotten by one entry; each step looks through all placements of the user. */
  private static final int STEP = 10_000;

  private final Journals journals;
  private final Contents contents;
  private final SweepCounts counts;

  ExpungedSweep(Journals journals, Contents contents, SweepCounts counts) {
    this.journals = journals;
    this.contents = contents;
    this.counts = counts;
  }

  /**
   * Sweeps one user.
   *
   * @param cutoff what was expunged before this is forgotten, in milliseconds since 1970
   */
  void sweep(UserId user, long cutoff) {
    while (isDue(journals.current(user), cutoff)) {
      step(user, cutoff);
    }
  }

  /** The heads alone tell whether there is anything to do. */
  private static boolean isDue(UserState state, long cutoff) {
    return state.mailboxesAndTombstones().stream().anyMatch(mailbox -> isDue(mailbox, cutoff));
  }

  private static boolean isDue(MailboxState mailbox, long cutoff) {
    return mailbox.oldestExpunged() > 0 && mailbox.oldestExpunged() < cutoff;
  }

  private void step(UserId user, long cutoff) {
    fence(journals, user);
    UserState state = loaded(journals, user);
    Map<MailboxId, UidSet> expired = new HashMap<>();
    Set<ContentId> held = new LinkedHashSet<>();
    for (MailboxState mailbox : state.mailboxesAndTombstones()) {
      if (isDue(mailbox, cutoff) && held.size() < STEP) {
        List<Integer> uids = new ArrayList<>();
        for (ExpungedRow gone : mailbox.expunged()) {
          if (gone.when() < cutoff && held.size() < STEP) {
            uids.add(gone.row().uid());
            held.add(gone.row().content());
          }
        }
        // also when there is none: then the mailbox has to say again which is its oldest
        expired.put(mailbox.id(), UidSet.of(uids.stream().mapToInt(uid -> uid).toArray()));
      }
    }
    ContentPlaces places = ContentPlaces.of(state, held);
    contents.delete(
        user, held.stream().filter(content -> !places.heldSince(content, cutoff)).toList());
    counts.forgotten.add(
        journals.commit(user, ORIGIN, new ForgetExpunged(expired)).result().longValue());
  }

  /**
   * Before something is deleted that no state shows: a copy or a message restored that no majority
   * had yet is to be seen, and one that is still on its way to be refused.
   */
  static void fence(Journals journals, UserId user) {
    boolean _ = journals.commit(user, ORIGIN, new Fence()).result();
  }

  /** The user's state with all placements, those of deleted mailboxes too. */
  static UserState loaded(Journals journals, UserId user) {
    Set<MailboxId> all = new HashSet<>();
    for (MailboxState mailbox : journals.current(user).mailboxesAndTombstones()) {
      all.add(mailbox.id());
    }
    UserState state = journals.current(user, all);
    while (!state.mailboxesAndTombstones().stream().allMatch(MailboxState::isLoaded)) {
      state.mailboxesAndTombstones().forEach(mailbox -> all.add(mailbox.id()));
      state = journals.current(user, all);
    }
    return state;
  }
}
