package net.mailagent.imap.command;

/** What STATUS can tell (RFC 3501 section 6.3.10, RFC 7162, RFC 8438, RFC 8474). */
public enum StatusItem {
  MESSAGES,
  RECENT,
  UIDNEXT,
  UIDVALIDITY,
  UNSEEN,
  HIGHESTMODSEQ,
  SIZE,
  MAILBOXID
}
