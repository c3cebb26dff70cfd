package net.mailagent.imap.response;

import java.util.List;
import net.mailagent.imap.wire.ObjectId;
import net.mailagent.model.MailboxId;
import net.mailagent.model.UidSet;

/**
 * A response code, what stands in brackets before the text of a status response (RFC 3501 section
 * 7.1, RFC 5530).
 *
 * @param text without the brackets; ASCII
 */
public record Code(String text) {
  public static final Code ALREADYEXISTS = new Code("ALREADYEXISTS");
  public static final Code AUTHENTICATIONFAILED = new Code("AUTHENTICATIONFAILED");
  public static final Code AUTHORIZATIONFAILED = new Code("AUTHORIZATIONFAILED");
  public static final Code CANNOT = new Code("CANNOT");
  public static final Code CLIENTBUG = new Code("CLIENTBUG");
  public static final Code CLOSED = new Code("CLOSED");
  public static final Code EXPUNGEISSUED = new Code("EXPUNGEISSUED");
  public static final Code LIMIT = new Code("LIMIT");
  public static final Code NONEXISTENT = new Code("NONEXISTENT");
  public static final Code OVERQUOTA = new Code("OVERQUOTA");
  public static final Code PRIVACYREQUIRED = new Code("PRIVACYREQUIRED");
  public static final Code READ_ONLY = new Code("READ-ONLY");
  public static final Code READ_WRITE = new Code("READ-WRITE");
  public static final Code SERVERBUG = new Code("SERVERBUG");
  public static final Code TOOBIG = new Code("TOOBIG");
  public static final Code TRYCREATE = new Code("TRYCREATE");
  public static final Code UNAVAILABLE = new Code("UNAVAILABLE");
  public static final Code UNKNOWN_CTE = new Code("UNKNOWN-CTE");

  /** RFC 4315: where a message of APPEND went. */
  public static Code appendUid(int uidValidity, UidSet uids) {
    return new Code("APPENDUID " + uidValidity + " " + uids);
  }

  /** RFC 4315: which messages became which. */
  public static Code copyUid(int uidValidity, UidSet source, UidSet destination) {
    return new Code("COPYUID " + uidValidity + " " + source + " " + destination);
  }

  /** RFC 3501 section 6.4.4: the charsets that SEARCH knows. */
  public static Code badCharset(List<String> known) {
    return new Code("BADCHARSET (" + String.join(" ", known) + ")");
  }

  public static Code capability(List<String> capabilities) {
    return new Code("CAPABILITY " + String.join(" ", capabilities));
  }

  /** RFC 7162 section 3.1.2.1. */
  public static Code highestModSeq(long modSeq) {
    return new Code("HIGHESTMODSEQ " + modSeq);
  }

  /** RFC 8474 section 4. */
  public static Code mailboxId(MailboxId id) {
    return new Code("MAILBOXID (" + ObjectId.MAILBOX.of(id.hex()) + ")");
  }

  /** RFC 7162 section 3.1.3: messages that a conditional STORE left alone. */
  public static Code modified(String set) {
    return new Code("MODIFIED " + set);
  }

  public static Code permanentFlags(String flags) {
    return new Code("PERMANENTFLAGS (" + flags + ")");
  }

  public static Code uidNext(int uid) {
    return new Code("UIDNEXT " + uid);
  }

  public static Code uidValidity(int value) {
    return new Code("UIDVALIDITY " + value);
  }

  /** The number of the first message without \Seen. */
  public static Code unseen(int number) {
    return new Code("UNSEEN " + number);
  }
}
