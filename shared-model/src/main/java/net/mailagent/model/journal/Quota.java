package net.mailagent.model.journal;

import net.mailagent.model.Refusal;
import net.mailagent.model.Refused;

/** The quota rule (RFC 9208, resource STORAGE): the sum of all placements' sizes. */
final class Quota {
  private Quota() {}

  /**
   * @throws Refused OverQuota if that many more octets do not fit
   */
  static void require(UserState state, long more) {
    long limit = state.root().quotaLimit();
    long used = state.root().quotaUsed();
    if (limit > 0 && more > 0 && used + more > limit) {
      throw new Refused(new Refusal.OverQuota(used, limit));
    }
  }
}
