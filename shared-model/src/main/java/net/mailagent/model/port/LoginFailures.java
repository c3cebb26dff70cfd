package net.mailagent.model.port;

import java.util.function.Consumer;

/**
 * What nodes tell each other of wrong passwords, so that who guesses is as slow on many nodes as on
 * one. Best effort: what is not told is known to one node only. Any thread.
 */
public interface LoginFailures {
  /**
   * A login with a wrong password, or the first right one after such; names and passwords only as
   * digests with {@link #key}.
   *
   * @param address of the client's address
   * @param login of the name that was given
   * @param password of the password together with the name; 0 if it was right
   * @param right whether the login succeeded
   */
  record Attempt(long address, long login, long password, boolean right) {}

  /**
   * Octets that all nodes share and that nobody else knows, always the same 32. May block.
   *
   * @throws net.mailagent.model.StoreUnavailable when they cannot be read now
   */
  byte[] key();

  /** Tells all other nodes; returns at once. */
  void tell(Attempt attempt);

  /** Hears of what other nodes tell, from now on; the listener must return at once. */
  void listen(Consumer<Attempt> listener);
}
