package net.mailagent.api;

import java.util.Optional;
import net.mailagent.model.Refused;
import net.mailagent.model.UserId;
import net.mailagent.model.port.Account;
import net.mailagent.model.port.Accounts;
import net.mailagent.model.port.NewAccount;
import net.mailagent.runtime.auth.Passwords;

/** The calls about users. Virtual threads. */
final class UserCalls {
  private final Json json;
  private final NewUserRules rules;
  private final Accounts accounts;
  private final Passwords passwords;

  UserCalls(Json json, NewUserRules rules, Accounts accounts, Passwords passwords) {
    this.json = json;
    this.rules = rules;
    this.accounts = accounts;
    this.passwords = passwords;
  }

  /**
   * POST /user/create: from its answer on LMTP takes mail for the addresses and every login works,
   * on every node; after any other answer nobody knows the user.
   */
  Answer create(Call call) {
    NewUserRules.NewUser user = rules.read(json.read(call.body()));
    String hash;
    try {
      hash = passwords.hash(user.password());
    } catch (Passwords.Busy e) {
      throw ApiError.rateLimited("too many passwords are being hashed, try again");
    }
    UserId id =
        accounts.create(
            new NewAccount(
                user.username(),
                user.address(),
                user.moreAddresses(),
                hash,
                user.name(),
                user.language(),
                user.quota(),
                user.mailboxes()));
    return Answer.json(
        200,
        Answer.success()
            .put("id", id.hex())
            .put("username", user.username())
            .put("address", user.address()));
  }

  /**
   * The user that a path names by id or user name.
   *
   * @throws ApiError UserNotFound
   */
  UserId resolve(String user) {
    Optional<Account> account;
    try {
      // user names never look like ids
      account =
          user.matches("[0-9a-f]{24}") ? accounts.byId(new UserId(user)) : accounts.byLogin(user);
    } catch (Refused e) {
      throw ApiError.of(e.refusal());
    }
    return account.map(Account::id).orElseThrow(() -> ApiError.userNotFound(user));
  }
}
