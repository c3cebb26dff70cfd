/** One handler for each command, and the session they work on. */
@org.jspecify.annotations.NullMarked
package net.mailagent.imap.handler;
