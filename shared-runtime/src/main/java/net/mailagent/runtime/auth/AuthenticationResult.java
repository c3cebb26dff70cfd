package net.mailagent.runtime.auth;

import java.time.Duration;
import net.mailagent.model.UserId;
import net.mailagent.model.port.Account;

/** What became of a login. */
public sealed interface AuthenticationResult {
  /** The password is the account's. */
  record Success(Account account) implements AuthenticationResult {
    /** Whose account it is. */
    public UserId user() {
      return account.id();
    }
  }

  /** Unknown user, wrong password, or a disabled account: one and the same to the client. */
  record Failed() implements AuthenticationResult {}

  /**
   * Too many wrong passwords came from this address or for this login; nothing was checked.
   *
   * @param retryAfter when it makes sense to try again
   */
  record TooManyTries(Duration retryAfter) implements AuthenticationResult {}

  /**
   * The login cannot be checked now: too many wait, or the store is away. Nothing is said about it.
   *
   * @param reason may be told to the client
   */
  record Unavailable(String reason) implements AuthenticationResult {}
}
