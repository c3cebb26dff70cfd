package net.mailagent.lmtp;

import net.mailagent.model.Refusal;
import net.mailagent.model.port.Messages;

/** What the store decided, as replies (RFC 3463 codes). Pure; any thread. */
final class Verdicts {
  private Verdicts() {}

  /**
   * The reply for one recipient after DATA.
   *
   * @param overQuotaPermanent whether over quota is 552 instead of 452
   */
  static Reply reply(Messages.Verdict verdict, boolean overQuotaPermanent) {
    return switch (verdict) {
      case Messages.Verdict.Delivered d ->
          Reply.ok(d.repeated() ? "delivered before" : "delivered as " + d.content());
      case Messages.Verdict.NotDelivered n -> refused(n.refusal(), overQuotaPermanent);
      case Messages.Verdict.Failed f -> Reply.tryAgain("the store is not available, try again");
    };
  }

  static Reply refused(Refusal refusal, boolean overQuotaPermanent) {
    String text = refusal.text();
    return switch (refusal) {
      case Refusal.OverQuota r ->
          overQuotaPermanent ? new Reply(552, "5.2.2", text) : new Reply(452, "4.2.2", text);
      case Refusal.TooBig r -> new Reply(552, "5.3.4", text);
      case Refusal.NoSuchUser r -> new Reply(550, "5.1.1", "no such user here");
      case Refusal.LimitReached r -> new Reply(452, "4.3.1", text);
      // INBOX can be missing only for a moment, while an account is being made or removed
      case Refusal.NoSuchMailbox r -> new Reply(450, "4.2.1", text);
      case Refusal.Cannot r -> new Reply(554, "5.3.0", text);
      case Refusal.MailboxExists r -> new Reply(554, "5.3.0", text);
      case Refusal.UserExists r -> new Reply(554, "5.3.0", text);
      case Refusal.AddressExists r -> new Reply(554, "5.3.0", text);
      case Refusal.UnknownEncoding r -> new Reply(554, "5.6.1", text);
      case Refusal.MessageGone r -> new Reply(554, "5.3.0", text);
    };
  }
}
