package net.mailagent.store.account;

import java.time.Duration;

/**
 * Bounds of accounts.
 *
 * @param reservationAge after which a reserved name whose user was never made may be taken by
 *     another; a creation gives up after half of it; default 10 min
 * @param cacheAge how long a user that was found is remembered, and so how late a node may notice a
 *     changed password or a deleted user; that there is no such user is never remembered; default 5
 *     s, zero for none
 * @param cacheUsers how many names are remembered; default 50,000
 */
public record AccountSettings(Duration reservationAge, Duration cacheAge, int cacheUsers) {
  public static final AccountSettings DEFAULT =
      new AccountSettings(Duration.ofMinutes(10), Duration.ofSeconds(5), 50_000);
}
