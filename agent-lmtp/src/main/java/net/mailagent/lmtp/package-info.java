/**
 * LMTP (RFC 2033): how mail comes in. A transaction resolves its recipients at RCPT; DATA streams
 * through a {@link net.mailagent.lmtp.DotReader} into the store's intake, is delivered to all of
 * them at once, and each gets its own verdict after its journal entry is committed.
 */
@org.jspecify.annotations.NullMarked
package net.mailagent.lmtp;
