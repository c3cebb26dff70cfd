package net.mailagent.model.journal;

import net.mailagent.model.Refusal;
import net.mailagent.model.Refused;

/** The bound of UIDs: clients such as mbsync hold them in a signed 32-bit number. */
final class Uids {
  private Uids() {}

  /**
   * @throws Refused LimitReached if the mailbox has no uid left for that many messages
   */
  static void requireRoom(MailboxState mailbox, int messages) {
    if (mailbox.counters().uidNext() > Integer.MAX_VALUE - 1 - messages) {
      throw new Refused(new Refusal.LimitReached("the mailbox has no UIDs left"));
    }
  }
}
