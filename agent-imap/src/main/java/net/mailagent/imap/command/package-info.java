/** Commands: sealed records that parse themselves. Pure. */
@org.jspecify.annotations.NullMarked
package net.mailagent.imap.command;
