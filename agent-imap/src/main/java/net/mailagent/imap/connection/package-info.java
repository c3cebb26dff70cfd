/** Connections: states, the dispatcher and the one table of what each command may do. */
@org.jspecify.annotations.NullMarked
package net.mailagent.imap.connection;
