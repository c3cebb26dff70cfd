package net.mailagent.store.content;

import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import net.mailagent.model.MailboxId;
import net.mailagent.model.Origin;
import net.mailagent.model.Refused;
import net.mailagent.model.UserId;
import net.mailagent.model.journal.Draft;
import net.mailagent.model.journal.Edit;
import net.mailagent.model.journal.Fold;
import net.mailagent.model.journal.OpenAccount;
import net.mailagent.model.journal.UserState;
import net.mailagent.model.port.Mailboxes;
import net.mailagent.store.journal.MultiCommit;
import net.mailagent.store.journal.Outcome;
import net.mailagent.store.journal.UserEdit;

/**
 * The journals of one process without a database, by the same fold: for tests of what lies below
 * the journal. Any thread.
 */
public final class MemoryJournals implements Mailboxes, MultiCommit {
  private final Map<UserId, UserState> states = new HashMap<>();

  private final InstantSource clock;

  public MemoryJournals() {
    this(InstantSource.system());
  }

  MemoryJournals(InstantSource clock) {
    this.clock = clock;
  }

  public UserId newUser(long quota) {
    UserId user = UserId.random();
    commit(user, new Origin("system", "", ""), new OpenAccount(Map.of(), quota));
    return user;
  }

  @Override
  public synchronized UserState current(UserId user) {
    return states.computeIfAbsent(user, UserState::empty);
  }

  @Override
  public UserState current(UserId user, Set<MailboxId> loaded) {
    return current(user);
  }

  @Override
  public synchronized <R> Committed<R> commit(UserId user, Origin origin, Edit<R> edit) {
    Draft draft = new Draft(current(user), clock.millis());
    R result = draft.apply(edit);
    if (!draft.isEmpty()) {
      states.put(user, Fold.fold(current(user), draft.entry(origin)));
    }
    return new Committed<>(result, current(user).seq(), current(user));
  }

  @Override
  public <R> List<Outcome<R>> commitEach(Origin origin, List<UserEdit<R>> edits) {
    List<Outcome<R>> outcomes = new ArrayList<>();
    for (UserEdit<R> edit : edits) {
      try {
        outcomes.add(new Outcome.Done<>(commit(edit.user(), origin, edit.edit())));
      } catch (Refused refused) {
        outcomes.add(new Outcome.NotDone<>(refused.refusal()));
      }
    }
    return outcomes;
  }
}
