package net.mailagent.model.journal;

import net.mailagent.model.UserId;

/** {@code state = fold(state, entry)}, pure (journal.md 13). Any thread. */
public final class Fold {
  /**
   * Version of the meaning; checkpoints of another version are not used. Since 2 expunged messages
   * are kept.
   */
  public static final int VERSION = 2;

  private Fold() {}

  /**
   * The state after that entry.
   *
   * @throws IllegalArgumentException if the entry is not of this user or not the next one
   */
  public static UserState fold(UserState state, JournalEntry entry) {
    UserId user = state.user();
    if (!entry.user().equals(user) || entry.seq() != state.seq() + 1) {
      throw new IllegalArgumentException(
          "entry "
              + entry.user()
              + "/"
              + entry.seq()
              + " does not follow "
              + user
              + "/"
              + state.seq());
    }
    StateBuilder builder = new StateBuilder(state, entry.seq(), entry.at());
    for (Change change : entry.changes()) {
      builder.apply(change);
    }
    builder.counters(entry.counters(), entry.quotaUsed());
    return builder.build();
  }
}
