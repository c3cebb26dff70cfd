/** What handlers use, without a socket. */
@org.jspecify.annotations.NullMarked
package net.mailagent.imap.handler;
