package net.mailagent.runtime.auth;

import java.security.SecureRandom;
import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import net.mailagent.runtime.settings.RuntimeSettings;
import net.mailagent.runtime.settings.Settings;

/**
 * Hashes and verifies passwords: Argon2id (RFC 9106) in PHC string form. The work runs on a bounded
 * pool of platform threads with a bounded queue, so that a storm of logins can take neither all
 * processors nor all memory. Any thread but an event loop.
 */
public final class Passwords implements AutoCloseable {
  private static final int SALT_LENGTH = 16;
  private static final int IDLE_SECONDS = 30;

  /** More logins wait already than may; the client should try later. */
  public static final class Busy extends Exception {
    private static final long serialVersionUID = 1;

    Busy() {
      super("too many password checks are waiting", null, false, false);
    }
  }

  private final SecureRandom random = new SecureRandom();
  private final int memory;
  private final int iterations;
  private final int parallelism;
  private final ThreadPoolExecutor pool;
  private final AtomicInteger pending = new AtomicInteger();

  /** With the settings {@code passwords.*}. */
  public Passwords(Settings settings) {
    parallelism = settings.get(RuntimeSettings.ARGON2_PARALLELISM);
    memory = Math.max(8 * parallelism, settings.get(RuntimeSettings.ARGON2_MEMORY));
    iterations = settings.get(RuntimeSettings.ARGON2_ITERATIONS);
    int threads = settings.get(RuntimeSettings.PASSWORD_THREADS);
    int size = threads == 0 ? Runtime.getRuntime().availableProcessors() : threads;
    pool =
        new ThreadPoolExecutor(
            size,
            size,
            IDLE_SECONDS,
            TimeUnit.SECONDS,
            new ArrayBlockingQueue<>(settings.get(RuntimeSettings.PASSWORD_QUEUE)),
            Thread.ofPlatform().daemon().name("passwords-", 0).factory());
    pool.allowCoreThreadTimeOut(true);
  }

  /**
   * Hashes a new password with a fresh salt.
   *
   * @return {@code $argon2id$v=19$m=...,t=...,p=...$salt$hash}
   * @throws Busy when too many wait already
   */
  public String hash(String password) throws Busy {
    byte[] salt = new byte[SALT_LENGTH];
    random.nextBytes(salt);
    return run(() -> Argon2Hash.of(password, salt, memory, iterations, parallelism).phc());
  }

  /**
   * Whether the password is the one of the hash; false for a hash of a form nobody knows.
   *
   * @throws Busy when too many wait already
   */
  public boolean verify(String password, String hash) throws Busy {
    Optional<Argon2Hash> parsed = Argon2Hash.parse(hash);
    return run(() -> parsed.isPresent() && parsed.get().verify(password));
  }

  /** Whether the hash was made in another way than new ones are. */
  public boolean needsRehash(String hash) {
    return Argon2Hash.parse(hash)
        .filter(h ->
            h.memory() == memory && h.iterations() == iterations && h.parallelism() == parallelism)
        .isEmpty();
  }

  /** How many checks wait or run. */
  public int pending() {
    return pending.get();
  }

  @Override
  public void close() {
    pool.shutdownNow();
  }

  private <T> T run(Callable<T> work) throws Busy {
    pending.incrementAndGet();
    try {
      return await(work);
    } finally {
      pending.decrementAndGet();
    }
  }

  private <T> T await(Callable<T> work) throws Busy {
    Future<T> result;
    try {
      result = pool.submit(work);
    } catch (RejectedExecutionException e) {
      throw new Busy();
    }
    try {
      return result.get();
    } catch (InterruptedException e) {
      result.cancel(false);
      Thread.currentThread().interrupt();
      throw new Busy();
    } catch (ExecutionException e) {
      throw new IllegalStateException("a password could not be hashed", e.getCause());
    }
  }
}
