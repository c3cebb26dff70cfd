/**
 * Holds what is stored against the rules (journal.md): checkpoints against the history and against
 * the checksums its entries carry, counters, quota, uids, contents, the hash of every blob, and
 * what belongs to nobody; and repairs what can be told for certain.
 */
@org.jspecify.annotations.NullMarked
package net.mailagent.store.check;
