package net.mailagent.store.journal;

import net.mailagent.model.journal.UserState;

/**
 * What a node knows of one user; immutable.
 *
 * @param state exact at its seq
 * @param since when it was last known that nothing came after it (the read, or the insert that
 *     proved it, began then)
 * @param mark the highest mark of the user's checkpoints that was seen
 * @param tailBytes size of the entries after {@code mark}, roughly
 */
record Snapshot(UserState state, Moment since, long mark, long tailBytes) {
  /** How many entries a cold load would have to fold. */
  long tailEntries() {
    return Math.max(0, state.seq() - mark);
  }

  Snapshot withMark(long newer) {
    return newer <= mark
        ? this
        : new Snapshot(state, since, newer, newer >= state.seq() ? 0 : tailBytes);
  }
}
