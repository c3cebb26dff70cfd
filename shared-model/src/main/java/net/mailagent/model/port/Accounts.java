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

  /**
   * Deletes a user for good: nobody can log in or be delivered to any more, open sessions are
   * refused, the names are free, and the mail is purged by the sweeper some days later. When it
   * fails half-way it may be repeated; the sweeper completes it, too.
   *
   * @throws net.mailagent.model.Refused NoSuchUser
   */
  void delete(UserId user);
}
