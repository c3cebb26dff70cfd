package net.mailagent.model;

/** Why something is refused; every protocol maps these to its own codes, exhaustively. */
public sealed interface Refusal {
  /** One sentence for a person, without a final full stop. */
  String text();

  /** The quota of the user would be exceeded (RFC 9208: [OVERQUOTA], 452 4.2.2). */
  record OverQuota(long used, long limit) implements Refusal {
    @Override
    public String text() {
      return "the mailbox quota is exceeded";
    }
  }

  /** No mailbox of that name: [NONEXISTENT] or, for COPY, MOVE and APPEND, [TRYCREATE]. */
  record NoSuchMailbox(String name) implements Refusal {
    @Override
    public String text() {
      return "no such mailbox: " + name;
    }
  }

  /** A mailbox of that name is there already: [ALREADYEXISTS]. */
  record MailboxExists(String name) implements Refusal {
    @Override
    public String text() {
      return "the mailbox exists already: " + name;
    }
  }

  /** Not allowed for this object, whoever asks: [CANNOT]. */
  record Cannot(String text) implements Refusal {}

  /** A bound of this server would be passed: [LIMIT]. */
  record LimitReached(String text) implements Refusal {}

  /** A message is too large: [TOOBIG], 552 5.3.4. */
  record TooBig(long limit) implements Refusal {
    @Override
    public String text() {
      return "a message has at most " + limit + " octets";
    }
  }

  /** The user name is taken. */
  record UserExists(String username) implements Refusal {
    @Override
    public String text() {
      return "the user name is taken: " + username;
    }
  }

  /** The address belongs to somebody. */
  record AddressExists(String address) implements Refusal {
    @Override
    public String text() {
      return "the address is taken: " + address;
    }
  }

  /** No such user, or the user was deleted. */
  record NoSuchUser(String name) implements Refusal {
    @Override
    public String text() {
      return "no such user: " + name;
    }
  }

  /** A transfer encoding that cannot be undone (RFC 3516): [UNKNOWN-CTE]. */
  record UnknownEncoding(String encoding) implements Refusal {
    @Override
    public String text() {
      return "the transfer encoding is not known: " + encoding;
    }
  }

  /** A message that was asked for is gone: [EXPUNGEISSUED]. */
  record MessageGone(String text) implements Refusal {}
}
