package net.mailagent.imap.response;

/** The kinds of status responses (RFC 3501 section 7.1). */
public enum Condition {
  OK,
  NO,
  BAD,
  BYE
}
