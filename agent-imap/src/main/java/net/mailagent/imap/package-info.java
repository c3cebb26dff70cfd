/** The IMAP agent: IMAP4rev1 (RFC 3501) and its extensions over the ports of shared-model. */
@org.jspecify.annotations.NullMarked
package net.mailagent.imap;
