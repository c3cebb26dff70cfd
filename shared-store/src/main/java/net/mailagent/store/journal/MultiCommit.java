package net.mailagent.store.journal;

import java.util.List;
import net.mailagent.model.Origin;

/** Commits for many users at once: one message to a hundred recipients. */
public interface MultiCommit {
  /**
   * Commits each edit to its user's journal: one bulk insert of the entries of all users, each
   * settled by itself. A user may occur more than once.
   *
   * @return one outcome per edit, in order; never throws for a single user's trouble
   */
  <R> List<Outcome<R>> commitEach(Origin origin, List<UserEdit<R>> edits);
}
