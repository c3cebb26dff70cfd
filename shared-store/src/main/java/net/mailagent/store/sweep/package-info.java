/**
 * Deletes what nobody can reach any more (journal.md 11, 18 and Blobs): expunged messages after
 * their retention, contents that no entry ever placed, blobs that nothing refers to, files that no
 * blob names, users who were deleted. Safe on every node at once; whoever dies at any call leaves
 * something that the next sweep finds.
 */
@org.jspecify.annotations.NullMarked
package net.mailagent.store.sweep;
