/** What sessions are told, without a socket. */
@org.jspecify.annotations.NullMarked
package net.mailagent.imap.view;
