/** Frames, tokens and the encoding of answers; no knowledge of mail. */
@org.jspecify.annotations.NullMarked
package net.mailagent.imap.wire;
