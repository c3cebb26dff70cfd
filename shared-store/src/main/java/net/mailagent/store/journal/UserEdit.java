package net.mailagent.store.journal;

import net.mailagent.model.UserId;
import net.mailagent.model.journal.Edit;

/**
 * One user's part of a commit for many users.
 *
 * @param <R> what the edit answers
 */
public record UserEdit<R>(UserId user, Edit<R> edit) {}
