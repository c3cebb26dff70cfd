package net.mailagent.runtime.auth;

import java.net.InetAddress;

/**
 * Checks logins for all protocols of a node. Unknown user and wrong password are alike in result
 * and time; wrong passwords lead to growing delays per client address and per login, repeats of the
 * same wrong password are not counted again; a verified password is remembered for a short while,
 * so that a client that logs in every minute costs no hash. Blocks (it waits for its turn, the hash
 * and the store): called on virtual threads.
 */
public interface Authenticator {
  /**
   * Checks a login.
   *
   * @param login user name or address, compared without case
   * @param password the password as the client sent it
   * @param client the address the throttle counts by
   */
  AuthenticationResult authenticate(String login, String password, InetAddress client);
}
