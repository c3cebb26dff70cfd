package net.mailagent.model;

/**
 * The id of a mailbox: 12 random bytes shown as 24 lower-case hex digits; never used again. Shown
 * to clients as MAILBOXID (RFC 8474) with a letter in front.
 */
public record MailboxId(String hex) {
  public MailboxId {
    HexId.require(hex);
  }

  /** A new random id. */
  public static MailboxId random() {
    return new MailboxId(HexId.random());
  }

  @Override
  public String toString() {
    return hex;
  }
}
