package net.mailagent.runtime.auth;

import net.mailagent.runtime.settings.Settings;

/**
 * Hashes and verifies passwords: Argon2id (RFC 9106) in PHC string form. The work runs on a bounded
 * pool of platform threads with a bounded queue, so that a storm of logins can take neither all
 * processors nor all memory. Any thread but an event loop.
 */
public final class Passwords implements AutoCloseable {
  /** More logins wait already than may; the client should try later. */
  public static final class Busy extends Exception {
    private static final long serialVersionUID = 1;

    Busy() {
      super("too many password checks are waiting", null, false, false);
    }
  }

  /** With the settings {@code passwords.*}. */
  public Passwords(Settings settings) {}

  /** Hashes a new password with a fresh salt; {@code $argon2id$v=19$m=...,t=...,p=...$...$...}. */
  public String hash(String password) throws Busy {
    throw new UnsupportedOperationException();
  }

  /** Whether the password is the one of the hash; false for a hash of unknown form. */
  public boolean verify(String password, String hash) throws Busy {
    throw new UnsupportedOperationException();
  }

  /** Whether the hash was made with other parameters than new ones are. */
  public boolean needsRehash(String hash) {
    throw new UnsupportedOperationException();
  }

  @Override
  public void close() {}
}
