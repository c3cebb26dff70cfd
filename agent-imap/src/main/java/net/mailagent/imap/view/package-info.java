/**
 * What a session was told: sequence numbers, uids, flags; changes become legal untagged replies.
 */
@org.jspecify.annotations.NullMarked
package net.mailagent.imap.view;
