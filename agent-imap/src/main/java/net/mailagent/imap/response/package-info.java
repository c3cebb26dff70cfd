/** Untagged responses: records that encode themselves, and what they are made of. */
@org.jspecify.annotations.NullMarked
package net.mailagent.imap.response;
