package net.mailagent.model.port;

import java.util.Optional;
import net.mailagent.model.UserId;

/** Users, their names and addresses. */
public interface Accounts {
  /**
   * Makes a user with INBOX and the mailboxes asked for. The user document is written last: from
   * the return on, LMTP and logins know the user on every node; after a failure nobody does, and
   * the names can be used again.
   *
   * @throws net.mailagent.model.Refused UserExists or AddressExists
   */
  UserId create(NewAccount account);

  /** The user who logs in with that user name or any of its addresses, compared without case. */
  Optional<Account> byLogin(String usernameOrAddress);

  /** The user to whom mail for that address goes; a sub-address (user+tag) goes to its user. */
  Optional<Account> byAddress(String address);

  Optional<Account> byId(UserId user);
}
