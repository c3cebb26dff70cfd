/**
 * The journal over MongoDB: append under the unique key, every outcome settled by id, catch-up,
 * checkpoints, trimming (design: journal.md). What changes mean is not said here but in {@code
 * net.mailagent.model.journal}.
 */
@org.jspecify.annotations.NullMarked
package net.mailagent.store.journal;
