/** The IMAP agent over real sockets. */
@org.jspecify.annotations.NullMarked
package net.mailagent.imap;
