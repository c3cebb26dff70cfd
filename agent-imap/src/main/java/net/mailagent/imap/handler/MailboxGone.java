package net.mailagent.imap.handler;

/** The selected mailbox was deleted by another session: this one ends (RFC 2180 section 3.3). */
public final class MailboxGone extends RuntimeException {
  private static final long serialVersionUID = 1;

  MailboxGone() {
    super("the selected mailbox was deleted", null, false, false);
  }
}
