/** Tokens and encodings without a socket. */
@org.jspecify.annotations.NullMarked
package net.mailagent.imap.wire;
