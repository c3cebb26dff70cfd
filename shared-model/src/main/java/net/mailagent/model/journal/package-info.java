/**
 * The heart: what a journal entry is and what it means. One user, one journal; {@code state =
 * fold(state, entry)} is the only place where a change gets its meaning. Everything here is pure
 * and immutable.
 */
@org.jspecify.annotations.NullMarked
package net.mailagent.model.journal;
